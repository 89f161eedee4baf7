"""Two names where policy asks for them, and the signature of who approves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.desk import autonomy, marks, transitions
from listener.desk.approve import ApprovalResult, Target, approve, needs_second_approval
from listener.desk.queue import single
from listener.desk.views import ReplyView
from listener.errors import DeskError
from listener.store import draft_reviews, events
from listener.store.records import Exchange
from tests import factories
from tests.desk.world import World, praise, preview

TWO = {"needs_second_approval": ("thank_you", "legal", "about_delivery")}
SIGNED = {"signatures": {"dana": "^DK", "bo": "^BO"}}


def one(world: World, reply_id: int, by: str, **policy: Any) -> ApprovalResult:
    """Approve one reply under a policy."""
    return approve(world.store, world.desk(by, factories.policy(**policy)), [Target(reply_id)])[0]


def shown(world: World, reply_id: int, by: str, **policy: Any) -> ReplyView:
    """The reply as this person sees it."""
    desk = world.desk(by, factories.policy(**policy))

    def needs_second(item: Exchange) -> bool:
        return needs_second_approval(desk.policy, item)

    view = replace(world.view(), signed=desk.signed, needs_second=needs_second)
    return single(world.store, view, reply_id)


def test_the_first_of_two_leaves_it_drafted_and_the_second_lets_it_go(world: World) -> None:
    """Both are kept, and both are told."""
    (reply_id,) = world.said(*praise())
    marks.claim(world.store, world.desk(), reply_id)
    assert one(world, reply_id, "dana", **TWO).ok
    reply = world.reply(reply_id)
    assert (reply.state, reply.approved_by, reply.claimed_by) == ("drafted", None, None)
    assert [each.by for each in shown(world, reply_id, "bo", **TWO).approvals] == ["dana"]
    assert one(world.after(minutes=1), reply_id, "bo", **TWO).ok
    found = shown(world, reply_id, "bo", **TWO)
    assert (found.state, found.approved_by) == ("approved", "bo")
    assert [each.by for each in found.approvals] == ["dana", "bo"]
    assert [each.what for each in world.events(reply_id)[-2:]] == ["first_approval", "approved"]


def test_the_same_name_twice_is_not_two(world: World) -> None:
    """A guard against mistakes: one's own text is read by another."""
    (reply_id,) = world.said(*praise())
    assert one(world, reply_id, "dana", **TWO).ok
    again = one(world, reply_id, "dana", **TWO)
    assert not again.ok and "a second person must approve it" in (again.error or "")
    assert world.reply(reply_id).state == "drafted"


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("I love the smooth paper, thank you so much!", True),  # the kind
        ("my parcel never arrived", True),  # a cue
        ("the ink bled through every page, it is broken", False),
    ],
)
def test_kinds_and_cues_ask_for_two(world: World, text: str, needed: bool) -> None:
    """What policy does not name goes under one name."""
    (reply_id,) = world.said(text)
    assert one(world, reply_id, "dana", **TWO).ok
    assert world.reply(reply_id).state == ("drafted" if needed else "approved")


def test_an_escalation_that_a_person_answers_asks_for_two_by_its_guard(world: World) -> None:
    """Whatever kind the person gave it."""
    (reply_id,) = world.said("you will hear from my lawyer about this")
    transitions.edit(world.store, world.desk(), reply_id, "We have written to you.", "support")
    assert one(world, reply_id, "dana", **TWO).ok
    assert world.reply(reply_id).state == "drafted"


def test_a_new_text_needs_both_again(world: World) -> None:
    """The first approval was of other words."""
    (reply_id,) = world.said(*praise())
    assert one(world, reply_id, "dana", **TWO).ok
    transitions.edit(world.store, world.desk("bo"), reply_id, "Thank you!")
    assert one(world, reply_id, "bo", **TWO).ok
    assert world.reply(reply_id).state == "drafted"
    assert one(world, reply_id, "dana", **TWO).ok
    assert world.reply(reply_id).state == "approved"


def test_what_is_undone_counts_no_longer(world: World) -> None:
    """The first of two, and both of two; an approval that is not there cannot be undone."""
    (reply_id,) = world.said(*praise())
    for names in (("dana",), ("dana", "bo")):
        assert all(one(world, reply_id, name, **TWO).ok for name in names)
        transitions.undo(world.store, world.desk(), reply_id)
        with world.store.read() as connection:
            assert events.list_valid_approvals(connection, world.reply(reply_id)) == []
    with pytest.raises(DeskError, match="no approval to undo"):
        transitions.undo(world.store, world.desk(), reply_id)


def test_what_needs_two_names_never_goes_by_itself(world: World) -> None:
    """Not even inside its band with `always`."""
    (reply_id,) = world.said(*praise())
    told = factories.policy(**TWO)
    policy = replace(told, responders=tuple(replace(each, auto="always") for each in told.responders))
    autonomy.approve_automatically(world.store, policy, preview, "memory", world.now)
    assert world.reply(reply_id).state == "drafted"
    autonomy.approve_automatically(world.store, replace(policy, needs_second_approval=()), preview, "memory", world.now)
    assert world.reply(reply_id).approved_by == "policy"  # nothing else held it


