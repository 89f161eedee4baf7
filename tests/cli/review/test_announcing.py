"""Announcements in the review: they wait for an approval too, and are read in full before one."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import Connection, insert, select

from listener.cli import context
from listener.cli.review import announcing
from listener.cli.review.plain import Reader
from listener.desk import announcements
from listener.errors import DeskError
from listener.store import postings
from listener.store.postings import Announcement
from listener.store.records import Posting
from listener.store.tables import posting
from tests.cli.review.conftest import Sitting
from tests.cli.review.test_presenter import undone

SALE, HOW_TO = "Ten per cent off all notebooks today.", "How to fill your pen: turn, dip, turn back."


def announce(sitting: Sitting, text: str = SALE) -> int:
    """A draft for an hour from now."""
    shown = context.announcement_previews(sitting.config)
    at = sitting.world.now + timedelta(hours=1)
    return announcements.add(sitting.world.store, sitting.world.desk("bo"), shown, text, at, ["memory"])


def read(sitting: Sitting, number: int) -> Announcement:
    """An announcement as it stands."""
    with sitting.world.store.read() as connection:
        return postings.get(connection, number)


def states(sitting: Sitting, *numbers: int) -> list[str]:
    """Where they stand."""
    return [read(sitting, number).postings[0].state for number in numbers]


def copy_elsewhere(connection: Connection, waiting: Posting) -> None:
    """The same announcement, sent on another platform."""
    source = connection.execute(select(posting).where(posting.c.id == waiting.id)).mappings().one()
    row = {**source, "platform": "elsewhere", "state": "sent"}
    connection.execute(insert(posting).values({name: value for name, value in row.items() if name != "id"}))


def test_the_head_counts_them_and_the_footer_has_their_key(sitting: Sitting) -> None:
    """Also where no reply waits; without one there is neither."""
    assert "announcement" not in sitting.play() and "P posts" not in sitting.play()
    announce(sitting)
    shown = sitting.play()
    assert "1 announcement" in shown.splitlines()[0] and "P posts" in shown.splitlines()[-1]


def test_one_after_the_other_is_approved_cancelled_or_left(sitting: Sitting) -> None:
    """The exact text with its length and time; P again shows the next, and then the first again."""
    first, second = announce(sitting), announce(sitting, HOW_TO)
    shown = sitting.play("P")
    assert f"Announcement {first} by bo" in shown and SALE in shown and f"{len(SALE)} of " in shown
    assert "a: approve it   c: cancel it" in shown
    sitting.play("P", "escape", "P", "a")
    assert states(sitting, first, second) == ["drafted", "approved"]
    assert sitting.message[-1].startswith(f"Announcement {second} approved: memory 2026-11-22 13:00 UTC")
    sitting.play("P", "c", *"sold out", "enter")
    assert states(sitting, first, second) == ["closed", "approved"]
    assert (
        sitting.message[-1] == f"Announcement {first} cancelled"
        and read(sitting, first).postings[0].reason == "sold out"
    )


def test_undo_takes_back_what_was_decided_last_also_of_an_announcement(sitting: Sitting) -> None:
    """Once it took back the act before on a reply, which nobody meant."""
    number, (reply_id,) = announce(sitting), sitting.world.said("thank you, lovely paper")
    with sitting.presenter() as presenter:
        presenter.refresh()
        presenter.open()
        assert presenter.selected is not None
        presenter.approve(presenter.selected)
        announcing.decide(presenter, announcing.next_page(presenter), announcing.APPROVE)
        assert undone(presenter) == f"Announcement {number}: approval undone"
        assert states(sitting, number) == ["drafted"] and sitting.world.reply(reply_id).state == "approved"
        assert undone(presenter) == f"Reply {reply_id}: approval undone"


def test_undo_says_why_a_cancelled_one_stays_cancelled(sitting: Sitting) -> None:
    """And U takes back the approval of another that is not out."""
    first, second = announce(sitting), announce(sitting, HOW_TO)
    sitting.play("P", "a", "P", "c", *"sold out", "enter", "u", "U")
    assert sitting.message[-2] == (
        f"Announcement {second}: cancel not undone: it is cancelled; `earshot announce add` writes a new one"
    )
    assert sitting.message[-1] == f"Announcement {first}: approval undone"
    assert states(sitting, first, second) == ["drafted", "closed"]


def test_the_first_of_two_approvals_is_undone_too(sitting: Sitting) -> None:
    """A colleague's approval alone does not post it then."""
    sitting.config = replace(
        sitting.config, policy=replace(sitting.config.policy, needs_second_approval=("announcement",))
    )
    number = announce(sitting)
    sitting.play("P", "a", "u")
    assert sitting.message[-1] == f"Announcement {number}: approval undone"
    sitting.play("P", "a", by="bo")
    assert states(sitting, number) == ["drafted"]
    sitting.play("P", "a")
    assert states(sitting, number) == ["approved"]


def test_a_long_one_is_scrolled_to_its_end_before_it_is_approved(sitting: Sitting) -> None:
    """What was not in sight is not approved."""
    number = announce(sitting, "\n".join(f"Line {place}" for place in range(40)))
    sitting.play("P", "a")
    assert states(sitting, number) == ["drafted"]
    sitting.play("P", "a", "a", "a", "a")
    assert states(sitting, number) == ["approved"]


def test_one_that_a_colleague_changed_meanwhile_is_not_approved(sitting: Sitting) -> None:
    """The words on the screen are not those that would go out."""
    number = announce(sitting)
    with sitting.presenter() as presenter:
        page = announcing.next_page(presenter)
        shown = context.announcement_previews(sitting.config)
        announcements.edit(sitting.world.store, sitting.world.desk("bo"), shown, number, HOW_TO, None)
        with pytest.raises(DeskError, match="was changed meanwhile"):
            announcing.decide(presenter, page, announcing.APPROVE)
    assert states(sitting, number) == ["drafted"]


def test_without_one_the_key_says_so(sitting: Sitting) -> None:
    """And how to write one."""
    sitting.play("P")
    assert sitting.message[-1] == "no announcement waits; `earshot announce add` writes one"


def test_plain_asks_line_by_line(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where no reply waits."""
    first, second = announce(sitting), announce(sitting, HOW_TO)
    monkeypatch.setattr("sys.stdin", StringIO("P\n1\nP\n3\nsold out\nq\n"))
    with sitting.presenter() as presenter:
        Reader(presenter).run()
    said = capsys.readouterr().out
    assert SALE in said and f"Announcement {first} approved: memory 2026-11-22 13:00 UTC" in said
    assert f"Announcement {second} cancelled." in said
    assert states(sitting, first, second) == ["approved", "closed"]


def test_undo_says_where_it_is_out_all_the_same(sitting: Sitting) -> None:
    """On one platform it was sent before the undo, on the other it waits."""
    shown = context.announcement_previews(sitting.config)
    store, desk = sitting.world.store, sitting.world.desk()
    number = announcements.add(store, desk, shown, SALE, sitting.world.now, ["memory"])
    with sitting.presenter() as presenter:
        presenter.refresh()
        announcing.decide(presenter, announcing.next_page(presenter), announcing.APPROVE)
        with store.write() as connection:
            (waiting,) = postings.get(connection, number).postings
            copy_elsewhere(connection, waiting)
        assert undone(presenter) == f"Announcement {number}: approval undone, but it is sent on elsewhere"
