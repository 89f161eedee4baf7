"""Floods, near-duplicate texts and a spike of anger: warned of, held, noticed, and over by themselves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from listener import holds
from listener.desk import autonomy
from listener.holds.similarity import similarity_of
from listener.policy import Holds, Policy
from listener.store import acts, notices, postings, sentiment_buckets
from listener.store.queued import QueuedAct, QueuedPosting
from tests import factories
from tests.databases import only_on_sqlite
from tests.desk.world import World, praise, preview

OFF = Holds(flood_author=0, flood_conversation=0, flood_kind=0, max_similar_per_day=0, spike_min_mentions=0)
ANGRY = "worst horrible awful terrible shop, I hate it"
CALM = "the new notebook cover is blue"


def trusting(**bounds: Any) -> Policy:
    """A policy that lets thank-yous go, with these holds and no others."""
    policy = factories.policy(holds=replace(OFF, **bounds), quiet_hours=(), timezone="UTC")
    return replace(policy, responders=tuple(replace(responder, auto="always") for responder in policy.responders))


def held(world: World, reply_id: int, policy: Policy) -> holds.Hold | None:
    """What stops a reply that would go out by itself."""
    with world.store.read() as connection:
        return holds.automatic(connection, policy, world.item(reply_id), world.now)


def go(world: World, policy: Policy) -> dict[str, int]:
    """One round of automatic approval."""
    return dict(autonomy.approve_automatically(world.store, policy, preview, "memory", world.now))


def warned(world: World, reply_id: int, policy: Policy) -> list[str]:
    """The names of the warnings at a reply."""
    item = world.item(reply_id)
    with world.store.read() as connection:
        known = holds.load_warning_context(connection, [item], world.now, policy.holds)
    return [warning.name for warning in holds.warnings(known, item)]


def noticed(world: World) -> list[tuple[str, str]]:
    """Kind and subject of the open notices."""
    with world.store.read() as connection:
        return [(notice.kind, notice.subject) for notice in notices.list_open(connection)]


def heard(world: World, angry: int, calm: int) -> None:
    """So many angry and calm mentions are decided now."""
    with world.store.write() as connection:
        sentiment_buckets.add(connection, [("memory", -0.8)] * angry + [("memory", 0.2)] * calm, world.now)


def a_usual_week(world: World) -> None:
    """One mention in ten is negative, hour by hour for a week."""
    with world.store.write() as connection:
        for _ in range(7 * 24):
            sentiment_buckets.add(connection, [("memory", -0.8)] * 2 + [("memory", 0.2)] * 18, world.now)
            world.after(hours=1)


@pytest.mark.parametrize(
    ("bound", "same", "subject"),
    [
        ("flood_author", {"author_id": "u0"}, "to the author u0"),
        ("flood_conversation", {"conversation_id": "c0"}, "in the conversation c0"),
        ("flood_kind", {}, "of the kind thank_you"),
    ],
)
def test_a_flood_waits_for_a_person_and_ends_by_itself(
    world: World, bound: str, same: dict[str, str], subject: str
) -> None:
    """Three within the hour are allowed, the fourth holds all of them; an hour later they may go."""
    policy = trusting(**{bound: 3})
    ids = world.said(*praise(3), **same)
    assert held(world, ids[0], policy) is None
    world.after(minutes=20)
    (last,) = world.said(*praise(), **same)
    hold = held(world, last, policy)
    assert hold is not None and (hold.reason, hold.subject) == ("flood", subject)
    assert hold.until == world.now + timedelta(minutes=40) and not hold.platform_wide
    assert warned(world, last, policy) == ["flood"]
    assert go(world, policy) == {"flood": 4} and noticed(world) == [("flood", subject)]
    world.after(minutes=40, seconds=1)
    assert held(world, last, policy) is None and warned(world, last, policy) == []
    go(world, policy)
    assert noticed(world) == [] and world.reply(ids[0]).state == "approved"


def test_a_flood_of_one_author_stops_no_other(world: World) -> None:
    """It concerns whom it concerns."""
    ids = world.said(*praise(3), author_id="u0")
    (other,) = world.said(*praise())
    assert go(world, trusting(flood_author=2)) == {"flood": 3}
    assert [world.reply(key).state for key in (*ids, other)] == ["drafted"] * 3 + ["approved"]


def test_many_mentions_that_get_no_reply_are_no_flood(world: World) -> None:
    """Nothing to say, however often, is nothing to hold."""
    world.said(*[CALM] * 8, author_id="u0")
    (reply_id,) = world.said(*praise(), author_id="u0")
    assert held(world, reply_id, trusting(flood_author=2)) is None


def test_the_same_words_again_and_again_wait_for_a_person_until_midnight(world: World) -> None:
    """2012, Progressive: the same condolence sixteen times. Other handles, links and numbers make it no other text."""
    policy = trusting(max_similar_per_day=2)
    ids = world.said(*praise(4))
    template = "Thank you, {}, that made our day! Order 1{}: https://help.fernhill.example/{}"
    for number, reply_id in enumerate(ids):
        world.put(reply_id, "drafted", text=template.format(f"@ada{number}", number, number))
    for reply_id in ids[:2]:
        world.sent(reply_id)
    hold = held(world, ids[2], policy)
    assert hold is not None and (hold.reason, hold.message) == (
        "duplicate",
        "similar text was sent or approved 2 times today",
    )
    assert hold.until == world.now.replace(hour=0) + timedelta(days=1)
    assert warned(world, ids[2], policy) == ["other_handle", "duplicate"]
    assert go(world, policy) == {"duplicate": 2} and noticed(world) == [("duplicate", "a text of thank_you")]
    world.after(hours=12)
    assert held(world, ids[2], policy) is None
    go(world, policy)
    assert noticed(world) == []


def test_what_is_on_its_way_counts_before_it_is_sent(world: World) -> None:
    """Ten approved in one round are ten copies, though none has gone out yet."""
    ids = world.said(*praise(4))
    for reply_id in ids:
        world.put(reply_id, "drafted", text="Thank you, that made our day!")
    assert go(world, trusting(max_similar_per_day=2)) == {"duplicate": 2}
    assert [world.reply(key).state for key in ids].count("approved") == 2


@pytest.mark.parametrize(
    ("text", "other", "near"),
    [
        ("Thank you, that made our day!", "thank you that made our day", True),
        ("Thank you, that made our day!", "Thank you, that really made our day!", False),
        ("Thank you!", "So glad to hear that!", False),
        ("@ada we ship to Canada: https://a.example/1", "@bo we ship to Canada: https://a.example/2", True),
        ("", "", True),
    ],
)
def test_how_near_two_texts_are(text: str, other: str, near: bool) -> None:
    """By pairs of words, 0.9 and above is a copy."""
    assert (similarity_of(text, other) >= 0.9) is near
    assert similarity_of(text, other) == similarity_of(other, text)


def test_a_spike_of_anger_holds_all_and_is_over_after_the_cooldown(world: World) -> None:
    """One in ten is usual; forty of fifty within the hour stop what goes out by itself, two hours beyond its end."""
    policy = trusting(spike_min_mentions=30)
    a_usual_week(world)
    (reply_id,) = world.said(*praise())
    assert held(world, reply_id, policy) is None
    heard(world, 40, 10)
    began = world.now
    world.after(minutes=1)
    hold = held(world, reply_id, policy)
    assert hold is not None and (hold.reason, hold.platform_wide) == ("spike", True)
    assert hold.message == "78% of 51 mentions within 1 h are negative, 10% is usual"
    assert go(world, policy) == {"spike": 1} and noticed(world) == [("spike", "anger")]
    assert warned(world, reply_id, policy) == ["spike"]
    world.now = began + timedelta(hours=2)
    assert held(world, reply_id, policy) is not None  # the share is low again, the cooldown lasts
    world.now = began + timedelta(hours=3, minutes=10)
    assert held(world, reply_id, policy) is None
    assert go(world, policy) == {} and noticed(world) == [] and world.reply(reply_id).state == "approved"


def test_a_spike_of_anger_holds_announcements_and_applause(world: World) -> None:
    """Also what a person approved: a sale or a like in an hour of anger is an embarrassment."""
    policy = factories.policy(holds=replace(OFF, spike_min_mentions=30), quiet_hours=(), timezone="UTC")
    a_usual_week(world)
    world.said(*praise())
    with world.store.write() as connection:
        number = postings.add(connection, "Ten per cent off", world.now, ["memory"], "dana", world.now)
        (posting,) = postings.get(connection, number).postings
        act = acts.add(connection, world.item_of("m1").key, "like", world.now)
        items: list[QueuedPosting | QueuedAct] = [
            postings.queued(connection, posting.id),
            acts.queued(connection, act.id),
        ]
        assert [holds.announcement(connection, policy, item, world.now) for item in items] == [None, None]
    heard(world, 40, 10)
    world.after(minutes=1)
    with world.store.read() as connection:
        found = [holds.announcement(connection, policy, item, world.now) for item in items]
    assert [hold and hold.reason for hold in found] == ["spike", "spike"]


def test_a_spike_is_told_also_where_nothing_goes_out_by_itself(world: World) -> None:
    """An operator wants to know; a person's approval is not held."""
    policy = factories.policy(holds=replace(OFF, spike_min_mentions=30))
    a_usual_week(world)
    heard(world, 40, 10)
    assert go(world, policy) == {} and noticed(world) == [("spike", "anger")]


