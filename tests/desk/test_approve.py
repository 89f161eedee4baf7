"""Approving: each on its own, by compare-and-swap, with the very words kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.desk import marks, transitions
from listener.desk.approve import ApprovalResult, Target, approve
from listener.errors import DeskError
from listener.store import events, people
from tests import factories
from tests.desk.world import LIMIT, World, praise


def one(world: World, reply_id: int, revision: int | None = None, by: str = "dana") -> ApprovalResult:
    """Approve one reply."""
    return approve(world.store, world.desk(by), [Target(reply_id, revision)])[0]


def refused(outcome: ApprovalResult, *words: str) -> bool:
    """True when it was refused with these words."""
    return not outcome.ok and all(word in (outcome.error or "") for word in words)


def test_approved_reply_keeps_who_when_and_the_exact_words(world: World) -> None:
    """The words kept are the preview's, with the platform's prefix."""
    (reply_id,) = world.said(*praise())
    assert one(world, reply_id).ok
    reply = world.reply(reply_id)
    with world.store.read() as connection:
        (kept,) = events.approvals(connection, world.reply(reply_id))
    assert (reply.state, reply.approved_by, reply.approved_at) == ("approved", "dana", world.now)
    assert (kept.text, kept.by, kept.automatic) == (f"@user1 {reply.text}", "dana", False)


def test_what_cannot_be_approved_stops_no_other(world: World) -> None:
    """An unknown id and an escalation fail on their own."""
    praised, legal = world.said(*praise(), "you will hear from my lawyer")
    first, second, third = approve(world.store, world.desk(), [Target(999), Target(legal), Target(praised)])
    assert refused(first, "no reply 999") and refused(second, "escalated", "earshot edit") and third.ok


def test_approving_twice_tells_who_was_first(world: World) -> None:
    """The second one is refused, and hears a name."""
    (reply_id,) = world.said(*praise())
    assert one(world, reply_id, by="bo").ok
    assert refused(one(world, reply_id), "approved by bo")


def test_what_is_already_sent_is_not_approved_again(world: World) -> None:
    """Sent is final."""
    (reply_id,) = world.said(*praise())
    world.sent(reply_id, by="bo")
    assert refused(one(world, reply_id), "was sent (approved by bo)")


def test_a_revision_that_has_passed_is_refused(world: World) -> None:
    """Nobody approves a text they have not seen."""
    (reply_id,) = world.said(*praise())
    transitions.edit(world.store, world.desk("bo"), reply_id, "Thank you, Ada!")
    assert refused(one(world, reply_id, 1), "changed since revision 1", "it is 2 now")
    assert one(world, reply_id, 2).ok


def test_a_colleagues_live_claim_is_respected_until_it_ends(world: World) -> None:
    """A lease ends by itself."""
    (reply_id,) = world.said(*praise())
    marks.claim(world.store, world.desk("bo"), reply_id)
    assert refused(one(world, reply_id), "claimed by bo until 12:15 UTC")
    world.after(minutes=15)
    assert one(world, reply_id).ok


def test_ones_own_claim_ends_with_the_approval(world: World) -> None:
    """Neither claim nor snooze outlives it."""
    (reply_id,) = world.said(*praise())
    marks.claim(world.store, world.desk(), reply_id)
    marks.snooze(world.store, world.desk(), reply_id, timedelta(hours=2))
    assert one(world, reply_id).ok
    reply = world.reply(reply_id)
    assert (reply.claimed_by, reply.claimed_until, reply.snoozed_until) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * LIMIT, ("too long for memory: 287 of 280",)),
        ("See http://evil.test/now", ("links to evil.test",)),
        ("  \n", ("no text",)),
        ("", ("no text",)),
        ("Thanks\x1b[31m!", ("U+001B",)),
        ("Thanks \u202eevil", ("U+202E",)),
        ("Thanks \ud800", ("U+D800",)),
    ],
)
def test_a_text_that_may_not_go_out_is_refused(world: World, text: str, words: tuple[str, ...]) -> None:
    """Whatever wrote the text, the approval looks at it again."""
    (reply_id,) = world.said(*praise())
    with pytest.raises(DeskError, match=words[0].replace("+", r"\+")):
        transitions.edit(world.store, world.desk(), reply_id, text)
    assert world.reply(reply_id).revision == 1
    if "\ud800" not in text:  # the database could not even hold it
        world.put(reply_id, "drafted", text=text)
        assert refused(one(world, reply_id), *words)


def test_a_link_that_left_the_allow_list_is_refused_at_approval(world: World) -> None:
    """The policy of now counts, not the one of the draft."""
    (reply_id,) = world.said("what are your opening hours?")
    strict = replace(factories.policy(), link_hosts=())
    (outcome,) = approve(world.store, world.desk(policy=strict), [Target(reply_id)])
    assert refused(outcome, "links to help.fernhill.example")


def test_an_author_who_opted_out_gets_no_approval(world: World) -> None:
    """The draft was made before the opt-out was known."""
    (reply_id,) = world.said(*praise())
    with world.store.write() as connection:
        people.opt_out(connection, ("memory", "u1"), "author", None, world.now)
    assert refused(one(world, reply_id), "opted out of replies", "optout")


def test_a_mention_without_a_way_to_reply_goes_by_hand(world: World) -> None:
    """Approved, but a person posts it, and says so."""
    (reply_id,) = world.said(*praise(), can_reply=False, ineligible_reason="replies are limited")
    assert one(world, reply_id).ok
    assert world.reply(reply_id).state == "by_hand"
    world.after(minutes=5)
    transitions.done(world.store, world.desk(), reply_id, "77")
    reply = world.reply(reply_id)
    assert (reply.state, reply.remote_id, reply.sent_at, reply.approved_by) == ("sent", "77", world.now, "dana")


def test_who_is_not_on_the_staff_list_approves_nothing(world: World) -> None:
    """An empty list lets anyone; a list lets those on it."""
    (reply_id,) = world.said(*praise())
    strict = replace(factories.policy(), staff=("ada",))
    (outcome,) = approve(world.store, world.desk("dana", strict), [Target(reply_id)])
    assert refused(outcome, "dana is not on the staff list")
    assert approve(world.store, world.desk("ada", strict), [Target(reply_id)])[0].ok


def test_what_held_an_automatic_approval_does_not_hold_a_persons(world: World) -> None:
    """Quiet hours are for what goes out by itself."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "drafted", not_before=world.now + timedelta(hours=9), hold="quiet_hours")
    assert one(world, reply_id).ok
    assert (world.reply(reply_id).not_before, world.reply(reply_id).hold) == (None, None)
