"""Rows of the memory platform: what is filled in, what is set aside."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.model import Mention
from tests.platforms.memory_files import NOW, drained, ids, on, row, written


def test_row_with_id_and_text_alone_is_filled_in(tmp_path: Path) -> None:
    """Unknown author and conversation are one of their own, the time is that of reading, and it counts as addressed."""
    page = on(written(tmp_path, row("7"))).fetch(None, NOW)
    assert page.mentions == (
        Mention(
            platform="memory",
            id="7",
            text="hello",
            author_id="unknown:7",
            created_at=NOW,
            age_start_at=NOW,
            interaction_id="7",
            conversation_id="7",
        ),
    )
    assert not page.more


def test_every_column_arrives_where_it_belongs(tmp_path: Path) -> None:
    """The optional columns of the contract, by name."""
    keys = {"author": "@Ann", "author_id": 12, "name": "Ann B", "created_at": "2026-02-01T00:00:00Z", "lang": "en"}
    more = {"url": "https://a.example/1", "in_reply_to": 3, "conversation_id": "c", "brand": "b", "addressed": False}
    mention = on(written(tmp_path, row("7", **keys, **more, other=[1]))).fetch(None, NOW).mentions[0]
    assert (mention.author_handle, mention.author_id, mention.author_name) == ("Ann", "12", "Ann B")
    assert mention.created_at == mention.age_start_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert (mention.lang, mention.url, mention.in_reply_to) == ("en", "https://a.example/1", "3")
    assert (mention.conversation_id, mention.extra_brand_term, mention.is_addressed) == ("c", "b", False)


def test_author_without_an_id_is_known_by_the_handle(tmp_path: Path) -> None:
    """Two rows of one handle are one author."""
    page = on(written(tmp_path, row("1", author="@Ann") + row("2", author="ann"))).fetch(None, NOW)
    assert [mention.author_id for mention in page.mentions] == ["ann", "ann"]


def test_replayed_rows_are_as_old_as_their_reading(tmp_path: Path) -> None:
    """The true time is kept; what reckons with age takes the time of reading."""
    mention = on(written(tmp_path, row("1", created_at="2015-02-24")), replay=True).fetch(None, NOW).mentions[0]
    assert mention.created_at == datetime(2015, 2, 24, tzinfo=UTC)
    assert mention.age_start_at == NOW


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2015-02-24 11:42:48 -0800", datetime(2015, 2, 24, 19, 42, 48, tzinfo=UTC)),
        ("2015-02-24 11:42:48 +01:00", datetime(2015, 2, 24, 10, 42, 48, tzinfo=UTC)),
        ("2015-02-24T11:42:48.123Z", datetime(2015, 2, 24, 11, 42, 48, 123000, tzinfo=UTC)),
        ("2015-02-24 11:42:48", datetime(2015, 2, 24, 11, 42, 48, tzinfo=UTC)),
        ("2015-02-24 11:42 Z", datetime(2015, 2, 24, 11, 42, tzinfo=UTC)),
        (" ", NOW),
    ],
)
def test_times_with_blanks_offsets_or_neither_are_read(tmp_path: Path, told: str, meant: datetime) -> None:
    """A time without an offset is UTC; a blank one is missing."""
    page = on(written(tmp_path, row("1", created_at=told))).fetch(None, NOW)
    assert [mention.created_at for mention in page.mentions] == [meant]


HOSTILE = [
    (b'{"id": "", "text": "x"}', "no id"),
    (b'{"text": "x"}', "no id"),
    (b'{"id": true, "text": "x"}', "id is neither"),
    (b'{"id": 5.7e17, "text": "x"}', "id is neither"),
    (b'{"id": {"a": 1}, "text": "x"}', "id is neither"),
    (b'{"id": "a\\u0000b", "text": "x"}', "characters that cannot be shown"),
    (b'{"id": "' + b"9" * 600 + b'", "text": "x"}', "too long"),
    (b'{"id": "1"}', "no text"),
    (b'{"id": "1", "text": null}', "no text"),
    (b'{"id": "1", "text": 5}', "text is not a text"),
    (b'{"id": "1", "text": "x", "lang": ["en"]}', "lang is neither"),
    (b'{"id": "1", "text": "x", "created_at": "yesterday"}', "created_at is not an ISO 8601 time"),
    (b'{"id": "1", "text": "x", "created_at": "0001-01-01T00:00:00+05:00"}', "created_at is not an ISO 8601 time"),
    (b'{"id": "1", "text": "x", "created_at": 1425000000}', "created_at is not an ISO 8601 time"),
    (b'{"id": "1", "text": "x", "addressed": "perhaps"}', "addressed is neither"),
    (b'{"id": "1", "text": "x", "score": NaN}', "NaN is not a JSON number"),
    (b'{"id": "1", "text": "x"', "not JSON"),
    (b"{}", "no id"),
    (b"[1, 2]", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b"<html>", "not JSON"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"id": ' + b"1" * 5_000 + b"}", "not JSON"),
    (b'\x00{"id": "1"}', "not JSON"),
]


@pytest.mark.parametrize(("line", "message"), HOSTILE)
def test_hostile_line_is_set_aside_and_the_others_kept(tmp_path: Path, line: bytes, message: str) -> None:
    """FAULTS F24: quarantined with its raw text under its id, or the offset of its line; the cursor passes it."""
    first, last = row("a").encode(), row("b").encode()
    pages, cursor = drained(on(written(tmp_path, first + line + b"\n" + last)))
    assert ids(*pages) == ["a", "b"]
    readable = line.startswith(b'{"id": "1"') and "NaN" not in message and "JSON" not in message
    assert [bad.mention_id for bad in pages[0].quarantined_items] == ["1" if readable else f"line@{len(first)}"]
    assert message in pages[0].quarantined_items[0].error
    assert pages[0].quarantined_items[0].raw.startswith(line[:20].decode().replace("\0", "\ufffd"))
    assert cursor["offset"] == len(first + line + last) + 1


def test_long_text_strange_ids_and_broken_characters_are_tolerated(tmp_path: Path) -> None:
    """FAULTS F25-F27: numbers become text, surrogates and NUL U+FFFD, long texts are cut, emoji and joiners stay."""
    lines = [
        '{"id": 570307876897628160, "text": "a\\u0000b"}',
        '{"id": 9223372036854775808, "text": "\\ud800 lone"}',
        '{"id": "x", "text": "\\ud83d\\ude00 👩‍👩‍👧"}',
        json.dumps({"id": "long", "text": "y" * 300_000}),
        '{"id": "sql", "text": "\'); DROP TABLE reply;-- {{7*7}}"}',
    ]
    page = on(written(tmp_path, "\n".join(lines) + "\n\n")).fetch(None, NOW)
    texts = {mention.id: mention.text for mention in page.mentions}
    assert page.quarantined_items == ()
    assert texts["570307876897628160"] == "a\ufffdb"
    assert texts["9223372036854775808"] == "\ufffd lone"
    assert texts["x"] == "😀 👩‍👩‍👧"
    assert len(texts["long"]) == 100_000
    assert texts["sql"] == "'); DROP TABLE reply;-- {{7*7}}"


def test_line_of_ten_megabytes_is_passed_over(tmp_path: Path) -> None:
    """It is told with its beginning, and the row after it is read."""
    huge = b'{"id": "h", "text": "' + b"x" * 10_000_000 + b'"}\n'
    pages, cursor = drained(on(written(tmp_path, huge + row("b").encode())))
    assert ids(*pages) == ["b"]
    assert [len(bad.raw) for page in pages for bad in page.quarantined_items] == [10_000]
    assert cursor["offset"] == len(huge) + len(row("b"))
