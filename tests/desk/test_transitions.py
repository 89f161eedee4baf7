"""What staff do with one reply: every move checks where it stands, and leaves an event."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.desk import autonomy, transitions
from listener.desk.approve import DeskContext, Target, approve
from listener.desk.forget import forget
from listener.desk.queue import single
from listener.desk.state_words import PHRASES
from listener.errors import DeskError
from listener.store import mentions, notices
from listener.store.engine import Store
from tests import factories
from tests.desk.world import World, praise, preview

Move = Callable[[Store, DeskContext, int], None]
EVERY: dict[str, Move] = {
    "edit": lambda store, desk, number: transitions.edit(store, desk, number, "Hello!"),
    "reject": lambda store, desk, number: transitions.reject(store, desk, number, "no"),
    "close": lambda store, desk, number: transitions.close(store, desk, number, "no"),
    "reopen": transitions.reopen,
    "retry": transitions.retry,
    "undo": transitions.undo,
    "done": lambda store, desk, number: transitions.done(store, desk, number, None),
    "resolve": lambda store, desk, number: transitions.resolve(store, desk, number, None),
    "escalate": transitions.escalate,
}
FINAL = {"sending", "sent", "closed"}
ALLOWED = {
    "edit": {"drafted", "escalated", "approved", "failed"},
    "reject": {"drafted", "escalated", "approved", "failed", "by_hand"},
    "close": {"drafted", "escalated", "approved", "failed", "by_hand"},
    "reopen": {"closed"},
    "retry": {"failed"},
    "undo": {"approved", "by_hand"},
    "done": {"by_hand"},
    "resolve": {"unconfirmed"},
    "escalate": {"drafted", "approved"},
}
STATES = ("escalated", "drafted", "approved", "sending", "unconfirmed", "sent", "by_hand", "failed", "closed")


@pytest.mark.parametrize("name", EVERY)
def test_a_move_from_the_wrong_state_changes_nothing(world: World, name: str) -> None:
    """The table of states is the whole of what is possible."""
    (reply_id,) = world.said(*praise())
    for state in STATES:
        if state in ALLOWED[name]:
            continue
        world.put(reply_id, state)
        before = world.reply(reply_id)
        with pytest.raises(DeskError, match=f"reply {reply_id} {PHRASES[state]}; "):
            EVERY[name](world.store, world.desk(), reply_id)
        assert world.reply(reply_id) == before


@pytest.mark.parametrize(("name", "state"), [(name, state) for name in EVERY for state in sorted(ALLOWED[name])])
def test_a_move_leaves_an_event_with_who_and_when(world: World, name: str, state: str) -> None:
    """The exchange log tells every arrow."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, state, **({"closed_as": "rejected", "reason": "no"} if state == "closed" else {}))
    world.after(minutes=1)
    EVERY[name](world.store, world.desk("bo"), reply_id)
    last = world.events(reply_id)[-1]
    assert (last.by, last.at, last.reply_id) == ("bo", world.now, reply_id)


def test_an_unknown_reply_is_told_with_what_to_do(world: World) -> None:
    """No traceback, one line."""
    with pytest.raises(DeskError, match="there is no reply 7; `earshot queue`"):
        transitions.undo(world.store, world.desk(), 7)


def test_an_edited_escalation_becomes_a_draft_of_support(world: World) -> None:
    """A person's text has a kind, for autonomy's record and for the due time."""
    (reply_id,) = world.said("you will hear from my lawyer")
    transitions.edit(world.store, world.desk(), reply_id, "  We are sorry. Please write to us.\r\n")
    reply = world.reply(reply_id)
    assert (reply.state, reply.kind, reply.revision) == ("drafted", "support", 2)
    assert reply.text == "We are sorry. Please write to us."


def test_an_escalation_takes_the_kind_that_staff_name(world: World) -> None:
    """And no other than the policy's."""
    (reply_id,) = world.said("you will hear from my lawyer")
    with pytest.raises(DeskError, match="no kind 'poem'"):
        transitions.edit(world.store, world.desk(), reply_id, "Hello!", "poem")
    transitions.edit(world.store, world.desk(), reply_id, "Hello!", "answer")
    assert world.reply(reply_id).kind == "answer"


def test_an_edit_takes_the_approval_away(world: World) -> None:
    """What was approved was another text; it also leaves the auto band."""
    (reply_id,) = world.said(*praise())
    approve(world.store, world.desk(), [Target(reply_id)])
    transitions.edit(world.store, world.desk("bo"), reply_id, "Thank you!")
    reply = world.reply(reply_id)
    assert (reply.state, reply.approved_by, reply.auto, reply.revision) == ("drafted", None, False, 2)