def test_a_second_name_is_one_verdict(world: World) -> None:
    """The record of a kind counts a draft once, when it goes."""
    (reply_id,) = world.said(*praise())
    for name, counted in (("dana", 0), ("bo", 1)):
        assert one(world, reply_id, name, **TWO).ok
        with world.store.read() as connection:
            assert draft_reviews.count_reviews(connection, "thank_you", 9) == (counted, counted)


def test_a_signature_stands_once_and_counts(world: World) -> None:
    """The words kept are the ones shown."""
    (reply_id,) = world.said(*praise())
    plain = shown(world, reply_id, "zed", **SIGNED)
    found = shown(world, reply_id, "dana", **SIGNED)
    assert found.text == f"{plain.text} ^DK" and plain.length is not None and found.length == plain.length + 4
    assert one(world, reply_id, "dana", **SIGNED).ok
    assert shown(world, reply_id, "bo", **SIGNED).text == found.text
    with world.store.read() as connection:
        assert [each.text for each in events.approvals(connection, world.reply(reply_id))] == [found.text]


def test_a_signature_that_leaves_no_room_is_refused(world: World) -> None:
    """It would be cut off on the platform."""
    (reply_id,) = world.said(*praise())
    desk = world.desk("dana", factories.policy(**SIGNED))
    with pytest.raises(DeskError, match="too long for memory: 282 of 280"):
        transitions.edit(world.store, desk, reply_id, "x" * 271)
    transitions.edit(world.store, desk, reply_id, "x" * 269)
    transitions.edit(world.store, desk, reply_id, f"{'x' * 269} ^DK")  # signed by hand: no second time
    assert world.reply(reply_id).text == "x" * 269  # who approves it may be somebody else


def test_a_text_saved_as_it_was_shown_is_no_edit(world: World) -> None:
    """With the signature and without: the draft is still the program's, and bears no initials itself."""
    (reply_id,) = world.said(*praise())
    drafted, desk = world.reply(reply_id).text or "", world.desk("dana", factories.policy(**SIGNED))
    for words in (drafted, str(shown(world, reply_id, "dana", **SIGNED).text).removeprefix("@user1 ")):
        transitions.edit(world.store, desk, reply_id, words)
        reply = world.reply(reply_id)
        assert reply.auto and reply.variant and reply.text == drafted
    with world.store.read() as connection:
        assert draft_reviews.count_reviews(connection, "thank_you", 9) == (0, 0)


def test_what_goes_by_itself_bears_nobodys_initials(world: World) -> None:
    """Also when a person has opened and saved it: no one approved it. Taken back, it does not count as a first name."""
    (reply_id,) = world.said(*praise())
    told = factories.policy(**SIGNED)
    policy = replace(told, responders=tuple(replace(each, auto="always") for each in told.responders))
    transitions.edit(world.store, world.desk("dana", policy), reply_id, f"{world.reply(reply_id).text} ^DK")
    autonomy.approve_automatically(world.store, policy, preview, "memory", world.now)
    assert world.reply(reply_id).approved_by == "policy"
    with world.store.read() as connection:
        (given,) = events.list_valid_approvals(connection, world.reply(reply_id))
    assert given.automatic and "^" not in given.text
    world.put(reply_id, "drafted", approved_by=None, approved_at=None)
    assert one(world, reply_id, "dana", **TWO).ok and world.reply(reply_id).state == "drafted"


def test_the_second_name_approves_the_words_of_the_first(world: World) -> None:
    """With the first one's signature: nobody approves what nobody saw."""
    (reply_id,) = world.said(*praise())
    assert one(world, reply_id, "dana", **TWO, **SIGNED).ok
    assert str(shown(world, reply_id, "bo", **TWO, **SIGNED).text).endswith(" ^DK")
    assert one(world, reply_id, "bo", **TWO, **SIGNED).ok
    with world.store.read() as connection:
        assert len({each.text for each in events.approvals(connection, world.reply(reply_id))}) == 1


@pytest.mark.parametrize("text", ["Hello {{ contact }}", "Hello {{contact", "see you }}", "{% if x %}hello"])
def test_a_variable_that_nobody_filled_in_does_not_go_out(world: World, text: str) -> None:
    """A customer who reads {{ name }} knows what we are."""
    (reply_id,) = world.said(*praise())
    with pytest.raises(DeskError, match="still contains"):
        transitions.edit(world.store, world.desk(), reply_id, text)


def test_an_approval_of_the_review_waits_until_it_can_no_longer_be_undone(world: World) -> None:
    """The wait has a name, and a time."""
    (reply_id,) = world.said(*praise())
    approve(world.store, world.desk(), [Target(reply_id)], timedelta(seconds=10))
    reply = world.reply(reply_id)
    assert (reply.hold, reply.not_before) == ("undo", world.now + timedelta(seconds=10))
    transitions.undo(world.store, world.desk(), reply_id)
    reply = world.reply(reply_id)
    assert (reply.state, reply.hold, reply.not_before) == ("drafted", None, None)


def test_a_policy_that_no_longer_asks_lets_the_words_go_that_were_shown(world: World) -> None:
    """The first approval stands, with its signature; one more name is enough, also the same."""
    (reply_id,) = world.said(*praise())
    assert one(world, reply_id, "dana", **TWO, **SIGNED).ok
    assert one(world, reply_id, "bo", **SIGNED).ok
    with world.store.read() as connection:
        assert {each.text[-4:] for each in events.approvals(connection, world.reply(reply_id))} == {" ^DK"}
