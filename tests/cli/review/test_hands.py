"""Keys that come too early, too fast, or in the middle of a word: none of them decides on what nobody saw."""

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

from listener.cli.review import key_guard
from listener.cli.review.key_guard import KeyClock, KeyGuard
from listener.cli.review.keys import Review
from listener.desk import transitions
from listener.store import mentions
from tests.cli.review.conftest import Sitting, settled
from tests.cli.review.terminal import needs_tmux, terminal
from tests.cli.review.test_terminal import states
from tests.conftest import Earshot
from tests.desk.world import praise
from tests.process import until

LONG = "I love the smooth paper, thank you so much!" + "\n".join(f" line {number}" for number in range(15))


def burst(sitting: Sitting, keys: Iterable[str], before: tuple[str, ...] = ()) -> Review:
    """Keys that arrive all at once, after others that were pressed by hand."""

    async def hands(app: Review, pilot: Pilot[None]) -> None:
        for key in before:
            await sitting.step(app, pilot, key)
        sitting.hand += 1.0
        for key in keys:
            app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await settled(app, pilot)

    return sitting.drive(hands)


def approved(sitting: Sitting, ids: list[int]) -> int:
    """How many of them."""
    return [sitting.world.reply(one).state for one in ids].count("approved")


def test_keys_that_piled_up_approve_one_reply_and_none_that_was_not_drawn(sitting: Sitting) -> None:
    """Six at once: one was in sight."""
    ids = sitting.world.said(*praise(6))
    burst(sitting, "aaaaaa")
    assert approved(sitting, ids) == 1
    burst(sitting, "xxxxxx")
    assert [sitting.world.reply(one).state for one in ids].count("escalated") == 1


def test_a_page_that_was_turned_in_the_same_breath_is_not_read(sitting: Sitting) -> None:
    """PgDn and `a` at once: the end of the text has not been drawn."""
    (reply_id,) = sitting.world.said(*praise())
    transitions.edit(sitting.world.store, sitting.world.desk(), reply_id, "\n".join(f"words {n}" for n in range(15)))
    burst(sitting, ["pagedown", "a"])
    assert sitting.world.reply(reply_id).state == "drafted"
    sitting.play("pagedown", "a")
    assert sitting.world.reply(reply_id).state == "approved"


def test_a_reason_that_begins_with_a_digit_is_words(sitting: Sitting) -> None:
    """`3 day late` is no third choice, and none of its letters reaches the queue."""
    ids = sitting.world.said(*praise(6))
    burst(sitting, "3 day lat", before=("r",))
    assert {sitting.world.reply(one).state for one in ids} == {"drafted"}
    sitting.play("r", *"3 day lat", "enter")
    assert sitting.world.reply(ids[0]).reason == "3 day lat"
    assert {sitting.world.reply(one).state for one in ids[1:]} == {"drafted"}


def test_enter_does_not_answer_a_question_that_was_not_drawn(sitting: Sitting) -> None:
    """What came ahead of it stands there to be read, and Enter takes it then."""
    (reply_id,) = sitting.world.said(*praise())
    app = burst(sitting, ["r", "3", "enter"])
    assert sitting.world.reply(reply_id).state == "drafted"
    assert len(app.screen_stack) <= 2
    sitting.play("r", "3", "enter")
    assert sitting.world.reply(reply_id).reason == "wrong tone"


def test_a_preview_that_was_not_read_approves_nothing(sitting: Sitting) -> None:
    """`Aa` at once; and a preview longer than the window is scrolled first."""
    ids = sitting.world.said(*praise(9))
    burst(sitting, "Aa", before=("space",))
    assert approved(sitting, ids) == 0
    sitting.play(*["space"] * 9, "A", "a")
    assert approved(sitting, ids) == 0
    sitting.play("home", *["space"] * 9, "A", "a", "a", "a")
    assert approved(sitting, ids) == 9


def test_a_double_press_does_not_pass_the_second_look(sitting: Sitting) -> None:
    """The question has to stand for half a second."""
    (reply_id,) = sitting.world.said(*praise())
    gone(sitting, reply_id)
    burst(sitting, "aa")
    assert sitting.world.reply(reply_id).state == "drafted"


def warning_names(app: Review) -> list[str]:
    """The warnings of the open reply."""
    return [warning.name for warning in app.presenter.selected.warnings] if app.presenter.selected else []


def gone(sitting: Sitting, reply_id: int) -> bool:
    """The mention of a reply is deleted."""
    with sitting.world.store.write() as connection:
        mentions.record_deletion(connection, sitting.world.item(reply_id).key, sitting.world.now)
    return True


def test_a_new_doubt_is_told_though_another_was(sitting: Sitting) -> None:
    """First edited, told; then deleted, and told again."""
    (reply_id,) = sitting.world.said(*praise())
    item = sitting.world.item(reply_id)
    sitting.world.after(minutes=1)
    with sitting.world.store.write() as connection:
        mentions.record_edit(connection, item.key, item.mention, sitting.world.now, again=False)
    deleted = lambda app: gone(sitting, reply_id)  # noqa: E731
    seen = lambda app: "gone" in warning_names(app)  # noqa: E731
    sitting.play("a", deleted, seen, "a")
    assert sitting.world.reply(reply_id).state == "drafted" and "no longer" in sitting.message[-1]


