"""CSV files of the memory platform: headers, quotes, cells with line ends."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.errors import InputError
from tests.platforms.memory_files import DATA, NOW, add, drained, ids, on, written


def test_csv_header_is_trimmed_and_of_any_case(tmp_path: Path) -> None:
    """Columns of other names are ignored."""
    file = written(tmp_path, ' ID , Text,LANG,label\n1," quoted, with ""marks""\nand a line",en,x\n', "m.csv")
    mention = on(file).fetch(None, NOW).mentions[0]
    assert (mention.id, mention.text, mention.lang) == ("1", ' quoted, with "marks"\nand a line', "en")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no header: its first line is empty"),
        ("\n1,a\n", "has no header: its first line is empty"),
        ("ident,text\n", r"has no column id \(it has: ident, text\)"),
        ("id;text\n", r"has no column id \(it has: id;text\)"),
        ("id,text,Text\n", "has the column text twice"),
        ('id,"text\n', "has no header: a quote that opens here is not closed"),
        (b"id,t\xe9xt\n", "has no header: the row is not UTF-8 text"),
        (b"\xff\xfei\x00d\x00", "has no header: the row is not UTF-8 text"),
    ],
)
def test_csv_without_its_columns_is_refused_at_once(tmp_path: Path, text: str | bytes, message: str) -> None:
    """One line that shows what the header has."""
    with pytest.raises(InputError, match=message):
        on(written(tmp_path, text, "m.csv"))


def test_csv_row_with_a_cell_too_many_or_too_few_is_set_aside(tmp_path: Path) -> None:
    """A text with an unquoted comma or line end would be answered in part; it is told instead."""
    file = written(tmp_path, 'id,text\n1,hello, you\n2\n\n3,"fine"\n4,"bad"x\n5,fine\n', "m.csv")
    page = on(file).fetch(None, NOW)
    assert ids(page) == ["3", "5"]
    assert [bad.error for bad in page.quarantined_items] == [
        "the row has 3 cells, the header 2",
        "the row has 1 cells, the header 2",
        "',' expected after '\"'",
    ]


def test_quote_that_is_never_closed_does_not_swallow_the_rows_after_it(tmp_path: Path) -> None:
    """Its own line is set aside, whatever quotes come later; the rows after it are read."""
    rows = "".join(f"{n},plain\n" for n in range(10, 400))
    file = written(
        tmp_path, f'id,text\n1,"open\n2,"quoted"\n{rows}3,"open again\n' + rows.replace("plain", "more"), "m.csv"
    )
    pages, _ = drained(on(file))
    assert set(ids(*pages)) == {"2"} | {str(n) for n in range(10, 400)}
    assert sum(len(page.quarantined_items) for page in pages) == 2
    assert "not closed within 200 lines" in pages[0].quarantined_items[1].error


def test_open_quote_near_the_end_waits_and_is_told(tmp_path: Path) -> None:
    """It may be a row half written; when it is closed it is one row."""
    file = written(tmp_path, 'id,text\n1,a\n2,"first\n', "m.csv")
    platform = on(file)
    page = platform.fetch(None, NOW)
    assert ids(page) == ["1"]
    assert "not closed in the 1 lines to the end" in page.quarantined_items[0].error
    add(file, 'second"\n3,c\n')
    assert [mention.text for mention in platform.fetch(page.cursor, NOW).mentions] == ["first\nsecond", "c"]


def test_csv_cell_beyond_the_limit_of_the_reader_is_set_aside(tmp_path: Path) -> None:
    """And so is a line of ten megabytes."""
    text = f"id,text\n1,{'x' * 200_000}\n2,a\n3,{'y' * 10_000_000}\n4,b\n"
    pages, _ = drained(on(written(tmp_path, text, "m.csv")))
    assert ids(*pages) == ["2", "4"]


def test_csv_of_many_pages_with_line_ends_in_its_cells_is_read_whole(tmp_path: Path) -> None:
    """9,339 rows, each id once and each text to the letter, in pages of 500 that end between rows."""
    texts = {str(n): f'row {n}, "said"' + "\nmore\r\n" * (n % 7 == 0) + "é" * (n % 3) for n in range(9_339)}
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("id", "text"), *texts.items()])
    pages, cursor = drained(on(written(tmp_path, out.getvalue(), "m.csv")))
    assert {mention.id: mention.text for page in pages for mention in page.mentions} == texts
    assert [len(page.mentions) for page in pages] == [500] * 18 + [339]
    assert cursor == {"offset": len(out.getvalue().encode())}


def test_real_mentions_are_read_to_the_last_row() -> None:
    """The airline set: 9,339 rows, none set aside, times with blanks before the offset."""
    file = DATA / "airline_dev.csv"
    if not file.exists():
        pytest.skip("shared/data is not here")
    pages, _ = drained(on(file, replay=True))
    assert (len(set(ids(*pages))), sum(len(page.quarantined_items) for page in pages)) == (9_339, 0)
    assert pages[0].mentions[0].created_at == datetime(2015, 2, 24, 19, 42, 48, tzinfo=UTC)
