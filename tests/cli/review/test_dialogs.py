"""What is asked, and what is written: unmistakable, in sight however small the window, and never lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from listener.cli.review.keys import Review
from listener.desk import marks, transitions
from listener.desk.approve import Target, approve
from listener.policy import Policy
from tests.cli.review.conftest import Sitting
from tests.desk.world import praise


def by_hand(sitting: Sitting, text: str = "") -> int:
    """A reply that waits to be posted by hand."""
    (reply_id,) = sitting.world.said(*praise(), can_reply=False, url="https://social.example/7")
    if text:
        transitions.edit(sitting.world.store, sitting.world.desk(), reply_id, text)
    assert approve(sitting.world.store, sitting.world.desk(), [Target(reply_id)])[0].ok
    return reply_id


def test_words_never_mean_that_it_is_posted(sitting: Sitting) -> None:
    """Nor does Enter alone; 2 says that it is not."""
    reply_id = by_hand(sitting)
    sitting.play("b", *"no", "enter", "b", "enter", "escape", "b", "2", "enter")
    assert sitting.world.reply(reply_id).state == "by_hand"
    assert "'no' is not a post id or link" in sitting.message[3] and "still has to be posted" in sitting.message[-1]


def test_the_id_of_a_post_may_be_skipped(sitting: Sitting) -> None:
    """1, and Enter alone where it is asked for."""
    reply_id = by_hand(sitting)
    sitting.play("b", "1", "enter", "enter")
    assert (sitting.world.reply(reply_id).state, sitting.world.reply(reply_id).remote_id) == ("sent", None)


def test_words_never_settle_an_unconfirmed_reply(sitting: Sitting) -> None:
    """Neither Enter alone nor words; an id must be one."""
    (reply_id,) = sitting.world.said(*praise())
    sitting.world.put(reply_id, "unconfirmed", sending_at=sitting.world.now)
    sitting.play("y", "enter", "escape", "y", "1", "enter", *"no", "enter")
    assert sitting.world.reply(reply_id).state == "unconfirmed" and "'no' is not a post id" in sitting.message[-1]
    sitting.play("y", "1", "enter", *"88", "enter")
    assert (sitting.world.reply(reply_id).state, sitting.world.reply(reply_id).remote_id) == ("sent", "88")


@pytest.mark.parametrize("size", [(80, 24), (80, 12)])
def test_a_long_text_by_hand_leaves_the_question_in_sight(sitting: Sitting, size: tuple[int, int]) -> None:
    """It scrolls; question, choices and keys stand below it."""
    by_hand(sitting, "\n".join(f"words {number}" for number in range(25)))
    shown = sitting.play("b", size=size)
    for words in ("Is it posted?", "2 no, not yet", "Enter: confirm", "words 0"):
        assert words in shown, words
    assert "words 24" in sitting.play("b", *["pagedown"] * 20, size=size)


def test_nine_long_saved_texts_are_a_line_each(sitting: Sitting) -> None:
    """The question and the keys stay in sight."""
    sitting.world.said(*praise())
    policy = sitting.config.policy
    many = tuple(replace(policy.saved_replies[0], id=f"text {n}", text="long words " * 60, kinds=()) for n in range(9))
    sitting.config = replace(sitting.config, policy=replace(policy, saved_replies=many))
    shown = sitting.play("e", "ctrl+t")
    assert (
        "Insert which reply?" in shown
        and " 9 text 8: long words" in shown
        and "Esc: cancel" in shown
        and "Enter: confirm" not in shown
    )


@pytest.fixture
def suspends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal that is none can be left to an editor too; test_terminal.py does it on a real one."""
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)
    monkeypatch.delenv("VISUAL", raising=False)


