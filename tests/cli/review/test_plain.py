"""`review --plain`: the same moves, line by line, from a pipe as from a keyboard."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.store import items, mentions
from listener.store.engine import open_store
from tests.cli.test_terminal import HOSTILE, harmless
from tests.conftest import Earshot, write_mentions


def ids(queue: Earshot, state: str) -> list[int]:
    """The replies in a state, due first."""
    return [one["id"] for one in queue("queue", "--state", state, "--json").json]


def answered(queue: Earshot, *answers: str) -> str:
    """What was said to these answers; it must end well."""
    done = queue("review", "--plain", input="".join(f"{one}\n" for one in answers))
    assert (done.code, done.err) == (0, ""), done.err
    return done.out


@pytest.fixture
def queue(queue: Earshot, earshot: Earshot) -> Earshot:
    """The queue of `home`; review reads its answers in a process of its own."""
    return lambda *args, **more: (earshot if args[0] == "review" else queue)(*args, **more)


def test_one_letter_and_enter_approves_what_was_read_out(queue: Earshot) -> None:
    """Then the next is read; the end of the input ends it, and gives the lease back."""
    first, second, *_ = ids(queue, "drafted")
    said = answered(queue, "f", "drafted", "a", "a")
    assert f"Reply {first} approved" in said and f"Reply {second} approved" in said and said.endswith("Done.\n")
    assert ids(queue, "approved") == [first, second]
    assert not any(one["claimed_by"] for one in queue("queue", "--json").json)


def test_everything_needed_is_read_out(queue: Earshot) -> None:
    """Who, what, the exact text with its length, and why."""
    said = answered(queue, "w", "?", "q")
    for words in ("Reply 1: support, drafted, revision 1, due in", "@ada on memory", "wrote:", "@fernhill my parcel"):
        assert words in said, words
    assert "This exact text will be sent" in said and "Why: support" in said and "Not matched: legal" in said
    assert "z: snooze: hide it for a while." in said and "│" not in said


def test_every_move_has_its_letter(queue: Earshot) -> None:
    """Edited, varied, rejected with a reason by number, snoozed, assigned, noted, undone."""
    first, second, third, *_ = ids(queue, "drafted")
    said = answered(
        queue, "f", "4", "v", "e", "We are looking into it.", "a", "u", "r", "1", "z", "2h", "g", "bo", "g", "bo", "q"
    )
    assert "Next wording; v: another, a: approve" in said and "We are looking into it." in said
    assert f"Reply {first}: approval undone" in said and f"Reply {first} rejected: irony, or a joke" in said
    assert f"Reply {second} snoozed for 2h" in said and "assigned to bo" in said
    found = {one["id"]: one for one in queue("queue", "--json", "--limit", "0").json}
    assert first not in found and second not in found and "bo" in [one["assigned_to"] for one in found.values()]
    assert third in found


def test_nothing_answered_leaves_it_and_an_unknown_letter_is_told(queue: Earshot) -> None:
    """A wrong key does nothing."""
    said = answered(queue, "r", "", "zz", "y", "i", "1", "q")
    assert "Unchanged." in said and "? lists the letters." in said and "not unconfirmed" in said
    assert "updated; approve it to send" in said and "Could you send us a direct message" in said


def test_a_part_of_the_queue_and_a_search(queue: Earshot) -> None:
    """By number, by name, and by words."""
    said = answered(queue, "f", "escalated", "/", "lawyer", "e", "support", "We have written to you.", "a", "q")
    assert "1 of 1." in said and "updated; approve it to send" in said
    said = answered(queue, "/", "nowhere at all", "u", "f", "zz", "search", "lawyer", "quit")
    assert "No match." in said and "nothing to undo in this session" in said and "no filter 'zz'" in said
    assert said.count("1 of 1.") == 1


def test_a_colleagues_lease_is_read_out_and_kept(queue: Earshot) -> None:
    """With the name."""
    (first, *_) = ids(queue, "drafted")
    queue("claim", str(first), "--as", "bo")
    said = answered(queue, "a", "q")
    assert said.count(f"bo works on reply {first} until") == 2 and "UTC; ask bo, or press s." in said
    assert first in ids(queue, "drafted")


def test_a_strangers_lines_are_one_line_and_move_nothing(home: Path, earshot: Earshot) -> None:
    """What is read out is what is there."""
    (home / "config" / "mentions.jsonl").write_text("")
    write_mentions(home, {"id": "evil", "text": HOSTILE, "author": "ev\u202eil\x1b[31m"})
    assert earshot("once").code in (0, 3)
    done = earshot("review", "--plain", input="p\nw\nq\n")
    assert done.code == 0 and harmless(done.out) and "\\x1b[2J" in done.out
    assert not any(line.startswith("Next") for line in done.out.splitlines())


def test_without_a_terminal_the_whole_screen_is_refused_in_one_line(queue: Earshot) -> None:
    """And --plain is named."""
    done = queue("review")
    assert done.code == 1 and done.err == (
        "earshot: this is not a terminal to draw on; `earshot review --plain` works line by line\n"
    )


def test_a_second_look_ends_with_the_next_letter(queue: Earshot, home: Path) -> None:
    """`a` is told of the doubt, `s` goes on: the next `a` must not approve the doubted one."""
    first, *_ = ids(queue, "drafted")
    with closing(open_store(home / "data" / "earshot.db")) as store, store.write() as connection:
        mentions.record_deletion(connection, items.item(connection, reply_id=first).key, datetime.now(UTC))
    said = answered(queue, "a", "s", "a", "q")
    assert "Check: " in said
    assert first not in ids(queue, "approved") and f"Reply {first} approved" not in said
    assert f"Reply {first} approved" in answered(queue, "a", "a", "q")


def test_a_long_search_ends_nothing(queue: Earshot) -> None:
    """Sixty thousand characters are found nowhere."""
    assert "No match." in answered(queue, "/", "x" * 60_000, "q")


def test_an_unknown_answer_never_marks_it_sent(queue: Earshot, home: Path) -> None:
    """Neither by hand nor unknown."""
    first, *_ = ids(queue, "drafted")
    with sqlite3.connect(home / "data" / "earshot.db") as database:
        database.execute("UPDATE reply SET state = 'by_hand' WHERE id = ?", (first,))
    answered(queue, "f", "by hand", "b", "no", "b", "", "b", "nothing", "b", "2", "q")
    assert first in ids(queue, "by_hand")
    answered(queue, "f", "by hand", "b", "1", "", "q")
    assert first in ids(queue, "sent")
