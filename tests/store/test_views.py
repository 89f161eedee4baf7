"""The view `exchange`: what Datasette shows, and what `earshot log` takes of it."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Row, text

from listener.desk.transitions import edit, escalate, reject
from listener.store import exchange_log
from tests.line import COMPLAINT, Line

PAGE = Path(__file__).parent.parent.parent / "docs" / "operations.md"
CONTRACT = [
    "platform", "mention_id", "author", "mention_text", "mentioned_at", "seen_at", "compound", "lang", "decision",
    "kind", "rule", "reply_id", "state", "reply_text", "remote_id", "approved_by", "approved_at", "sent_at", "cost_usd",
]  # fmt: skip
ADDED = ["closed_as", "reason", "due_at", "revision", "draft_text", "answered_remotely", "assigned_to"]


def row(line: Line) -> Row[tuple[object, ...]]:
    """The only row of the view."""
    with line.store.read() as connection:
        return connection.execute(text("SELECT * FROM exchange")).one()


def drafted(line: Line, words: str = COMPLAINT) -> tuple[int, str | None]:
    """A mention's reply: its id and its text."""
    mention = line.say(words)
    line.listen()
    reply = line.reply_to(mention.id)
    return reply.id, reply.text


def test_the_columns_are_those_of_the_page(line: Line) -> None:
    """Who opens the database in Datasette finds each column explained."""
    drafted(line)
    section = PAGE.read_text(encoding="utf-8").split("## The database in Datasette")[1].split("\n## ")[0]
    explained = [
        name for line_ in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", line_)
    ]
    assert list(row(line)._mapping) == explained
    assert set(CONTRACT + ADDED) <= set(explained)


def test_the_log_keeps_exactly_its_fields(line: Line) -> None:
    """Scripts read `earshot log --json`; what the view has more is for eyes."""
    drafted(line)
    with line.store.read() as connection:
        (entry,) = exchange_log.read_exchanges(connection)
    assert list(entry) == CONTRACT


def test_a_draft_that_nobody_changed_is_the_draft_text(line: Line) -> None:
    """Our own wording, with the state beside it."""
    _, draft = drafted(line)
    entry = row(line)
    assert draft is not None
    assert (entry.draft_text, entry.reply_text, entry.revision, entry.closed_as) == (draft, draft, 1, None)


def test_the_first_draft_stays_whatever_staff_write(line: Line) -> None:
    """Two edits: the draft is what stood there before the first."""
    reply, draft = drafted(line)
    edit(line.store, line.desk(), reply, "we are so sorry, please write to us")
    edit(line.store, line.desk(), reply, "we are sorry, please write to us")
    entry = row(line)
    assert (entry.draft_text, entry.reply_text) == (draft, "we are sorry, please write to us")


def test_a_draft_that_was_handed_over_is_still_shown(line: Line) -> None:
    """Escalated by staff: there is no text any more, but there was one."""
    reply, draft = drafted(line)
    escalate(line.store, line.desk(), reply)
    assert (row(line).draft_text, row(line).reply_text) == (draft, None)


@pytest.mark.parametrize("edits", [0, 1, 2])
def test_what_a_person_wrote_from_nothing_is_no_draft(line: Line, edits: int) -> None:
    """An escalation never had a draft of ours, however often its text is changed."""
    reply, draft = drafted(line, "you will hear from my lawyer about this")
    for number in range(edits):
        edit(line.store, line.desk(), reply, f"please write to us, try {number}")
    assert draft is None and row(line).draft_text is None


def test_a_rejection_shows_how_and_why_it_ended(line: Line) -> None:
    """closed_as and reason, as staff gave them."""
    reply, _ = drafted(line)
    reject(line.store, line.desk(), reply, "not our product")
    assert (row(line).closed_as, row(line).reason) == ("rejected", "not our product")
