"""The one checker: what a platform can prove against what the database tells. Invariants I1 to I7 of FAULTS.

lost: a listed mention is not stored (I1). doubled: stored or answered twice (I1, I2). silent: an approved reply ended
nowhere, a mention was never decided, a stage or a feed fails and nobody was told (I4). broken: an unapproved post, an
exchange without its post or the other way round, an attempt without an end, a damaged database, a secret where none may
be (I3, I5, I6, I7).
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.faults.applauded import check_applause
from tests.faults.evidence import Evidence, Finding, Post, Remains
from tests.faults.reported import unreported

ENDS = ("sent", "failed", "by_hand")
BACK = {
    "returned_to_staff",
    "approval_revoked",
    "edited",
    "retried",
    "escalated",
    "reopened",
}  # events that give an approved reply back to staff
ENDED = {
    "sent",
    "not_sent",
    "returned_to_staff",
    "absent",
    "failed",
    "by_hand",
    "withdrawn",
    "unconfirmed",
    "resolved",
}  # of an attempt
CENT = 0.01 / 100  # US dollars: sums of floats
Row = dict[str, Any]


class Books:
    """The database as it was left, read by plain SQL: Earshot's own readers are what is being tested."""

    def __init__(self, remains: Remains, platform: str) -> None:
        with closing(sqlite3.connect(remains.database)) as connection:
            connection.row_factory = sqlite3.Row
            self.sound = [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
            self.foreign = len(connection.execute("PRAGMA foreign_key_check").fetchall())
            self.mentions = _rows(connection, "SELECT * FROM mention WHERE platform = ?", platform)
            mine = "SELECT r.*, m.interaction_id AS thread FROM reply r JOIN mention m ON m.key = r.mention_key"
            self.replies = _rows(connection, f"{mine} WHERE m.platform = ? ORDER BY r.id", platform)
            self.postings = _rows(connection, "SELECT * FROM posting WHERE platform = ?", platform)
            self.acts = _rows(
                connection,
                "SELECT a.*, m.interaction_id AS thread FROM act a JOIN mention m ON m.key = a.mention_key"
                " WHERE m.platform = ?",
                platform,
            )
            self.approvals = _rows(connection, "SELECT * FROM approval ORDER BY id")
            self.events = _rows(connection, "SELECT * FROM event ORDER BY id")
            self.aside = {row["mention_id"] for row in _rows(connection, "SELECT * FROM quarantine")}
            self.gaps = _rows(connection, "SELECT * FROM gap WHERE platform = ?", platform)
            self.decided = {row["mention_key"] for row in _rows(connection, "SELECT mention_key FROM decision")}
            self.exchanged = {row["remote_id"] for row in _rows(connection, "SELECT remote_id FROM exchange")}
            open_ = "SELECT subject FROM notice WHERE kind = 'unconfirmed' AND cleared_at IS NULL"
            self.paid = {
                row["reply_id"] for row in _rows(connection, "SELECT reply_id FROM ledger WHERE call LIKE 'POST%'")
            }
            self.ledger = _rows(connection, "SELECT * FROM ledger WHERE platform = ?", platform)
            self.reopened = {
                row["mention_key"] for row in self.events if (row["what"], row["by"]) == ("reopened", "poll")
            }
            self.told = {row["subject"] for row in _rows(connection, open_)}
            self.unreported = list(unreported(lambda query: connection.execute(query).fetchall()))

    def of(self, reply: Row) -> list[Row]:
        """What happened to a reply, and to its mention, in order."""
        return [
            one
            for one in self.events
            if one["reply_id"] == reply["id"]
            or (one["reply_id"] is None and one["mention_key"] == reply["mention_key"])
        ]


def _rows(connection: sqlite3.Connection, query: str, *values: str) -> list[Row]:
    return [dict(row) for row in connection.execute(query, values)]


def check(evidence: Evidence, remains: Remains) -> list[Finding]:
    """All that is wrong; nothing when all invariants hold."""
    books = Books(remains, evidence.platform)
    parts = (
        _stored(evidence, books),
        _posted(evidence, books),
        _ended(books),
        _announced(evidence, books),
        check_applause(evidence, books.acts, books.told),
        _order(books),
        _sound(books),
    )
    return [*(one for part in parts for one in part), *books.unreported, *_leaks(remains)]


def _stored(evidence: Evidence, books: Books) -> Iterator[Finding]:
    """I1: each listed mention once, or in a gap; what cannot be read set aside; nothing of our own."""
    stored = Counter(one["interaction_id"] for one in books.mentions)
    texts = {one["interaction_id"]: one["text"] for one in books.mentions}
    for thread, text in evidence.listed.items():
        if not stored[thread] and not _in_gap(thread, books):
            yield Finding("lost", f"mention {thread} is listed and not stored")
        elif stored[thread] and texts[thread] != text:
            yield Finding("broken", f"mention {thread} was edited, and the old text is stored")
    for thread, place in evidence.unlisted.items():
        if not stored[thread] and not _in_gap(place, books):
            yield Finding("lost", f"mention {thread} left the list unread, and no gap tells it")
    yield from (Finding("doubled", f"mention {one} is stored {n} times") for one, n in stored.items() if n > 1)
    seen = books.aside | {one["id"] for one in books.mentions}
    lost = (one for one in evidence.malformed if one not in seen and not (one.isdigit() and _in_gap(one, books)))
    yield from (Finding("lost", f"item {one} was not set aside") for one in lost)
    gone = (one for one in books.mentions if one["deleted_at"] and one["key"] not in books.reopened)
    listed = (one["id"] for one in gone if one["interaction_id"] in evidence.listed)
    yield from (Finding("silent", f"mention {one} is listed, and counts as gone") for one in listed)
    ours = {one["id"] for one in books.mentions} & set(evidence.ours)
    yield from (Finding("broken", f"our own post {one} was taken for a mention") for one in ours)
    for one in books.mentions:
        if one["stage"] == "new" or (one["stage"] == "routed" and one["key"] not in books.decided):
            yield Finding("silent", f"mention {one['id']} was never decided")


def _in_gap(place: str, books: Books) -> bool:
    return any(_order_of(one["from_id"]) <= _order_of(place) <= _order_of(one["to_id"]) for one in books.gaps)


def _order_of(place: str | None) -> tuple[int, str]:
    """Ids in their order: numbers, times and ULIDs."""
    return len(place or ""), place or ""


def _posted(evidence: Evidence, books: Books) -> Iterator[Finding]:
    """I2, I3, I5: at most one post an interaction, its very words approved before, and an exchange that has its id."""
    threads = Counter(one.thread for one in evidence.posts)
    yield from (Finding("doubled", f"mention {one} was answered {n} times") for one, n in threads.items() if n > 1)
    for post in evidence.posts:
        mine = [one for one in books.replies if one["thread"] == post.thread]
        if not any(_approved(post, reply, books) for reply in mine):
            yield Finding("broken", f"post {post.id} was made of words that nobody had approved")
        if evidence.priced and any(one["remote_id"] == post.id and one["id"] not in books.paid for one in mine):
            yield Finding("broken", f"what post {post.id} cost is on no reply's account")
        if post.id not in books.exchanged and not any(_shown(one, books) for one in mine):
            yield Finding("broken", f"post {post.id} is in no exchange")
    yield from _booked(evidence, books)
    real = {one.id for one in evidence.posts} | set(evidence.by_hand)
    for reply in books.replies:
        if reply["state"] == "sent" and reply["remote_id"] not in real:
            yield Finding("broken", f"reply {reply['id']} counts as sent, and there is no post {reply['remote_id']}")


def _booked(evidence: Evidence, books: Books) -> Iterator[Finding]:
    """F46: never less than is billed, and more by no more than is unknown: lost pages, and posts that may not exist."""
    sent = {reply["id"] for reply in books.replies if reply["state"] == "sent"}
    booked = sum(row["usd"] for row in books.ledger)
    unknown = sum(row["usd"] for row in books.ledger if row["key"] and row["reply_id"] not in sent)
    if booked < evidence.billed - evidence.gone - CENT:
        yield Finding("broken", f"{evidence.billed:.3f} USD are billed, and {booked:.3f} are booked")
    if evidence.priced and booked - unknown > evidence.billed + CENT:
        yield Finding("broken", f"{booked:.3f} USD are booked, {unknown:.3f} unknown, and {evidence.billed:.3f} billed")


def _approved(post: Post, reply: Row, books: Books) -> bool:
    sent = post.at or (_time(reply["sending_at"]) if reply["sending_at"] else None)
    mine = [one for one in books.approvals if one["reply_id"] == reply["id"] and one["text"] == post.text]
    return sent is not None and any(datetime.fromisoformat(one["at"]) <= sent for one in mine)


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _shown(reply: Row, books: Books) -> bool:
    return reply["state"] == "unconfirmed" and str(reply["id"]) in books.told


def _ended(books: Books) -> Iterator[Finding]:
    """I4: every approved reply ends somewhere, or a person is shown it."""
    approved = {one["reply_id"] for one in books.approvals}
    for reply in books.replies:
        if reply["id"] in approved and not _end(reply, books):
            yield Finding("silent", f"reply {reply['id']} was approved and is {reply['state']}")
        if reply["state"] == "sent" and not reply["remote_id"]:
            yield Finding("broken", f"reply {reply['id']} counts as sent without an id")


def _end(reply: Row, books: Books) -> bool:
    if reply["state"] == "closed":
        return bool(reply["closed_as"] and reply["reason"])
    if reply["state"] in ("drafted", "escalated"):
        last = [one["what"] for one in books.of(reply) if one["what"] in BACK | {"approved"}]
        return bool(last) and last[-1] in BACK
    return reply["state"] in ENDS or _shown(reply, books)


def _announced(evidence: Evidence, books: Books) -> Iterator[Finding]:
    """C7: each announcement at most once, in words approved before, and never silently not at all."""
    words = Counter(one.text for one in evidence.announced)
    yield from (Finding("doubled", f"announcement {one!r} was posted {n} times") for one, n in words.items() if n > 1)
    approved = {one["text"]: one["at"] for one in reversed(books.approvals) if one["posting_id"]}  # the first of each
    shown = {one["remote_id"] for one in books.postings if one["state"] == "sent"}
    for post in evidence.announced:
        if post.text not in approved or (post.at and datetime.fromisoformat(approved[post.text]) > post.at):
            yield Finding("broken", f"announcement {post.id} was made of words that nobody had approved")
        if post.id not in shown and not any(_is_open(one, books) for one in books.postings):
            yield Finding("broken", f"announcement {post.id} is on no posting")
    real = {one.id for one in evidence.announced}
    for posting in books.postings:
        number, state = posting["announcement_id"], posting["state"]
        if state == "sent" and posting["remote_id"] not in real:
            yield Finding("broken", f"announcement {number} counts as sent, and there is no post of it")
        if not (state in ENDS or _is_open(posting, books) or (state == "drafted" and _is_back(posting, books))):
            yield Finding("silent", f"announcement {number} is {state}")


def _is_open(posting: Row, books: Books) -> bool:
    return posting["state"] == "unconfirmed" and f"announcement {posting['announcement_id']}" in books.told


def _is_back(posting: Row, books: Books) -> bool:
    """A draft that was never approved, or that came back with the reason."""
    happened = [one["what"] for one in books.events if one["posting_id"] == posting["id"]]
    return "approved" not in happened or bool(posting["error"])


def _order(books: Books) -> Iterator[Finding]:
    """I5: each attempt has an end. F12: nothing goes out after an edit that was seen, unless approved anew."""
    for reply in books.replies:
        under_way = fresh = False
        for one in books.of(reply):
            if one["what"] == "sending":
                if under_way:
                    yield Finding("broken", f"reply {reply['id']} was sent again before its last attempt had an end")
                if not fresh:
                    yield Finding("broken", f"reply {reply['id']} was sent without an approval of what now stands")
            under_way = one["what"] == "sending" or (under_way and one["what"] not in ENDED)
            fresh = one["what"] == "approved" or (fresh and not (one["what"] == "edited" and one["by"] == "author"))
        if under_way:
            yield Finding("silent", f"the last attempt of reply {reply['id']} has no end")


def _sound(books: Books) -> Iterator[Finding]:
    """I6."""
    if not books.sound:
        yield Finding("broken", "integrity_check finds damage")
    if books.foreign:
        yield Finding("broken", f"foreign_key_check finds {books.foreign} rows")


def _leaks(remains: Remains) -> Iterator[Finding]:
    """I7: in no log, table or output; nor a traceback for a person to read."""
    for file in filter(Path.exists, remains.files):  # what stood in the log of the database stands in it by now
        raw = file.read_bytes()
        for canary in remains.canaries:
            if canary.encode() in raw or json.dumps(canary).encode() in raw:
                yield Finding("broken", f"a secret stands in {file.name}")
        if file.suffix == ".txt" and (b"Traceback (most" in raw or b"internal error: " in raw):
            yield Finding("broken", f"a traceback stands in {file.name}")
