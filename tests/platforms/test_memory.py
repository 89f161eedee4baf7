"""The memory platform: polls of a growing file, and what a platform must answer."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from listener.errors import InputError, ReadFailed
from listener.model import Json
from listener.platforms import memory
from listener.protocols import Account
from tests.platforms.memory_files import NOW, add, drained, ids, on, reply, row, written


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_page_cut_at_any_byte_loses_no_whole_row(tmp_path: Path, cut: int) -> None:
    """What is whole is stored; the rest is told and read again when it is whole."""
    whole = row("a").encode() + row("bb", lang="en", created_at="2026-01-01").encode()
    file = written(tmp_path, whole[:-cut] if cut else whole)
    platform = on(file)
    page = platform.fetch(None, NOW)
    add(file, whole[len(whole) - cut :])
    pages, _ = drained(platform, page.cursor)
    assert set(ids(page, *pages)) == {"a", "bb"}
    assert pages[-1].quarantined_items == ()


def test_rows_appended_between_polls_are_read_once(tmp_path: Path) -> None:
    """The cursor goes on where the last page ended."""
    file = written(tmp_path, row("1") + row("2"))
    platform = on(file)
    first = platform.fetch(None, NOW)
    assert platform.fetch(first.cursor, NOW).mentions == ()
    add(file, row("3"))
    assert ids(first, platform.fetch(first.cursor, NOW)) == ["1", "2", "3"]


def test_half_written_tail_is_told_and_stored_once_when_whole(tmp_path: Path) -> None:
    """The cursor waits before it at every poll until its line is ended."""
    file = written(tmp_path, row("1") + '{"id": "2", "te')
    platform = on(file)
    page = platform.fetch(None, NOW)
    again = platform.fetch(page.cursor, NOW)
    assert page.cursor == again.cursor
    assert page.cursor["offset"] == len(row("1"))
    assert [bad.mention_id for bad in (*page.quarantined_items, *again.quarantined_items)] == [
        f"line@{len(row('1'))}"
    ] * 2
    add(file, 'xt": "hello"}')
    whole = platform.fetch(page.cursor, NOW)
    assert (ids(whole), whole.cursor, whole.more) == (["2"], page.cursor, False)
    add(file, "\n" + row("3"))
    assert ids(platform.fetch(page.cursor, NOW)) == ["2", "3"]


def test_first_run_from_now_on_skips_what_is_there(tmp_path: Path) -> None:
    """Also the rest of a row that was half written at the first poll."""
    file = written(tmp_path, row("1") + '{"id": "2", ')
    platform = on(file, start="now")
    first = platform.fetch(None, NOW)
    assert (first.mentions, first.quarantined_items, first.more) == ((), (), False)
    add(file, '"text": "half"}')
    second = platform.fetch(first.cursor, NOW)
    add(file, "\n" + row("3"))
    third = platform.fetch(second.cursor, NOW)
    assert (ids(second, third), second.quarantined_items + third.quarantined_items) == (["3"], ())


def test_first_run_from_a_time_on_skips_older_rows_of_the_first_read_alone(tmp_path: Path) -> None:
    """An older row that is appended later is new to us, and left to the age limit."""
    old, new = row("old", created_at="2026-01-01"), row("new", created_at="2026-02-01")
    file = written(tmp_path, old + new)
    platform = on(file, start=datetime(2026, 1, 15, tzinfo=UTC))
    first = platform.fetch(None, NOW)
    assert (ids(first), first.skipped) == (["new"], 1)
    add(file, row("late", created_at="2026-01-02"))
    assert ids(platform.fetch(first.cursor, NOW)) == ["late"]


def test_file_that_shrank_is_read_from_its_beginning(tmp_path: Path) -> None:
    """A file that was rotated away is another file."""
    file = written(tmp_path, row("1") + row("2"))
    platform = on(file)
    cursor = platform.fetch(None, NOW).cursor
    written(tmp_path, row("3"))
    page = platform.fetch(cursor, NOW)
    assert ids(page) == ["3"]
    assert [gap.from_id for gap in page.gaps] == ["2"]


@pytest.mark.parametrize("cursor", [{}, {"offset": "x"}, {"offset": -5}, {"offset": None, "first": []}])
def test_cursor_of_nobody_reads_from_the_beginning(tmp_path: Path, cursor: Json) -> None:
    """Duplicates drop out by id, so a strange cursor costs nothing."""
    assert ids(on(written(tmp_path, row("1"))).fetch(cursor, NOW)) == ["1"]


def test_file_that_went_away_is_unavailable_not_lost(tmp_path: Path) -> None:
    """The platform tells why and goes on when the file is back."""
    file = written(tmp_path, row("1"))
    platform = on(file)
    file.unlink()
    with pytest.raises(ReadFailed, match=r"cannot read .*No such file"):
        platform.fetch(None, NOW)
    written(tmp_path, row("1"))
    assert ids(platform.fetch(None, NOW)) == ["1"]


def test_first_read_of_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    """Nothing is stored of a file in another encoding."""
    file = written(tmp_path, row("1").encode() * 3 + '{"id": "é"}\n'.encode("latin-1"))
    with pytest.raises(InputError, match=r"is not UTF-8 text \(line 4\); save it as UTF-8"):
        on(file).fetch(None, NOW)


def test_later_line_that_is_not_utf8_is_set_aside_escaped(tmp_path: Path) -> None:
    """One broken row does not stop a file that was in order."""
    file = written(tmp_path, row("1"))
    platform = on(file)
    cursor = platform.fetch(None, NOW).cursor
    add(file, b'{"id": "2", "text": "caf\xe9"}\n' + row("3").encode())
    page = platform.fetch(cursor, NOW)
    assert ids(page) == ["3"]
    assert [(bad.raw, bad.error) for bad in page.quarantined_items] == [
        ('{"id": "2", "text": "caf\\xe9"}\n', "the line is not UTF-8 text")
    ]


def test_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path) -> None:
    """Excel writes one."""
    mark = "\ufeff"
    assert ids(on(written(tmp_path, mark + row("1"))).fetch(None, NOW)) == ["1"]
    assert ids(on(written(tmp_path, f"{mark}id,text\r\n1,a\r\n", "m.csv")).fetch(None, NOW)) == ["1"]


def test_page_is_bounded_in_bytes_too(tmp_path: Path) -> None:
    """Few rows of a megabyte each are many pages."""
    lines = [json.dumps({"id": f"x{number}", "text": "y" * 900_000}) + "\n" for number in range(20)]
    pages, _ = drained(on(written(tmp_path, "".join(lines))))
    assert [len(page.mentions) for page in pages] == [10, 10]


def test_preview_is_the_text_and_counts_its_characters(tmp_path: Path) -> None:
    """Nothing is put before it, nothing is billed, and the preview of a preview is the same."""
    section = memory.Section(mentions=tmp_path / "m.jsonl")
    mention = reply().mention
    shown = memory.preview("Thanks 👍", mention, section)
    assert (shown.text, shown.length, shown.limit, shown.cost_usd, shown.link) == ("Thanks 👍", 8, 500, 0.0, None)
    assert memory.preview(shown.text, mention, section) == shown
    assert memory.preview("x" * 500, mention, section).fits
    assert not memory.preview("x" * 501, mention, section).fits
    assert not memory.preview("", mention, section).fits


def test_files_have_no_account_and_mentions_stay(tmp_path: Path) -> None:
    """whoami and look answer without a network."""
    platform = on(written(tmp_path, ""))
    assert platform.whoami() == Account("memory", "memory")
    assert platform.check_post(reply().mention).is_present
    assert (platform.name, platform.settle_after) == ("memory", timedelta(0))


def test_mentions_that_may_not_be_read_are_refused_at_once(tmp_path: Path) -> None:
    """One line with the reason."""
    with pytest.raises(InputError, match=r"cannot read .*No such file"):
        on(tmp_path / "gone.jsonl")


def test_file_rewritten_before_the_place_read_up_to_is_read_anew_with_a_notice(tmp_path: Path) -> None:
    """It is longer than before, so that its size shows nothing; what was appended to the old one is a gap."""
    file = written(tmp_path, row("1") + row("2"))
    platform = on(file)
    cursor = platform.fetch(None, NOW).cursor
    written(tmp_path, row("8") + row("9") + row("10"))
    page = platform.fetch(cursor, NOW)
    assert ids(page) == ["8", "9", "10"]
    assert [(gap.from_id, "m.jsonl was rewritten" in gap.description) for gap in page.gaps] == [("2", True)]
    assert platform.fetch(page.cursor, NOW).gaps == ()


def test_rewritten_file_that_still_holds_the_last_row_is_no_gap(tmp_path: Path) -> None:
    """Saved by an editor, or sorted: nothing is missing, also when it takes several pages to meet that row."""
    rows = [row(str(number)) for number in range(700)]
    file = written(tmp_path, "".join(rows))
    platform = on(file)
    pages, cursor = drained(platform)
    assert [page.gaps for page in pages] == [(), ()]
    written(tmp_path, row("new") + "".join(rows))
    pages, _ = drained(platform, cursor)
    assert ids(*pages)[0] == "new" and len(ids(*pages)) == 701
    assert [page.gaps for page in pages] == [(), ()]


def test_place_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    """Its cursor knows the offset alone."""
    file = written(tmp_path, row("1") + row("2"))
    assert ids(on(file).fetch({"offset": len(row("1"))}, NOW)) == ["2"]
