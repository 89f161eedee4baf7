"""The review when words change under it: the author's, and a colleague's while a text is being written."""

from dataclasses import replace

import pytest

from listener.cli.review.keys import Review
from listener.desk import transitions
from listener.desk.views import ApprovalView
from listener.errors import DeskError
from tests.cli.review.conftest import Sitting
from tests.desk.world import praise

DANGER = "EDIT: it was covered in mould and my son had an allergic reaction, he is in hospital."


def edit(sitting: Sitting, reply_id: int, text: str) -> None:
    """The author edits the mention."""
    known = sitting.world.item(reply_id).mention
    sitting.world.heard(replace(known, text=text, created_at=sitting.world.after(minutes=5).now))


def test_an_edit_under_the_screen_is_seen_and_the_old_screen_refused(sitting: Sitting) -> None:
    """The thanks that stood there are not sent; the words before and after are shown."""
    (reply_id,) = sitting.world.said(*praise())
    edits = iter([True])

    def author(app: Review) -> bool:
        if next(edits, False):
            edit(sitting, reply_id, DANGER)
        return True

    shown = sitting.play(author, "a", "a")
    assert sitting.world.reply(reply_id).state == "escalated"
    assert "allergic" in shown and "the words before" in shown and "smooth paper" in shown


def test_a_colleagues_change_keeps_the_text_and_ctrl_s_again_saves_it(sitting: Sitting) -> None:
    """The message shows what stands there now."""
    (reply_id,) = sitting.world.said(*praise())

    def change(app: Review) -> bool:
        app.presenter.claim.release()
        transitions.edit(sitting.world.store, sitting.world.desk("bo"), reply_id, "From Bo.")
        return True

    shown = sitting.play("e", change, *" Mine.", "ctrl+s")
    assert "From Bo." in shown and "Mine." in shown and sitting.world.reply(reply_id).text == "From Bo."
    sitting.play("e", change, *" Mine.", "ctrl+s", "ctrl+s")
    assert (sitting.world.reply(reply_id).text or "").endswith("Mine.")
    sitting.play("e", change, *" Again.", "ctrl+s", "escape", "e", "ctrl+s")
    assert (sitting.world.reply(reply_id).text or "").endswith("Again.")


def test_e_offers_a_colleagues_text_from_before_the_edit(sitting: Sitting) -> None:
    """It is theirs to keep, on words that they have read."""
    (reply_id,) = sitting.world.said(*praise())
    transitions.edit(sitting.world.store, sitting.world.desk("bo"), reply_id, "From Bo, by hand.")
    edit(sitting, reply_id, DANGER)
    shown = sitting.play("e", "2")
    assert "From Bo, by hand." in shown and "before the mention was edited" in shown.replace("\n", " ")


def test_a_checks_state_and_approvals_as_every_other_key_does(sitting: Sitting) -> None:
    """A colleague's first approval that was not on the screen leaves the revision as it was."""
    world = sitting.world
    (reply_id,) = world.said(*praise())
    with sitting.presenter("bo") as presenter:
        shown = presenter.show(reply_id)
        stale = replace(shown, approvals=(ApprovalView("dana", world.now),))
        with pytest.raises(DeskError, match="nothing was changed"):
            presenter.approve(stale)
        assert world.reply(reply_id).state == "drafted"
        presenter.approve(shown)
    assert world.reply(reply_id).state == "approved"
