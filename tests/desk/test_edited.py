"""A mention that its author edits while a reply waits: it is decided again, and nobody approves words unread."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from listener.calendar import response_due
from listener.desk import control, queue, transitions
from listener.desk.approve import ApprovalResult, Target, approve
from listener.desk.views import ReplyDetail
from listener.feed_page import QuarantinedItem
from listener.policy import Policy
from listener.store import events, mentions, notices
from tests import factories
from tests.desk.world import World, praise

DANGER = "EDIT: it was covered in mould and my son had an allergic reaction, he is in hospital."
MINE = "Thank you, Ada! Bo from the workshop says hello."


def edit(world: World, reply_id: int, text: str) -> None:
    """The author edits the mention, and it is decided again."""
    hear(world, reply_id, text)
    world.route()


def hear(world: World, reply_id: int, text: str) -> None:
    """The author edits the mention; the poll has read it, and it is not decided yet."""
    known = world.item(reply_id).mention
    world.polled(replace(known, text=text, created_at=world.after(minutes=5).now))


def give(world: World, reply_id: int, revision: int | None = None, by: str = "dana") -> ApprovalResult:
    """Approve one reply."""
    return approve(world.store, world.desk(by), [Target(reply_id, revision)])[0]


def see(world: World, reply_id: int) -> ReplyDetail:
    """What staff see of it."""
    return queue.show(world.store, world.view(), reply_id)


def test_a_thank_you_under_a_child_in_hospital_becomes_an_escalation(world: World) -> None:
    """The same reply, for a person, at once; staff see the words before and after."""
    (reply_id,) = world.said(*praise())
    edit(world, reply_id, DANGER)
    reply, shown = world.reply(reply_id), see(world, reply_id)
    assert (reply.state, reply.text, reply.kind, reply.urgency) == ("escalated", None, None, 2)
    assert (
        reply.due_at == response_due(world.policy, None, 2, world.now) and reply.rule in factories.decided(DANGER).rule
    )
    assert [(change.before, change.after, change.at) for change in shown.mention.edits] == [
        (praise()[0], DANGER, world.now)
    ]
    assert [warning.name for warning in shown.warnings] == ["edited"] and shown.earlier_text is not None
    assert not give(world, reply_id).ok


def test_the_edited_review_of_the_shared_case_is_decided_again(world: World) -> None:
    """Both items of cases/feeds/03-edited-after-draft-second-poll.xml: a person, at once."""
    path = Path(__file__).parents[3] / "shared/cases/feeds/03-edited-after-draft-second-poll.xml"
    if not path.exists():
        pytest.skip("the shared cases are not here")
    words = [item.findtext("description") or "" for item in ElementTree.parse(path).iter("item")]
    ids = world.said(*praise(len(words)))
    for reply_id, text in zip(ids, words, strict=True):
        edit(world, reply_id, text)
    assert len(ids) == 2 and {world.reply(reply_id).state for reply_id in ids} == {"escalated"}
    assert {world.reply(reply_id).urgency for reply_id in ids} == {2}


def test_an_edit_makes_nobody_wait_longer(world: World) -> None:
    """A draft that was due keeps its time when a typo is corrected, and it is one reply still."""
    (reply_id,) = world.said("My parcel is two weeks late and nobody answers my mails.")
    before = world.reply(reply_id)
    edit(world, reply_id, "My parcel is two weeks late and nobody answers my mails!!")
    after = world.reply(reply_id)
    assert (after.state, after.kind, after.due_at) == ("drafted", "support", before.due_at)
    assert after.revision > before.revision and world.reply_to(world.item(reply_id).mention.id) == reply_id


def test_an_escalation_becomes_a_draft_when_its_words_do(world: World) -> None:
    """Kind, text and urgency follow."""
    (reply_id,) = world.said("you will hear from my lawyer")
    edit(world, reply_id, praise()[0])
    reply = world.reply(reply_id)
    assert (reply.state, reply.kind, reply.urgency) == ("drafted", "thank_you", 0) and reply.text


def test_approving_without_a_revision_is_refused_once_the_words_changed(world: World) -> None:
    """Whoever names the revision that came after the edit has read it."""
    (reply_id,) = world.said(*praise())
    old = world.reply(reply_id).revision
    edit(world, reply_id, "I love the smooth paper, thank you so very much!")
    new = world.reply(reply_id).revision
    refusal = give(world, reply_id)
    assert not refusal.ok and f"earshot approve {reply_id}@{new}" in (refusal.error or "")
    assert not give(world, reply_id, old).ok
    assert give(world, reply_id, new).ok


def test_nothing_is_approved_between_an_edit_and_the_decision_on_it(world: World) -> None:
    """Whatever revision is named: the guards have not seen the words yet."""
    (reply_id,) = world.said(*praise())
    hear(world, reply_id, DANGER)
    refusal = give(world, reply_id, world.reply(reply_id).revision)
    assert not refusal.ok and "not decided again yet" in (refusal.error or "")


def set_aside(world: World, reply_id: int) -> None:
    """The new words crashed triage three times, as item 1."""
    item = world.item(reply_id)
    with world.store.write() as connection:
        mentions.set_stage(connection, [item.key], "quarantined")
        notices.quarantine(connection, "memory", "route", [QuarantinedItem(item.mention.id, "raw", "boom")], world.now)


def test_nothing_is_approved_under_new_words_that_could_not_be_decided(world: World) -> None:
    """Put back, they are decided, and the same reply follows them."""
    (reply_id,) = world.said(*praise())
    hear(world, reply_id, DANGER)
    set_aside(world, reply_id)
    refusal = give(world, reply_id, world.reply(reply_id).revision)
    assert not refusal.ok and "could not be decided" in (refusal.error or "")
    control.requeue(world.store, world.desk(), 1)
    world.route()
    assert world.reply(reply_id).state == "escalated"


def test_an_answer_that_staff_wrote_to_the_new_words_is_approved(world: World) -> None:
    """They have read them, whether or not the rules ever can."""
    (reply_id,) = world.said(*praise())
    hear(world, reply_id, DANGER)
    set_aside(world, reply_id)
    transitions.reject(world.store, world.desk(), reply_id, "the words changed")
    own = transitions.escalate_mention(world.store, world.after(minutes=1).desk(), "memory", "m1")
    transitions.edit(world.store, world.desk(), own, MINE)
    assert give(world, own).ok


@pytest.mark.parametrize("can_reply", [True, False])
def test_an_approved_reply_returns_and_is_decided_again(world: World, can_reply: bool) -> None:
    """So does one that was to be posted by hand; no approval of it stands."""
    (reply_id,) = world.said(*praise(), can_reply=can_reply)
    assert give(world, reply_id).ok and world.reply(reply_id).state == ("approved" if can_reply else "by_hand")
    edit(world, reply_id, DANGER)
    reply = world.reply(reply_id)
    with world.store.read() as connection:
        given = events.approvals(connection, world.reply(reply_id))
    assert (reply.state, reply.approved_by, reply.approved_at) == ("escalated", None, None)
    assert all(approval.revoked_at is not None for approval in given)


def test_a_failed_reply_is_decided_again(world: World) -> None:
    """Trying again would answer words that are gone."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "failed", error="refused")
    edit(world, reply_id, DANGER)
    assert (world.reply(reply_id).state, world.reply(reply_id).error) == ("escalated", None)


