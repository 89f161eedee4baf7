"""What staff see: the shapes of CONTRACT.md, and a queue that pages without gaps."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from listener.cli import output, render
from listener.desk import marks, people, transitions
from listener.desk.approve import Target, approve
from listener.desk.queue import ItemRef, QueueFilter, listing, show, single
from listener.desk.showing import lines
from listener.desk.views import ApprovalView, ReplyView
from listener.errors import DeskError
from listener.store import items, mentions
from listener.store.tables import basis
from tests import factories
from tests.desk.world import World, praise

KEYS = {
    *("id", "state", "revision", "platform", "kind", "rule", "text", "length", "limit", "auto", "mention", "sentiment"),
    *("eligibility", "guards", "warnings", "claimed_by", "assigned_to", "snoozed_until", "approved_by", "created_at"),
    *("due_at", "not_before", "sent_at", "remote_id", "error", "closed_as", "reason", "decision", "approvals"),
    *("reply_url", "link_hosts", "needs_second_approval", "suggested_subject"),
}


def test_a_reply_has_every_key_of_the_contract(world: World) -> None:
    """And `show` has seven more."""
    (reply_id,) = world.said(*praise())
    line, detail = (
        json.loads(output.dumps(view))
        for view in (
            single(world.store, world.view(), reply_id),
            show(world.store, world.view(), reply_id),
        )
    )
    assert line.keys() >= KEYS
    more = {"trail", "thread", "person", "coupon", "offers", "acts", "applause", "events", "weights_id"}
    assert set(detail) - set(line) == more
    assert set(line["mention"]) >= {"id", "url", "text", "lang", "created_at", "author"}
    assert set(line["mention"]["author"]) >= {"id", "handle", "name"}


def test_the_text_shown_is_exactly_what_will_be_posted(world: World) -> None:
    """With the platform's prefix, and its length counts it."""
    (reply_id,) = world.said(*praise())
    line = single(world.store, world.view(), reply_id)
    assert line.text == f"@user1 {world.reply(reply_id).text}"
    assert (line.length, line.limit) == (len(line.text), 280)


def test_an_ignored_mention_shows_why_with_null_for_its_reply(world: World) -> None:
    """The trail tells; there is nothing to approve."""
    world.said("going to the shop")
    found = show(world.store, world.view(), ("memory", "m1"))
    assert (found.id, found.state, found.revision, found.kind, found.text) == (None,) * 5
    assert found.decision == "ignore" and found.trail[-1].hit


def test_an_escalation_has_its_guard_and_no_text(world: World) -> None:
    """The guard says why a person was called."""
    (reply_id,) = world.said("you will hear from my lawyer")
    line = single(world.store, world.view(), reply_id)
    assert (line.text, line.length, line.kind) == (None, None, None)
    assert [one.name for one in line.guards] == ["legal"]


def test_a_mention_that_is_not_decided_yet_can_be_shown(world: World) -> None:
    """Its decision and score are null."""
    world.said("going to the shop")
    world.polled(factories.mention("later", id="9", interaction_id="9"))
    found = show(world.store, world.view(), ("memory", "9"))
    assert (found.decision, found.sentiment.compound, found.trail) == (None, None, ())


@pytest.mark.parametrize("asked", [77, ("memory", "zz")])
def test_what_is_not_there_is_told(world: World, asked: ItemRef) -> None:
    """A DeskError, with what lists the ids."""
    with pytest.raises(DeskError, match="there is no"):
        show(world.store, world.view(), asked)


def test_the_thread_has_what_was_said_and_answered_in_order(world: World) -> None:
    """Ours is marked, and is the text as posted."""
    who = {"author_id": "u1", "author_handle": "ada", "conversation_id": "c"}
    (first,) = world.said(*praise(), **who)
    world.after(minutes=5).sent(first)
    world.after(minutes=5)
    world.said("but where is my parcel? It never arrived", **who)
    found = show(world.store, world.view(), ("memory", "m2"))
    assert [(one.who, one.ours) for one in found.thread] == [("ada", False), ("dana", True), ("ada", False)]
    assert found.thread[1].text.startswith("@ada ")
    assert (found.person.mentions, found.person.answered) == (2, 1)


def test_events_tell_the_whole_way(world: World) -> None:
    """From the poll to the approval, oldest first."""
    (reply_id,) = world.said(*praise())
    approve(world.store, world.desk(), [Target(reply_id)])
    found = show(world.store, world.view(), reply_id).events
    assert [(one.what, one.by) for one in found] == [
        ("seen", "poll"),
        ("decided", "policy"),
        ("drafted", "policy"),
        ("approved", "dana"),
    ]


def test_the_approvals_are_those_of_the_text_that_stands(world: World) -> None:
    """An approval that was taken back is history."""
    (reply_id,) = world.said(*praise())
    approve(world.store, world.desk(), [Target(reply_id)])
    assert single(world.store, world.view(), reply_id).approvals == (ApprovalView("dana", world.now),)
    transitions.undo(world.store, world.desk(), reply_id)
    assert single(world.store, world.view(), reply_id).approvals == ()