def test_times_of_keys() -> None:
    """Not yet drawn, just drawn, held down, and in time."""
    seen = KeyGuard()
    assert seen.is_too_early(1.0)
    seen.drawn(2.0)
    assert seen.is_too_early(1.9) and seen.is_too_early(2.0 + key_guard.MIN_VISIBLE_S / 2)
    assert not seen.is_too_early(2.5) and seen.is_too_early(2.5 + key_guard.KEY_BOUNCE_S / 2)
    seen.drawn(9.0)
    assert not seen.is_too_early(2.7), "it stood there already"
    seen.lost(key_guard.REREAD_S)
    seen.drawn(3.0)
    assert seen.is_too_early(3.3) and not seen.is_too_early(3.6)


@needs_tmux
def test_keys_pressed_while_another_holds_the_database_approve_what_was_in_sight(queue: Earshot, home: Path) -> None:
    """The screen stands still for three seconds; ten impatient keys are one approval."""
    with terminal(home) as shown:
        shown.start(home, (80, 24), "review")
        shown.shows("5 wait", "Reply 1 ·")
        until(lambda: queue("queue", "--json").json[0]["claimed_by"] == "dana", "the lease is taken")
        with sqlite3.connect(home / "data" / "earshot.db", isolation_level=None, check_same_thread=False) as other:
            other.execute("BEGIN IMMEDIATE")
            ends = threading.Timer(3.0, other.execute, ("ROLLBACK",))
            ends.start()
            shown.press(*"aaaaaaaaaa")
            ends.join()
        shown.shows("4 wait")
        shown.press("q")
        assert shown.ended() == 0
        other.close()
    assert list(states(queue).values()).count("approved") == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (80, 16)])
def test_the_exact_text_is_in_sight_below_a_long_mention(sitting: Sitting, size: tuple[int, int]) -> None:
    """The mention is cut, and says where the rest stands."""
    (reply_id,) = sitting.world.said(LONG)
    shown = sitting.play(size=size)
    assert (sitting.world.reply(reply_id).text or "")[:40] in shown
    assert ("lines in full below: PgDn" in shown) == (size[1] < 40)
    sitting.play("a", size=size)
    assert sitting.world.reply(reply_id).state == "approved"


def test_a_text_longer_than_the_page_is_scrolled_before_it_is_approved(sitting: Sitting) -> None:
    """Every page of it has to have been in sight."""
    (reply_id,) = sitting.world.said(*praise())
    transitions.edit(sitting.world.store, sitting.world.desk(), reply_id, "\n".join(f"words {n}" for n in range(24)))
    assert "words 23" not in sitting.play()
    shown = sitting.play("a", "a")
    assert "words 23" in shown and sitting.world.reply(reply_id).state == "drafted"
    assert sitting.message == ["More below; press a", "End of reply now shown; a approves"]
    sitting.play("a", "a", "a")
    assert sitting.world.reply(reply_id).state == "approved"


def test_nothing_is_approved_in_a_window_that_shows_nothing(sitting: Sitting) -> None:
    """40 by 10 has no room for a text."""
    (reply_id,) = sitting.world.said(*praise())
    sitting.play("a", "a", "a", size=(40, 10))
    assert sitting.world.reply(reply_id).state == "drafted" and "Window too small" in sitting.message[-1]


def test_thirty_approvals_take_thirty_keys(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key each, at eight a second by the clock of the hand, as soon as the next one is drawn."""
    monkeypatch.setattr(KeyClock, "pressed_at", lambda clock, event: clock.now())  # a slow machine is no slow hand
    *ids, _ = sitting.world.said(*praise(31))

    async def hands(app: Review, pilot: Pilot[None]) -> None:
        for _ in ids:
            sitting.hand += 0.125
            await pilot.press("a")
            await _redrawn(app, pilot, sitting.hand)

    sitting.drive(hands)
    assert approved(sitting, ids) == 30


async def _redrawn(app: Review, pilot: Pilot[None], at: float) -> None:
    """What was drawn before the key does not count."""
    for _ in range(500):
        if app.guard.since is not None and app.guard.since >= at:
            return
        await pilot.pause(0.01)
    raise AssertionError("the next one was never drawn")


class Other:
    """Another process that holds the database of a sitting. Each step returns True when it is done."""

    def __init__(self, sitting: Sitting, reply_id: int) -> None:
        sitting.short_wait()
        self.sitting, self.reply_id = sitting, reply_id
        self.connection = sqlite3.connect(sitting.world.store.path, isolation_level=None)

    def holds(self, app: Review) -> bool:
        """Once the lease is taken; ten minutes later it is due to be renewed."""
        if self.sitting.world.reply(self.reply_id).claimed_by != "dana":
            return False
        self.connection.execute("BEGIN IMMEDIATE")
        self.sitting.world.after(minutes=10)
        return True

    def ends(self, app: Review) -> bool:
        """The database is free again."""
        self.connection.execute("ROLLBACK")
        self.connection.close()
        return True


def test_a_database_that_is_held_takes_nothing_from_who_writes(sitting: Sitting) -> None:
    """It is told under the text; Ctrl+S tries again."""
    (reply_id,) = sitting.world.said(*praise())
    other = Other(sitting, reply_id)

    def told(app: Review) -> bool:
        return "another process holds" in str(app.screen.query_one("#stands").render())

    shown = sitting.play("e", other.holds, "space", "X", told, "ctrl+s", other.ends, "Y", "ctrl+s")
    assert (sitting.world.reply(reply_id).text or "").endswith("XY") and "Reply 1 updated" in shown


def test_a_page_turned_while_the_database_is_held_tells_it(sitting: Sitting) -> None:
    """The lease is due, and cannot be renewed: the screen stays."""
    (reply_id,) = sitting.world.said(*praise())
    other = Other(sitting, reply_id)
    sitting.play(other.holds, "pagedown", other.ends, "a")
    assert "another process holds" in sitting.message[0] and sitting.world.reply(reply_id).state == "approved"