@pytest.mark.parametrize("state", ["sending", "unconfirmed", "sent"])
def test_what_is_on_its_way_or_out_is_left_alone(world: World, state: str) -> None:
    """Its text is needed to find out whether it arrived; the edit is recorded all the same."""
    (reply_id,) = world.said(*praise())
    assert give(world, reply_id).ok
    world.put(reply_id, state)
    before = world.reply(reply_id)
    edit(world, reply_id, DANGER)
    assert world.reply(reply_id) == before and see(world, reply_id).mention.text == DANGER


def test_a_text_of_staff_stands_when_the_new_words_get_a_draft_too(world: World) -> None:
    """The draft that the rules have for them is one key away, and in the log."""
    (reply_id,) = world.said(*praise())
    transitions.edit(world.store, world.desk(), reply_id, MINE)
    edit(world, reply_id, "I love the smooth paper, thank you so very much!")
    reply = world.reply(reply_id)
    assert (reply.state, reply.text, reply.variant, reply.auto) == ("drafted", MINE, None, False)
    detail = world.events(reply_id)[-1].detail or {}
    assert detail["proposed"] and "the mention was edited" in detail["message"]


def test_a_text_of_staff_is_kept_when_a_person_is_called(world: World) -> None:
    """Also through a second edit, and beside the draft that comes after it."""
    (reply_id,) = world.said(*praise())
    transitions.edit(world.store, world.desk(), reply_id, MINE)
    edit(world, reply_id, DANGER)
    for text in ("my son is still in hospital", praise()[0]):
        shown = see(world, reply_id)
        assert shown.earlier_text is not None and (shown.earlier_text.text, shown.earlier_text.by_staff) == (MINE, True)
        edit(world, reply_id, text)
    assert world.reply(reply_id).state == "drafted" and len(see(world, reply_id).mention.edits) == 3


def test_words_that_need_no_reply_any_more_stay_with_staff(world: World) -> None:
    """A complaint may not vanish because its author took the words away."""
    (reply_id,) = world.said("My parcel is two weeks late and nobody answers my mails.")
    edit(world, reply_id, "...")
    assert world.reply(reply_id).state == "escalated"
    assert "staff decide" in str(world.events(reply_id)[-1].detail)


def test_an_author_who_asks_to_be_left_alone_in_an_edit_is(world: World) -> None:
    """The draft is withdrawn, as by any opt-out."""
    (reply_id,) = world.said(*praise())
    edit(world, reply_id, "stop replying to me")
    assert (world.reply(reply_id).state, world.reply(reply_id).closed_as) == ("closed", "withdrawn")


def test_a_second_approval_begins_anew_after_an_edit(world: World) -> None:
    """The first was for other words."""
    world.policy = _two_needed(world.policy)
    (reply_id,) = world.said(*praise())
    assert give(world, reply_id).ok
    edit(world, reply_id, "I love the smooth paper, thank you so very much!")
    assert give(world, reply_id, world.reply(reply_id).revision, by="bo").ok
    assert world.reply(reply_id).state == "drafted"


def test_a_reply_rejected_before_the_new_words_were_decided_stays_closed(world: World) -> None:
    """The new words get a reply of their own."""
    (reply_id,) = world.said(*praise())
    hear(world, reply_id, DANGER)
    transitions.reject(world.store, world.desk(), reply_id, "irony")
    world.route()
    assert world.reply(reply_id).state == "closed"
    assert world.reply_to(world.item(reply_id).mention.id) not in (0, reply_id)


def test_a_reopened_reply_is_due_anew(world: World) -> None:
    """Its old time has passed: it would be late before anybody could look."""
    (reply_id,) = world.said("My parcel is two weeks late and nobody answers my mails.")
    transitions.reject(world.store, world.desk(), reply_id, "not us")
    world.now += timedelta(days=3)
    transitions.reopen(world.store, world.desk(), reply_id)
    reply = world.reply(reply_id)
    assert reply.due_at == response_due(world.policy, "support", reply.urgency, world.now)


def _two_needed(policy: Policy) -> Policy:
    return replace(policy, staff=("dana", "bo"), needs_second_approval=("thank_you",))