def test_an_edit_of_a_text_that_changed_meanwhile_is_refused(world: World) -> None:
    """An editor stays open for long."""
    (reply_id,) = world.said(*praise())
    seen = transitions.editable(world.store, world.desk(), reply_id)
    transitions.edit(world.store, world.desk("bo"), reply_id, "Bo was here.")
    with pytest.raises(DeskError, match="has changed since revision 1"):
        transitions.edit(world.store, world.desk(), reply_id, "Dana too.", revision=seen.revision)
    assert world.reply(reply_id).text == "Bo was here."


@pytest.mark.parametrize(("move", "closed_as"), [(transitions.reject, "rejected"), (transitions.close, "handled")])
def test_closing_keeps_the_reason_and_asks_for_one(world: World, move: Callable[..., None], closed_as: str) -> None:
    """Whoever asks later is told why."""
    (reply_id,) = world.said(*praise())
    with pytest.raises(DeskError, match="a reason is needed"):
        move(world.store, world.desk(), reply_id, " ")
    move(world.store, world.desk(), reply_id, "not for us")
    reply = world.reply(reply_id)
    assert (reply.state, reply.closed_as, reply.reason) == ("closed", closed_as, "not for us")


@pytest.mark.parametrize("move", [transitions.reject, transitions.close])
def test_a_reply_that_staff_closed_is_reopened_with_its_text(world: World, move: Callable[..., None]) -> None:
    """For a new approval by a person: it has a new revision, and no reason any more."""
    (reply_id,) = world.said(*praise())
    text = world.reply(reply_id).text
    move(world.store, world.desk(), reply_id, "irony")
    transitions.reopen(world.store, world.desk("bo"), reply_id)
    reply = world.reply(reply_id)
    assert (reply.state, reply.text, reply.revision) == ("drafted", text, 2)
    assert (reply.closed_as, reply.reason, reply.approved_by, reply.assigned_to) == (None, None, None, "bo")
    last = world.events(reply_id)[-1]
    assert (last.what, last.by) == ("reopened", "bo") and "irony" in (last.detail or {})["message"]
    assert approve(world.store, world.desk(), [Target(reply_id, 2)])[0].ok


def test_a_reopened_draft_is_not_approved_automatically(world: World) -> None:
    """A person rejected it: whatever its kind may do by itself, a person approves it."""
    (reply_id,) = world.said(*praise())
    transitions.reject(world.store, world.desk(), reply_id, "irony")
    transitions.reopen(world.store, world.desk(), reply_id)
    assert world.reply(reply_id).auto
    policy = replace(
        world.policy, responders=tuple(replace(config, auto="always") for config in world.policy.responders)
    )
    autonomy.approve_automatically(world.store, policy, preview, "memory", world.now)
    assert world.reply(reply_id).state == "drafted"


def test_a_closed_escalation_is_reopened_as_one(world: World) -> None:
    """It has no text to approve."""
    (reply_id,) = world.said("you will hear from my lawyer")
    transitions.close(world.store, world.desk(), reply_id, "settled")
    transitions.reopen(world.store, world.desk(), reply_id)
    assert (world.reply(reply_id).state, world.reply(reply_id).text) == ("escalated", None)


@pytest.mark.parametrize("closed_as", ["expired", "withdrawn"])
def test_what_earshot_closed_is_not_reopened(world: World, closed_as: str) -> None:
    """Too old, or against somebody's wish."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "closed", closed_as=closed_as, reason="old")
    with pytest.raises(
        DeskError, match=rf"was closed \({closed_as}: old\) and cannot be reopened; .*`earshot escalate memory:m1`"
    ):
        transitions.reopen(world.store, world.desk(), reply_id)
    with pytest.raises(
        DeskError, match=rf"reply 1 was closed \({closed_as}\); to answer all the same: `earshot escalate memory:m1`"
    ):
        transitions.escalate(world.store, world.desk(), reply_id)


def test_a_reply_is_not_reopened_beside_another(world: World) -> None:
    """A mention has one live reply at most."""
    (reply_id,) = world.said(*praise())
    transitions.reject(world.store, world.desk(), reply_id, "irony")
    other = transitions.escalate_mention(world.store, world.desk(), "memory", "m1")
    with pytest.raises(DeskError, match=f"already has reply {other}"):
        transitions.reopen(world.store, world.desk(), reply_id)
    assert world.reply(reply_id).state == "closed"


def test_a_reply_to_what_is_gone_is_not_reopened(world: World) -> None:
    """Deleted on the platform, or erased here."""
    deleted, erased = world.said(*praise(2))
    for reply_id in (deleted, erased):
        transitions.reject(world.store, world.desk(), reply_id, "irony")
    with world.store.write() as connection:
        mentions.record_deletion(connection, world.item(deleted).key, world.now)
    forget(world.store, world.desk(), "memory:u2", factories.author_of)
    for reply_id, message in ((deleted, "memory:m1 was deleted"), (erased, "text of memory:m2 was erased")):
        with pytest.raises(DeskError, match=message):
            transitions.reopen(world.store, world.desk(), reply_id)


def test_a_failed_reply_tried_again_needs_a_new_approval(world: World) -> None:
    """Its old one is gone, and so is the revision it was for."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "failed", approved_by="dana", error="no", attempts=2)
    transitions.retry(world.store, world.desk(), reply_id)
    reply = world.reply(reply_id)
    assert (reply.state, reply.approved_by, reply.revision, reply.attempts, reply.error) == (
        "drafted",
        None,
        2,
        0,
        None,
    )


