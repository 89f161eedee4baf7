"""Replay: what another policy would have decided, at the time and with the history of then; nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from listener.analysis.replay import PolicyRunner, Replayed, changed, replay
from listener.desk.forget import forget
from listener.policy import Policy
from listener.settings import read_policy
from listener.store import decisions, people
from listener.store.loading import values
from listener.store.tables import basis, decision
from responders import thank_you
from tests import factories
from tests.databases import make_store, read_everything
from tests.desk.world import World, praise, preview

CANADA = "you don't ship to Canada"
ASKS = "do you ship to Canada?"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk on a database of its own."""
    store = make_store(tmp_path)
    yield World(store)
    store.close()


def judge(policy: Policy) -> PolicyRunner:
    """What decides by a policy."""
    return PolicyRunner(policy, factories.responders(policy), preview)


def of_texts(texts: Mapping[str, str]) -> PolicyRunner:
    """What decides by the texts of a policy."""
    return judge(read_policy(texts))


def under(world: World, policy: Policy, limit: int | None = None, **span: float) -> Replayed:
    """The past, decided by another policy."""
    return replay(world.store, of_texts, judge(policy), world.now - timedelta(**span) if span else None, limit)


def other(**options: Any) -> Policy:
    """The starter's policy with other options of the thank-you."""
    told = factories.policy()
    kinds = (
        replace(config, options=thank_you.Options(**options)) if config.kind == "thank_you" else config
        for config in told.responders
    )
    return replace(told, responders=tuple(kinds))


def test_the_same_policy_changes_nothing(world: World) -> None:
    """Whatever was said: this is what makes a replay worth reading."""
    world.said(*praise(2), CANADA, ASKS, "My order arrived broken", "the cover is blue", "you are sh!t")
    found = under(world, factories.policy())
    assert (found.read, found.rows, dict(found.changes)) == (7, [], {})
    assert (found.by_program, found.unreadable) == (0, 0)


def test_a_stricter_policy_is_shown_before_and_after_with_its_texts(world: World) -> None:
    """Rule, kind and the very text, as they would have stood."""
    world.said(*praise(), CANADA)
    stricter = other(min_score=0.99, min_score_warm=0.99)
    found = under(world, replace(stricter, reader=replace(stricter.reader, enabled=False)))  # else it proposes the same
    (row,) = found.rows
    assert (row["platform"], row["mention_id"], row["author"], row["change"]) == (
        "memory",
        "m1",
        "user1",
        "thank_you -> ignore",
    )
    assert row["before"]["rule"] == "thank_you" and row["before"]["text"].startswith("@user1 ")
    assert row["after"] == {"decision": "ignore", "kind": None, "rule": "no_action_needed", "auto": False, "text": None}
    assert row["mention_text"] == praise()[0] and row["at"] == world.now


def test_every_kind_of_change_is_counted(world: World) -> None:
    """All of them are counted, as many as asked for are listed."""
    world.said(*praise(3), CANADA)
    told = factories.policy()
    reworded = replace(
        told,
        wording={
            **told.wording,
            "correction": tuple(replace(one, text=f"{one.text} Bye.") for one in told.wording["correction"]),
        },
    )
    assert dict(under(world, reworded).changes) == {"wording": 1}
    found = under(world, other(auto_max_words=0), limit=2)
    assert (dict(found.changes), len(found.rows), found.read) == ({"out of the auto band": 3}, 2, 4)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({}, {}, None),
        ({}, {"kind": "answer"}, "support -> answer"),
        ({}, {"kind": None, "decision": "ignore"}, "support -> ignore"),
        ({}, {"auto": True}, "into the auto band"),
        ({"auto": True}, {"text": "other"}, "out of the auto band"),
        ({}, {"text": "other"}, "wording"),
        ({}, {"rule": "other"}, "rule"),
    ],
)
def test_the_kind_of_a_change(before: dict[str, Any], after: dict[str, Any], change: str | None) -> None:
    """The gravest one names it."""
    usual: Any = {"decision": "draft", "kind": "support", "rule": "support", "auto": False, "text": "text"}
    assert changed(usual | before, usual | after) == change


def test_new_words_and_facts_are_read_in_old_mentions(world: World) -> None:
    """A cue, a word's worth and a fact of the other policy count: the mention is read again, not its stored facts."""
    world.said("the nib is frobbed", "you don't ship to Mars")
    told = factories.policy()
    cues = {**told.cues, "problem": (*told.cues["problem"], "frobbed")}
    facts = (replace(told.facts[0], id="mars", claims=("don't ship to Mars",)),)
    found = under(world, replace(told, cues=cues, facts=facts))
    assert [row["change"] for row in found.rows] == ["ignore -> support", "escalate -> correction"]


def test_then_is_then(world: World) -> None:
    """A fact that had not expired, an age that was young, an author who had not opted out yet."""
    world.said(ASKS)
    with world.store.write() as connection:
        people.opt_out(connection, ("memory", "u1"), "dana", None, world.now)
    world.after(days=400)
    soon = tuple(replace(one, expires=date(2027, 1, 1)) for one in factories.policy().facts)
    assert under(world, factories.policy(facts=soon)).rows == []


def test_only_the_last_decision_on_a_mention_counts_and_only_since_then(world: World) -> None:
    """An edited mention was decided twice."""
    world.said(*praise())
    world.after(days=2)
    world.said(*praise())
    with world.store.write() as connection:
        both = decisions.list_latest(connection, None, 0, 2)
        decisions.add_all(connection, [values(decided) for _, _, decided in both])
    assert under(world, other(min_score=0.99, min_score_warm=0.99)).read == 2
    assert under(world, other(min_score=0.99, min_score_warm=0.99), days=1).read == 1


def test_what_this_version_decides_otherwise_is_no_change_of_the_policy(world: World) -> None:
    """Counted apart: the other policy is not to blame."""
    world.said(*praise())
    with world.store.write() as connection:
        connection.execute(update(decision).values(action="ignore", kind=None, version="0.0.1"))
    found = under(world, factories.policy())
    assert (found.rows, found.by_program) == ([], 1)


def test_a_policy_that_cannot_be_read_any_more_is_told(world: World) -> None:
    """As are facts of another shape; the rest goes on."""
    world.said(*praise(3))
    with world.store.write() as connection:
        connection.execute(update(decision).where(decision.c.id == 1).values(policy_hash="gone"))
        connection.execute(update(basis).where(basis.c.decision_id == 2).values(signals={"odd": True}))
    found = under(world, other(min_score=0.99, min_score_warm=0.99))
    assert (found.read, found.unreadable, len(found.rows)) == (3, 2, 1)


def test_a_replay_of_many_pages_misses_nothing_and_writes_nothing(world: World) -> None:
    """Page by page, each decision once."""
    world.said(*praise(501))
    before = read_everything(world.store)
    found = under(world, other(min_score=0.99, min_score_warm=0.99))
    assert found.read == len(found.rows) == len({row["mention_id"] for row in found.rows}) == 501
    assert read_everything(world.store) == before


def test_what_was_erased_is_told_as_such(world: World) -> None:
    """Not blamed on the policy: there is nothing left to decide on."""
    world.said(*praise(2), CANADA)
    forget(world.store, world.desk(), "user1", factories.author_of)
    found = under(world, factories.policy())
    assert (found.read, found.erased, found.unreadable) == (3, 1, 0)
