"""What a colleague decided while a reply was on the screen is never overridden by a key pressed before."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from listener.cli.review.actions import ACTIONS
from listener.cli.review.keys import Review
from listener.cli.review.meanwhile import describe_last_act
from listener.desk import marks, transitions
from listener.desk.approve import Target, approve
from listener.errors import DeskError
from listener.store import replies
from tests.cli.review.conftest import Sitting
from tests.desk.world import praise


def approves(sitting: Sitting, reply_id: int, by: str = "dana") -> Callable[[Review], bool]:
    """A step in which a colleague approves a reply."""

    def step(app: Review) -> bool:
        app.presenter.claim.release()
        return approve(sitting.world.store, sitting.world.desk(by), [Target(reply_id)])[0].ok

    return step


@pytest.mark.parametrize("number", [1, 3])
def test_a_rejection_never_overrides_an_approval_made_while_it_was_asked_for(sitting: Sitting, number: int) -> None:
    """The reply stays open, as it is now; the same key again means it. Also after the list was read again."""
    first, *_ = sitting.world.said(*praise(number))
    has_moved = lambda app: app.presenter.selected is None or app.presenter.selected.id != first  # noqa: E731
    shown = sitting.play("r", approves(sitting, first), has_moved, "1", "enter", by="bo")
    assert sitting.world.reply(first).state == "approved" and sitting.world.reply(first).approved_by == "dana"
    refusal = "dana approved reply 1 meanwhile; nothing was changed. Press r again to reject it."
    assert sitting.message[-1] == refusal and f"Reply {first} ·" in shown and "approved" in shown


def test_the_same_key_again_rejects_what_was_seen_to_be_approved(sitting: Sitting) -> None:
    """And moving on leaves it."""
    first, second = sitting.world.said(*praise(2))
    shown = sitting.play("r", approves(sitting, first), "1", "enter", "r", "1", "enter", by="bo")
    assert sitting.world.reply(first).state == "closed" and f"Reply {second} ·" in shown
    third, fourth = sitting.world.said(*praise(2))
    sitting.play("s", "r", approves(sitting, third), "1", "enter", "s", "s", by="bo")
    assert sitting.world.reply(third).state == "approved" and fourth


@pytest.mark.parametrize(
    "action", [action for action in ACTIONS if "drafted" in action.states], ids=lambda info: info.key
)
def test_no_key_changes_what_a_colleague_approved_meanwhile(sitting: Sitting, action: object) -> None:
    """Nor what they edited or approved as the first of two."""
    (reply_id,) = sitting.world.said(*praise())
    with sitting.presenter("bo") as presenter:
        key = next(known for known in ACTIONS if known is action)
        answer = {"z": "2h", "g": "eve"}.get(key.key, "wrong tone")
        shown = presenter.show(reply_id)
        transitions.edit(sitting.world.store, sitting.world.desk(), reply_id, "Something else.")
        with pytest.raises(DeskError, match=r"dana edited reply 1 meanwhile; nothing was changed. Press . again to "):
            key.run(presenter, shown, answer)
        shown = presenter.show(reply_id)
        assert approve(sitting.world.store, sitting.world.desk(), [Target(reply_id)])[0].ok
        before = sitting.world.reply(reply_id)
        with pytest.raises(DeskError, match="dana approved reply 1 meanwhile; nothing was changed"):
            key.run(presenter, shown, answer)
        assert sitting.world.reply(reply_id) == before


def test_an_edit_and_an_assignment_are_refused_after_the_first_of_two_approvals(sitting: Sitting) -> None:
    """State and revision are the same then; the approval is not."""
    (reply_id,) = sitting.world.said(*praise())
    sitting.world.policy = replace(sitting.world.policy, needs_second_approval=("thank_you",))
    with sitting.presenter("bo") as presenter:
        shown = presenter.show(reply_id)
        assert approve(sitting.world.store, sitting.world.desk(), [Target(reply_id)])[0].ok
        before = sitting.world.reply(reply_id)
        with pytest.raises(DeskError, match=r"dana approved reply 1 meanwhile; .* Press e again to edit it"):
            presenter.write(shown, "Something else.")
        assert sitting.world.reply(reply_id) == before and before.state == "drafted"


@pytest.mark.parametrize("key", ["a", "e", "v", "r", "x", "z"])
def test_every_key_that_changes_a_reply_refuses_at_once_while_a_colleague_works_on_it(
    sitting: Sitting, key: str
) -> None:
    """No dialog opens."""
    (reply_id,) = sitting.world.said(*praise())
    marks.claim(sitting.world.store, sitting.world.desk("bo"), reply_id)
    shown = sitting.play(key)
    assert (
        sitting.message[-1] == "bo works on reply 1 until 12:15 UTC; ask bo, or press s" and "Esc: cancel" not in shown
    )


def test_undo_after_reopening_names_who_reopened(sitting: Sitting) -> None:
    """Oneself is nobody else; a colleague has a name."""
    mine, theirs = sitting.world.said(*praise(2))
    sitting.play("r", "1", "enter", "f", "9", "R", "u", "u")
    assert "Reply 1: reject not undone: you reopened it already" in sitting.message[-1]
    assert sitting.world.reply(mine).state == "drafted"

    def reopens(app: Review) -> bool:
        transitions.reopen(sitting.world.store, sitting.world.desk("bo"), theirs)
        return True

    sitting.play("s", "r", "1", "enter", reopens, "u")
    assert "reject not undone: bo reopened it (it is a draft); check it" in sitting.message[-1]


def test_the_second_person_approves_at_once(sitting: Sitting) -> None:
    """The claim ends with the first approval, is not renewed after it, and not taken again by looking."""
    (reply_id,) = sitting.world.said(*praise())
    policy = replace(sitting.config.policy, needs_second_approval=("thank_you",))
    sitting.config = replace(sitting.config, policy=policy)
    with sitting.presenter() as first, sitting.presenter("bo") as second:
        first.claim.take(first.show(reply_id))
        first.approve(first.show(reply_id))
        sitting.world.after(minutes=6)
        first.claim.renew()
        first.claim.take(first.show(reply_id))
        assert sitting.world.reply(reply_id).claimed_by is None
        assert "approved; u: undo" in second.approve(second.show(reply_id))
    assert sitting.world.reply(reply_id).state == "approved"


def test_an_escalation_is_not_escalated_again(sitting: Sitting) -> None:
    """The line says what there is to do; after a rejection and a reopening, too."""
    sitting.world.said("you will hear from my lawyer")
    sitting.play("x", "c", "1", "enter", "f", "9", "R")
    assert sitting.message[0] == "already escalated; e: write a reply, c: close it"
    assert "Reply 1 closed: needs no answer; u: undo" in sitting.message
    assert sitting.message[-1] == "Reply 1 reopened; it is back in the queue"


def test_what_upkeep_does_is_called_earshots(sitting: Sitting) -> None:
    """No colleague is named upkeep."""
    (first,) = sitting.world.said(*praise(1))
    store = sitting.world.store
    with store.write() as connection:
        draft = replies.get(connection, first)
        replies.close(connection, draft, "expired", "too old", by="upkeep", now=sitting.world.clock())
    with store.read() as connection:
        assert describe_last_act(connection, replies.get(connection, first), "bo") == "Earshot closed"