@pytest.mark.parametrize(("remote_id", "state"), [("p9", "sent"), (None, "approved")])
def test_a_person_settles_an_unknown_outcome(world: World, remote_id: str | None, state: str) -> None:
    """Out as that post, or surely not out; the notice ends with the question."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "unconfirmed", hold="manual_check", attempts=3)
    with world.store.write() as connection:
        notices.open_notice(connection, "unconfirmed", "memory", "?", "look", world.now, subject=str(reply_id))
    transitions.resolve(world.store, world.desk(), reply_id, remote_id)
    with world.store.read() as connection:
        assert notices.list_open(connection) == []
    assert (world.reply(reply_id).state, world.reply(reply_id).remote_id) == (state, remote_id)


def test_a_reply_that_was_not_sent_begins_its_troubles_anew(world: World) -> None:
    """The looks that failed are over: the next failure is the first in a row."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "unconfirmed", trouble_count=5)
    transitions.resolve(world.store, world.desk(), reply_id, None)
    assert world.reply(reply_id).trouble_count == 0


def test_a_resolution_without_a_post_is_refused(world: World) -> None:
    """An empty id is not `--not-sent`."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "unconfirmed")
    with pytest.raises(DeskError, match="id of the post is empty"):
        transitions.resolve(world.store, world.desk(), reply_id, " ")


def test_an_escalated_draft_has_no_text_but_offers_it_to_who_takes_it(world: World) -> None:
    """Nothing is forgotten, and nothing is sent that nobody took up again."""
    (reply_id,) = world.said(*praise())
    before = world.reply(reply_id).text
    transitions.escalate(world.store, world.desk(), reply_id)
    reply = world.reply(reply_id)
    assert (reply.state, reply.text, reply.kind, reply.revision) == ("escalated", None, None, 2)
    detail = {"message": "its text is kept", "before": before, "by_staff": False, "kind": "thank_you"}
    assert world.events(reply_id)[-1].detail == detail
    shown = single(world.store, world.view(), reply_id)
    assert (shown.text, shown.offered_text) == (None, before) and shown.earlier_text is not None
    assert (shown.earlier_text.until, shown.known_kind) == ("before it was escalated", "thank_you")
    transitions.edit(world.store, world.desk(), reply_id, "Thanks, Ada.")
    assert single(world.store, world.view(), reply_id).earlier_text is None


def test_an_ignored_mention_is_put_into_the_queue_once(world: World) -> None:
    """The second time names the reply that is there; after that one is closed it may be put there again."""
    world.said("going to the shop")
    made = transitions.escalate_mention(world.store, world.desk(), "memory", "m1")
    reply = world.reply(made)
    due = world.now + timedelta(hours=25)  # it is Sunday noon: four hours after nine on Monday
    assert (reply.state, reply.rule, reply.due_at) == ("escalated", "staff", due)
    with pytest.raises(DeskError, match=f"already has reply {made}"):
        transitions.escalate_mention(world.store, world.desk(), "memory", "m1")
    transitions.close(world.store, world.desk(), made, "seen")
    assert transitions.escalate_mention(world.store, world.desk(), "memory", "m1") > made


def test_a_mention_that_waits_for_triage_is_not_escalated(world: World) -> None:
    """It would get a second reply from triage, and stop its whole batch."""
    world.said("going to the shop")
    with world.store.write() as connection:
        mentions.set_stage(connection, [1], "new")
    with pytest.raises(DeskError, match="not decided yet"):
        transitions.escalate_mention(world.store, world.desk(), "memory", "m1")


def test_an_unknown_mention_is_not_escalated(world: World) -> None:
    """One line, with what lists them."""
    with pytest.raises(DeskError, match="no mention memory:zz"):
        transitions.escalate_mention(world.store, world.desk(), "memory", "zz")


def test_a_mention_whose_words_were_erased_is_not_escalated(world: World) -> None:
    """Whoever was forgotten gets no new words from us."""
    world.said("going to the shop")
    forget(world.store, world.desk(), "memory:u1", factories.author_of)
    with pytest.raises(DeskError, match="was erased"):
        transitions.escalate_mention(world.store, world.desk(), "memory", "m1")