def test_pages_cover_the_queue_once_and_due_comes_first(world: World) -> None:
    """Replies without a due time come last; equal ones by id."""
    ids = world.said(*praise(7))
    for number, reply_id in enumerate(ids):
        due = None if number in (0, 3) else world.now + timedelta(hours=3 - number % 3)
        world.put(reply_id, "drafted", due_at=due)
    seen: list[int] = []
    while True:
        page = QueueFilter(after=seen[-1] if seen else None, limit=2)
        found, _ = listing(world.store, world.view(), page)
        if not found:
            break
        seen += [one.reply_id for one in found]
    whole = [one.reply_id for one in listing(world.store, world.view(), QueueFilter(limit=None))[0]]
    assert seen == whole and sorted(seen) == ids and seen[-2:] == [ids[0], ids[3]]


def test_the_queue_is_narrowed_by_kind_platform_and_state(world: World) -> None:
    """Each on its own."""
    thanks, legal = world.said(*praise(), "you will hear from my lawyer")

    def shown(page: QueueFilter) -> list[int]:
        return [one.reply_id for one in listing(world.store, world.view(), page)[0]]

    assert shown(QueueFilter(kind="thank_you")) == [thanks]
    assert shown(QueueFilter(states=("escalated",))) == [legal]
    assert shown(QueueFilter(platform="x")) == []
    assert shown(QueueFilter(states=("sent",))) == []


def test_the_totals_count_what_is_late_and_asleep(world: World) -> None:
    """And know when listening last succeeded."""
    first, _ = world.said(*praise(2))
    world.put(first, "drafted", snoozed_until=world.now + timedelta(days=9))
    heard = world.now
    totals = listing(world.store, world.after(days=4).view(), QueueFilter())[1]  # 24 business hours are over
    assert (totals.counts, totals.snoozed, totals.overdue, totals.listened) == ({"drafted": 2}, 1, 2, heard)


def test_warnings_stand_by_the_draft(world: World) -> None:
    """Edited since, gone, opted out: staff see it before they approve."""
    (reply_id,) = world.said(*praise())
    item = world.item(reply_id)
    world.after(minutes=1)
    with world.store.write() as connection:
        mentions.record_edit(connection, item.key, item.mention, world.now, again=False)
        mentions.record_deletion(connection, item.key, world.now)
    names = [one.name for one in single(world.store, world.view(), reply_id).warnings]
    assert names == ["edited", "gone"]
    people.opt_out(world.store, world.desk(), "user1", None)
    assert show(world.store, world.view(), reply_id).person.opted_out


def _shown(world: World, **page: Any) -> list[int]:
    return [one.reply_id for one in listing(world.store, world.view(), QueueFilter(**page))[0]]


def test_of_equal_due_times_the_more_urgent_comes_first(world: World) -> None:
    """And the pages still cover the queue once."""
    ids = world.said(*praise(5))
    for reply_id, urgency in zip(ids, (0, 2, 1, 2, 0), strict=True):
        world.put(reply_id, "drafted", due_at=world.now, urgency=urgency)
    order = [ids[1], ids[3], ids[2], ids[0], ids[4]]
    assert _shown(world) == order
    assert _shown(world, limit=2) + _shown(world, limit=3, after=ids[3]) == order


def test_words_are_searched_in_what_was_said_by_whom_and_what_we_say(world: World) -> None:
    """Case does not matter, and no character means more than itself."""
    first, second, third = world.said(*praise(2), "100% broken, my parcel never arrived")
    assert _shown(world, words="PARCEL") == [third] and _shown(world, words="user2") == [second]
    assert _shown(world, words="100%") == [third] and _shown(world, words="%") == [third]
    world.put(first, "drafted", text="Merci_beaucoup")
    assert _shown(world, words="i_b") == [first] and _shown(world, words="nowhere") == []


def test_what_is_late_and_what_is_mine(world: World) -> None:
    """Each is a part of the queue."""
    first, second = world.said(*praise(2))
    marks.assign(world.store, world.desk(), second, "dana")
    world.put(first, "drafted", due_at=world.now - timedelta(minutes=1))
    assert _shown(world, late=True) == [first] and _shown(world, assigned_to="dana") == [second]


def listed(world: World, reply_id: int) -> list[ReplyView]:
    """A line of the queue."""
    with world.store.read() as connection:
        return lines(connection, world.view(), [items.item(connection, reply_id=reply_id)])


def test_a_suggested_subject_is_shown_and_marked_as_a_guess(world: World) -> None:
    """Where no cue names what a complaint is about; nothing else changes by it."""
    (reply_id,) = world.said("this is a disgrace, I am so disappointed")
    (before,) = listed(world, reply_id)
    with world.store.write() as connection:
        (signals,) = connection.execute(select(basis.c.signals)).scalars()
        signals["reading"][-1] = "staff"
        connection.execute(update(basis).values(signals=signals))
    (view,) = listed(world, reply_id)
    assert (before.suggested_subject, view.suggested_subject) == (None, "staff")
    assert "perhaps about staff" in render.marks(view) and replace(view, suggested_subject=None) == before