@pytest.mark.parametrize(("angry", "calm"), [(11, 18), (8, 40), (0, 60)])
def test_what_is_no_spike(world: World, angry: int, calm: int) -> None:
    """Too few to tell, or a share that is not so high."""
    a_usual_week(world)
    heard(world, angry, calm)
    with world.store.read() as connection:
        assert holds.spike(connection, replace(OFF, spike_min_mentions=30), "memory", world.now) is None


def test_without_a_usual_share_there_is_no_spike(world: World) -> None:
    """A first run may begin with nothing but complaints."""
    heard(world, 200, 0)
    with world.store.read() as connection:
        assert holds.spike(connection, Holds(), "memory", world.now) is None


def test_anger_is_counted_as_mentions_are_decided(world: World) -> None:
    """Through the real line: two angry, one calm."""
    world.said(ANGRY, ANGRY, CALM)
    with world.store.read() as connection:
        assert sentiment_buckets.count_between(connection, "memory", world.now, world.now + timedelta(minutes=1)) == (
            3,
            2,
        )


def test_a_hold_at_sending_sets_a_time_and_never_touches_what_a_person_approved(world: World) -> None:
    """The decision stays what it was."""
    policy = trusting(flood_author=1)
    first, second = world.said(*praise(2), author_id="u0")
    before = [world.item(key).decided for key in (first, second)]
    assert go(world, policy) == {"flood": 2}
    assert [world.item(key).decided for key in (first, second)] == before


def _plans(engine: Engine, work: Any) -> list[str]:
    """How SQLite goes about each query of some work."""
    plans: list[str] = []

    def explain(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute("EXPLAIN QUERY PLAN " + statement, parameters).fetchall()
            plans.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    return plans


@only_on_sqlite("EXPLAIN QUERY PLAN")
def test_no_hold_reads_a_whole_table(world: World) -> None:
    """With a million mentions it must be as quick as with ten: every table is searched by an index."""
    (reply_id,) = world.said(*praise())
    heard(world, 40, 40)
    item, policy = world.item(reply_id), replace(trusting(), holds=Holds())

    def work() -> None:
        with world.store.read() as connection:
            holds.automatic(connection, policy, item, world.now)
            holds.warnings(holds.load_warning_context(connection, [item], world.now, policy.holds), item)

    plan = _plans(world.store._reader, work)
    small = ("pause", "platform", "notice", "optout", "near", "anon", "CONSTANT")
    assert [step for step in plan if step.startswith("SCAN") and not any(name in step for name in small)] == []
    assert any("ix_reply_created" in step for step in plan) and any("ix_reply_automatic" in step for step in plan)
