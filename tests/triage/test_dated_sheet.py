"""A sale is a fact with a first and a last day: before it nobody hears of it, after it a person is called."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from listener.analysis.replay import PolicyRunner
from listener.errors import ConfigError
from listener.model import Decision, History
from listener.policy import Fact, Policy
from listener.settings import load
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor
from tests import factories

ASKED = "@fernhill is there a sale on right now?"
SALE = Fact(
    "autumn-sale",
    "Everything is 10 % off until 30 November.",
    "our shop",
    "marketing",
    date(2026, 11, 1),
    date(2026, 12, 1),
    claims=("never have any sales",),
    questions=("sale on now", "sale on right now", "any discounts running"),
    from_=date(2026, 11, 20),
)


def decided(text: str, day: str, policy: Policy | None = None) -> Decision:
    """What a policy with the sale decides on a day."""
    rules = policy or factories.policy(facts=(*factories.policy().facts, SALE))
    now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    said = factories.mention(text, created_at=now, age_start_at=now)
    return decide(SignalExtractor(rules).extract(said, History(), now), rules, factories.responders(rules))


def test_a_sale_answers_from_its_first_day_until_it_is_over() -> None:
    """The day before it is no secret told early; after it the owner is named."""
    early, first, last, over = (decided(ASKED, day) for day in ("2026-11-19", "2026-11-20", "2026-11-30", "2026-12-01"))
    assert (first.kind, last.kind) == ("answer", "answer") and first.draft is not None
    assert "10 % off until 30 November" in first.draft.texts[0].text
    assert early.kind != "answer" and "10 %" not in str(early)
    assert over.action == "escalate" and "marketing must check it" in over.trail[-1].message


def test_before_its_first_day_it_corrects_nobody_and_is_not_suspected() -> None:
    """As if it did not stand in the sheet, so cues and suspicions are those of the sheet without it."""
    without = factories.policy()
    for text in (ASKED, "you never have any sales", "do you ever run discounts", "heard you never have any sales"):
        assert decided(text, "2026-11-19") == decided(text, "2026-11-19", without)
    assert decided("you never have any sales", "2026-11-21").kind == "correction"


def test_one_extractor_follows_the_days() -> None:
    """A daemon runs over midnight; a replay goes back."""
    rules = factories.policy(facts=(SALE,))
    extractor = SignalExtractor(rules)
    topics = []
    for day in ("2026-11-19", "2026-11-20", "2026-11-19", "2026-11-21"):
        now = datetime.fromisoformat(f"{day}T23:59:59+00:00")
        topics.append(set(extractor.extract(factories.mention(ASKED), History(), now).topics))
    assert topics == [set(), {"autumn-sale"}, set(), {"autumn-sale"}]


def test_replay_decides_by_the_day_of_the_mention() -> None:
    """What was asked before the sale is not answered with it afterwards."""
    rules = factories.policy(facts=(SALE,))
    runner = PolicyRunner(rules, factories.responders(rules), lambda text, mention: factories.preview(text))
    asked = factories.facts(ASKED)
    before, during = (runner(replace(asked, now=datetime(2026, 11, day, 9, tzinfo=UTC))) for day in (10, 22))
    assert before["kind"] != "answer" and during["kind"] == "answer"


@pytest.mark.parametrize(("first", "is_refused"), [("2026-11-30", False), ("2026-12-01", True), ("2027-01-01", True)])
def test_a_sale_that_ends_before_it_begins_is_refused(tmp_path: Path, first: str, is_refused: bool) -> None:
    """`check` names the key."""
    (tmp_path / "factsheet.toml").write_text(
        f'[[fact]]\nid = "sale"\nstatement = "10 % off."\nsource = "our shop"\nowner = "marketing"\n'
        f'checked = 2026-11-01\nfrom = {first}\nexpires = 2026-12-01\nquestions = ["sale on now"]\n'
    )
    if not is_refused:
        assert load(tmp_path).policy.facts[0].from_ == date(2026, 11, 30)
        return
    with pytest.raises(ConfigError, match=r"\[\[fact\]\] sale from: is not before expires"):
        load(tmp_path)


def test_a_fact_without_a_first_day_is_true_already() -> None:
    """As every fact was."""
    assert replace(SALE, from_=None).has_begun(date.min)
