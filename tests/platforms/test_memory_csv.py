"""CSV files of the memory platform: headers, quotes, cells with line ends."""

import csv
import io
import json
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
        ("id:text\n", r"has no column id \(it has: id:text\)"),
        ("id,text,Text\n", "has the column text twice"),
        ('id,"text\n', "has no header: a quote that opens here is not closed"),
        (b"id,t\xe9xt\n", "has no header: the row is not UTF-8 text"),
        (b"\xff\xfei\x00d\x00", r"has no column text \(it has: id\)"),
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
        "a cell goes on after the quote that closes it",
    ]


def test_quote_that_is_never_closed_does_not_swallow_the_rows_after_it(tmp_path: Path) -> None:
    """Its own line is set aside, whatever quotes come later; the rows after it are read."""
    rows = "".join(f"{n},plain\n" for n in range(10, 400))
    file = written(
        tmp_path, f'id,text\n1,"open\n2,"quoted"\n{rows}3,"open again\n' + rows.replace("plain", "more"), "m.csv"
    )
    pages, _ = drained(on(file))
    assert set(ids(*pages)) == {"2"} | {str(n) for n in range(10, 400)}
    assert sum("quote" in item.error for page in pages for item in page.quarantined_items) == 2
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
    assert cursor["offset"] == len(out.getvalue().encode())


def test_real_mentions_are_read_to_the_last_row() -> None:
    """The airline set: 9,339 rows, none set aside, times with blanks before the offset."""
    file = DATA / "airline_dev.csv"
    if not file.exists():
        pytest.skip("shared/data is not here")
    pages, _ = drained(on(file, replay=True))
    assert (len(set(ids(*pages))), sum(len(page.quarantined_items) for page in pages)) == (9_339, 0)
    assert pages[0].mentions[0].created_at == datetime(2015, 2, 24, 19, 42, 48, tzinfo=UTC)


CASES = DATA.parent / "cases" / "files"
PARCEL, PAPER = "@fernhill Schöne Grüße – my parcel never arrived", "@fernhill “lovely” paper; thank you, really!"


def table(delimiter: str = ",", end: str = "\r\n") -> str:
    """Two rows as a spreadsheet saves them."""
    return "".join(
        f"{row}{end}" for row in (f"id{delimiter}text", f'a1{delimiter}"{PARCEL}"', f'a2{delimiter}"{PAPER}"')
    )


FORMS = {
    "CR only": table(end="\r").encode(),
    "semicolon, with a mark": table(";").encode("utf-8-sig"),
    "sep line": b"sep=,\r\n" + table().encode(),
    "sep line with a semicolon": b'"sep=;"\r\n' + table(";").encode(),
    "tabs in UTF-16": table("\t").encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + table().encode("utf-16-be"),
    "UTF-16 without a mark": table().encode("utf-16-le"),
    "UTF-16 with CR only": table(end="\r").encode("utf-16"),
    "bars": table("|", "\n").encode(),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS.keys())
def test_file_as_a_spreadsheet_saves_it_is_read(tmp_path: Path, content: bytes) -> None:
    """Whatever the line end, the encoding and the delimiter; also row by row as it grows."""
    pages, _ = drained(on(written(tmp_path, content, "m.csv")))
    assert [mention.text for page in pages for mention in page.mentions] == [PARCEL, PAPER]
    head = content[: len(content) * 2 // 3 & ~1]
    platform = on(written(tmp_path, head, "grows.csv"))
    pages, cursor = drained(platform)
    assert ids(*pages) == ["a1"]
    add(tmp_path / "grows.csv", content[len(head) :])
    assert ids(*drained(platform, cursor)[0]) == ["a2"]


@pytest.mark.parametrize("name", ["09-cr-only", "09-semicolon", "09-sep-line"])
def test_case_of_a_file_that_was_refused_in_words_that_mislead(name: str) -> None:
    """It is read."""
    file = CASES / f"{name}.csv"
    if not file.exists():
        pytest.skip("shared/cases is not here")
    page = on(file).fetch(None, NOW)
    assert ([mention.text for mention in page.mentions], page.quarantined_items) == ([PARCEL, PAPER], ())


@pytest.mark.parametrize("name", ["08-excel-rounded-ids", "08-excel-scientific-ids"])
def test_case_of_ids_that_excel_rounded(name: str) -> None:
    """One of three was stored, and two skipped without a word."""
    file = CASES / f"{name}.csv"
    if not file.exists():
        pytest.skip("shared/cases is not here")
    page = on(file).fetch(None, NOW)
    assert page.mentions == ()
    assert len({item.mention_id for item in page.quarantined_items}) == 3
    assert all("rounded by a spreadsheet" in item.error for item in page.quarantined_items)


@pytest.mark.parametrize("name", ["1.98765E+18", "1,98765E+18", "2E+15", "19876500000000000", "1987650000000000000"])
def test_id_that_a_spreadsheet_rounded_is_set_aside(tmp_path: Path, name: str) -> None:
    """Several rows may bear it, and each is kept with its words."""
    file = written(tmp_path, f'id;text\n{name};"lost"\n{name};"broken"\n7;fine\n', "m.csv")
    page = on(file).fetch(None, NOW)
    assert ids(page) == ["7"]
    assert [item.raw.split(";")[1].strip() for item in page.quarantined_items] == ['"lost"', '"broken"']
    assert all("column id as text" in item.error for item in page.quarantined_items)


def test_id_that_ends_in_zeros_by_chance_is_read(tmp_path: Path) -> None:
    """Where another long id is exact, no spreadsheet has touched the file; nor has it touched JSON."""
    file = written(tmp_path, "id,text\n570307876897628160,a\n570307876897628000,b\n", "m.csv")
    platform = on(file)
    page = platform.fetch(None, NOW)
    add(file, "570307876897629000,c\n")
    assert ids(page, platform.fetch(page.cursor, NOW)) == [
        "570307876897628160",
        "570307876897628000",
        "570307876897629000",
    ]
    line = json.dumps({"id": 570307876897628000, "text": "d"}) + "\n"
    assert ids(on(written(tmp_path, line)).fetch(None, NOW)) == ["570307876897628000"]


def test_row_with_the_id_of_another_is_set_aside(tmp_path: Path) -> None:
    """Its words would have been skipped; the same row twice is one."""
    file = written(tmp_path, "id,text\n1,lovely\n1,the lamp caught fire\n1,lovely\n", "m.csv")
    page = on(file).fetch(None, NOW)
    assert (ids(page), page.skipped) == (["1"], 1)
    assert [(item.mention_id, item.raw) for item in page.quarantined_items] == [("line@17", "1,the lamp caught fire\n")]
    assert "an earlier row has this id" in page.quarantined_items[0].error


@pytest.mark.parametrize("row", ["1,a\rb", '1,"a"b', f"1,{'x' * 200_000}", "1,a,b"])
def test_what_is_wrong_with_a_row_is_said_in_words_for_people(tmp_path: Path, row: str) -> None:
    """No Python text reaches a person."""
    page = on(written(tmp_path, f"id,text\n2,fine\n{row}\n", "m.csv")).fetch(None, NOW)
    assert (ids(page), len(page.quarantined_items)) == (["2"], 1)
    assert not {"newline", "field", "expected", "mode"} & set(page.quarantined_items[0].error.split())
