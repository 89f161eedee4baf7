"""Suspected facts: paraphrases of a claim are shown to staff, and nobody gets an apology for something untrue.

claims.csv has the 41 sentences on the starter's sheet with what must happen; paraphrases.csv has a gym's, written
before anything was tuned, and never looked at while tuning.
"""

import csv
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from listener.intake.cues import CueScan
from listener.model import Decision, History, MentionSignals, SuspectedFact
from listener.policy import Policy
from listener.settings import read_policy
from listener.settings.policy import POLICY_FILES
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor, pack, unpack
from listener.triage.spelling import Similar, is_one_edit, root
from tests.claims.corpus import HERE
from tests.factories import CONFIG, DATA, NOW, decided, facts, mention, policy, responders

Row = Mapping[str, str]


def rows(name: str) -> list[Row]:
    """The sentences of a file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CLAIMS, GYM = rows("claims.csv"), rows("paraphrases.csv")


@cache
def gym() -> SignalExtractor:
    """What reads mentions of a gym."""
    texts = {name: (CONFIG / name).read_text(encoding="utf-8") for name in POLICY_FILES}
    read = read_policy({**texts, "factsheet.toml": (HERE / "gym.toml").read_text(encoding="utf-8")})
    return SignalExtractor(replace(read, brand=replace(read.brand, name="Ironbay", terms=(), handles=("ironbay",))))


def about(decision: Decision, signals: MentionSignals) -> str | None:
    """The fact that staff see: that of the draft, or the suspected one."""
    texts = decision.draft.texts if decision.draft else ()
    in_draft = (fact.id for fact in policy().facts if texts and fact.statement in texts[0].text)
    suspected = signals.suspected.fact if signals.suspected else None
    return next(in_draft, suspected if any(line.rule == "suspected_fact" for line in decision.trail) else None)


ALLOWED = {  # what wanted says -> kinds and actions
    "fact suggested or correction drafted; never an apology": {"correction", "escalate"},
    "correction": {"correction"},
    "as without the typo": {"correction", "answer"},
    "ignore or a person; never a correction": {"ignore", "escalate"},
    "answer, or a person with the fact suggested": {"answer", "escalate"},
    "never this fact's answer as if it fitted": {"escalate", "holding"},
    "a person with the fact suggested": {"escalate"},
    "support or a person; never a correction": {"support", "escalate"},
    "never a correction": {"answer", "escalate", "ignore", "support"},
}


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["id"])
def test_what_must_happen_with_a_claim(row: Row) -> None:
    """Never an apology for a paraphrase, never a correction for what is no claim, and staff see the fact."""
    signals, decision = facts(row["text"]), decided(row["text"])
    assert (decision.kind or decision.action) in ALLOWED[row["wanted"]], decision.trail[-1]
    assert decision.draft is None or not decision.draft.auto or row["manner"] in ("plain", "question", "true")
    if row["fact"]:
        assert about(decision, signals) == row["fact"]
    if "fact suggested" in row["wanted"]:
        assert about(decision, signals) is not None


def rate(sort: set[str]) -> tuple[int, int]:
    """How many of the gym's sentences of these sorts are read as they are meant."""
    among = [row for row in GYM if row["manner"] in sort]
    return sum((suspect(row["text"]) or "") == row["fact"] for row in among), len(among)


def suspect(text: str) -> str | None:
    """The fact that a gym's mention may be about: by its words, or by the sheet's own."""
    signals = gym().extract(mention(text), History(), NOW)
    claimed = [claim.fact for claim in signals.claims] + [*signals.topics]
    return signals.suspected.fact if signals.suspected else next(iter(claimed), None)


def test_unseen_paraphrases_of_another_trade_are_suspected() -> None:
    """More than half of the paraphrases, all misspellings, most questions."""
    paraphrases, typed, asked = rate({"paraphrase"}), rate({"typo"}), rate({"question"})
    assert paraphrases[1] >= 25 and paraphrases[0] >= 14, paraphrases
    assert typed[0] == typed[1] == 4
    assert asked[0] >= 6, asked


def test_trouble_of_ones_own_is_no_claim() -> None:
    """Nor is praise, or a diary."""
    wrong = [row["text"] for row in GYM if row["manner"] in ("trouble", "fine") and gym_suspects(row["text"])]
    assert wrong == []
    for text in ("still no tracking number", "my gift card expired yesterday and you refuse it"):
        assert facts(f"@fernhill {text}").suspected is None, text


def gym_suspects(text: str) -> SuspectedFact | None:
    """The suspicion alone."""
    return gym().extract(mention(text), History(), NOW).suspected