@pytest.mark.usefixtures("suspends")
@pytest.mark.parametrize("editor", ["false", "no-such-editor", ""])
def test_an_editor_that_fails_leaves_the_screen_as_it_was(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    """One line says what is wrong; the next key works."""
    (reply_id,) = sitting.world.said(*praise())
    monkeypatch.setenv("EDITOR", editor)
    shown = sitting.play("E")
    assert "editor" in sitting.message[-1] and f"Reply {reply_id} ·" in shown
    sitting.play("E", "a")
    assert sitting.world.reply(reply_id).state == "approved"


def written(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that leaves this text."""
    script = folder / "editor"
    script.write_text(f"#!/bin/sh\ncat > \"$1\" <<'END'\n{text}\nEND\n")
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(script))


@pytest.mark.usefixtures("suspends")
def test_a_text_from_the_editor_that_is_refused_goes_on_in_place(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason; shortened, it is kept."""
    (reply_id,) = sitting.world.said(*praise())
    written(tmp_path, "See evil.com", monkeypatch)
    shown = sitting.play("E")
    assert "See evil.com" in shown and "links to evil.com" in shown
    sitting.play("E", *["backspace"] * 9, *" you.", "ctrl+s")
    assert sitting.world.reply(reply_id).text == "See you."


@pytest.mark.usefixtures("suspends")
def test_an_escalation_is_written_in_the_editor_in_the_kind_that_is_chosen(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks, as e does."""
    (reply_id,) = sitting.world.said("you will hear from my lawyer")
    written(tmp_path, "Hello.", monkeypatch)
    sitting.play("E", *"nokind", "enter")
    assert "no kind of that name" in sitting.message[-1] and sitting.world.reply(reply_id).state == "escalated"
    sitting.play("E", "3")
    assert (sitting.world.reply(reply_id).kind, sitting.world.reply(reply_id).text) == ("answer", "Hello.")


def test_what_was_written_stays_when_a_colleague_took_the_reply(sitting: Sitting) -> None:
    """The editor stays open, and says who."""
    (reply_id,) = sitting.world.said(*praise())

    def taken(app: Review) -> bool:
        app.presenter.claim.release()
        marks.claim(sitting.world.store, sitting.world.desk("bo"), reply_id)
        return True

    shown = sitting.play("e", *" So nice.", taken, "ctrl+s")
    words = " ".join(shown.replace("▌", " ").replace("│", " ").split())
    assert "claimed by bo" in words and "So nice." in words and "Ctrl+S: save" in words


def test_ctrl_q_drops_no_text(sitting: Sitting) -> None:
    """It says how to keep it, or to leave."""
    sitting.world.said(*praise())
    shown = sitting.play("e", "x", "ctrl+q")
    assert "Save (Ctrl+S) or discard (Esc) first" in shown
    assert "Reply 1 to" in sitting.play("e", "x", "ctrl+t", "ctrl+q", "escape")


def four_eyed(policy: Policy) -> Policy:
    """Two names for thanks."""
    return replace(policy, needs_second_approval=("thank_you",))


def test_a_preview_tells_which_approvals_will_not_be_complete(sitting: Sitting) -> None:
    """test_presenter.py has the report after it."""
    sitting.config = replace(sitting.config, policy=four_eyed(sitting.config.policy))
    sitting.world.said(*praise(2))
    sitting.world.said("my parcel never arrived, it is broken", can_reply=False)
    shown = sitting.play(*["space"] * 3, "A")
    assert shown.count("a second person must approve too") == 2 and shown.count("to be posted by hand") == 1


@pytest.mark.parametrize(("height", "is_whole"), [(40, True), (12, False)])
def test_a_preview_wraps_the_mentions_where_there_is_room(sitting: Sitting, height: int, is_whole: bool) -> None:
    """Else each is a line that ends in an ellipsis."""
    text = f"my parcel never arrived {'and I waited ' * 14}until the last word"
    sitting.world.said(text, text)
    shown = sitting.play("m", "A", size=(80, height))
    assert ("until the last word" in shown) == is_whole and ("\u2026" in shown) != is_whole