def _unaddressed(name: str, held_out: str) -> Iterator[MentionSignals]:
    """The signals of a development set that has nothing to do with paper and pens."""
    path = DATA / name
    if not path.exists():
        pytest.skip("needs the development sets, which are not shipped")
    extractor = SignalExtractor(replace(policy(), reader=replace(policy().reader, enabled=False)))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["brand"] != held_out:
                yield extractor.extract(mention(row["text"], extra_brand_term=row["brand"]), History(), NOW)


@pytest.mark.parametrize(("name", "held_out"), [("airline_dev.csv", "American"), ("brands_dev.csv", "google")])
def test_mentions_of_other_trades_are_hardly_ever_suspected(name: str, held_out: str) -> None:
    """At most five in a thousand."""
    signals = [*_unaddressed(name, held_out)]
    assert sum(one.suspected is not None for one in signals) <= len(signals) * 0.005


def test_a_suspicion_survives_the_database() -> None:
    """A stored decision is explained from stored signals."""
    signals = facts("@fernhill your vouchers run out after a year")
    assert signals.suspected == SuspectedFact("gift-cards", ("vouchers", "run out"))
    assert unpack(pack(signals), signals.mention) == signals


def test_a_suspicion_takes_a_draft_out_of_the_auto_band() -> None:
    """Nothing is sent because of it, and nothing is sent beside it."""
    signals = facts("@fernhill thank you so much, I love it!")
    assert (draft := decide(signals, policy(), responders()).draft) is not None and draft.auto
    suspected = replace(signals, suspected=SuspectedFact("gift-cards", ("love",)))
    decision = decide(suspected, policy(), responders())
    assert decision.kind == "thank_you" and decision.draft is not None and not decision.draft.auto
    assert any(line.rule == "suspected_fact" and line.hit for line in decision.trail)


def test_a_misspelled_question_is_answered_by_a_person_only() -> None:
    """Bolton is not Boston: a letter may be wrong, or it may be another word."""
    right = decided("@fernhill how long is the return window?")
    typed = decided("@fernhill how long is the retrun window?")
    assert right.draft is not None and right.draft.auto
    assert typed.kind == "answer" and typed.draft is not None and not typed.draft.auto


def test_another_finder_can_take_the_place_of_words() -> None:
    """Sentence embeddings, for instance."""

    class Always:
        def find(self, scan: CueScan) -> SuspectedFact | None:
            return SuspectedFact("warranty", tuple(scan.words[:1]))

    signals = SignalExtractor(policy(), Always()).extract(mention("@fernhill so it goes"), History(), NOW)
    assert signals.suspected == SuspectedFact("warranty", ("so",))


@pytest.mark.parametrize(
    ("word", "other", "is_near"),
    [
        ("warranty", "warrenty", True),
        ("return", "retrun", True),
        ("doesnt", "dosent", True),
        ("joining", "joinning", True),
        ("canada", "canda", True),
        ("canada", "canada", True),
        ("boston", "bristol", False),
        ("return", "retunr", True),
        ("return", "rteurm", False),
    ],
)
def test_one_letter_may_be_wrong(word: str, other: str, is_near: bool) -> None:
    """Wrong, missing, too many, or two that changed places."""
    assert is_one_edit(word, other) is is_near is (other in {other} & (Similar([word]).find_typed(other) and {other}))


def test_like_words_begin_alike() -> None:
    """Canadians live in Canada; the past is no other word."""
    assert Similar(["canada", "canal"]).find_like("canadian") == {"canada"}
    assert {root(word) for word in ("expire", "expires", "expired", "expiring")} == {"expir"}


HOSTILE = [
    "your vouchers run out " * 5_000,
    "voucher " * 20_000,
    "canadda shipp " * 10_000,
    "x" * 200_000,
    "?" * 50_000,
    " ".join("".join(random.Random(seed).choices("abcdefgh", k=9)) for seed in range(3_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_time_is_bounded_whatever_is_written(text: str) -> None:
    """A stranger cannot keep the daemon busy."""
    start = time.perf_counter()
    facts(text[:100_000])
    assert time.perf_counter() - start < 3.0


def test_an_operators_own_synonyms_count() -> None:
    """A trade has words of its own."""
    text = "@fernhill your gel cores only go into your own biros"
    assert facts(text).suspected is None
    own = policy(cues={**policy().cues, "synonyms": (*policy().cues["synonyms"], "refill gel core", "pen biro")})
    signals = SignalExtractor(own).extract(mention(text), History(), NOW)
    assert signals.suspected is not None and signals.suspected.fact == "refill-fit"


def test_no_sheet_is_no_suspicion(tmp_path: Path) -> None:
    """A policy without facts suspects nothing."""
    bare: Policy = policy(facts=())
    signals = SignalExtractor(bare).extract(mention("@fernhill your vouchers run out"), History(), NOW)
    assert signals.suspected is None
