"""Records of a text file that may grow, in bytes: JSON lines, or CSV rows whose quoted cells may hold line ends."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from listener.files.form import Form, read_until

LONGEST_LINE = 1 << 20  # bytes; a longer line is passed over and never held in memory whole
MOST_LINES = 200  # of one CSV row; beyond it a quote was never closed
_FAULTS = (  # what the csv module says -> what a person should read
    ("new-line character seen", "a line break stands in a cell without quotes"),
    ("expected after", "a cell goes on after the quote that closes it"),
    ("field larger than field limit", "a cell is longer than 131,072 characters"),
    ("unexpected end of data", "a quote is not closed"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: raw is shortened when long is set; whole: it ends in a line end."""

    offset: int
    end: int
    raw: bytes
    whole: bool
    long: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A row, or why there is none (neither: a blank line). whole: the file ends this record, so it can be passed."""

    offset: int
    end: int
    whole: bool
    raw: bytes
    row: Mapping[str, object] | None = None
    error: str = ""


class RowError(Exception):
    """What is wrong with a row, in words for a person."""


def read_line(file: BinaryIO, form: Form) -> Line | None:
    """The next line of the file, or None at its end."""
    offset = file.tell()
    raw = last = read_until(file, form.end, LONGEST_LINE)
    end = offset + len(raw)
    while last and not last.endswith(form.end):
        last = read_until(file, form.end, LONGEST_LINE)
        end += len(last)
    return Line(offset, end, raw, last.endswith(form.end), end - offset > len(raw)) if raw else None


def json_records(file: BinaryIO, form: Form) -> Iterator[Record]:
    """One record a line, from the file's present position."""
    while (line := read_line(file, form)) is not None:
        row, error = _parsed(line, form)
        yield Record(line.offset, line.end, line.whole, line.raw, row, error)


def csv_records(file: BinaryIO, form: Form, columns: tuple[str, ...], *, strict: bool = True) -> Iterator[Record]:
    """One record a row, from the file's present position. strict: a row has as many cells as the header.

    Of a row that is malformed only the first line is given up, so that a stray quote does not swallow what follows.
    """
    named = _named if strict else _lenient
    while (record := csv_record(file, form, lambda cells: named(cells, columns), strict=strict)) is not None:
        yield record


def csv_record(
    file: BinaryIO, form: Form, named: Callable[[list[str]], Mapping[str, object]], *, strict: bool = True
) -> Record | None:
    """The next row of the file, or None at its end; named turns its cells into a row or raises RowError."""
    lines: list[Line] = []
    try:
        cells = next(csv.reader(_texts(file, form, lines), strict=strict, delimiter=form.delimiter), None)
        if cells is None:
            return None
        row = named(cells) if cells else None
        return Record(lines[0].offset, lines[-1].end, lines[-1].whole, b"".join(line.raw for line in lines), row)
    except _Ended:
        error = f"a quote that opens here is not closed in the {len(lines)} lines to the end of the file"
        return Record(lines[0].offset, lines[-1].end, False, lines[0].raw, None, error)
    except (RowError, csv.Error) as fault:
        first = lines[0]
        file.seek(first.end)
        return Record(first.offset, first.end, first.whole, first.raw, None, _in_words(fault))


def _in_words(fault: Exception) -> str:
    """Return what is wrong with a row; the csv module's own words are for programmers."""
    if isinstance(fault, RowError):
        return str(fault)
    return next((words for mark, words in _FAULTS if mark in str(fault)), "the row is not CSV")


class _Ended(Exception):
    """The file ends inside a quoted cell."""


def _texts(file: BinaryIO, form: Form, lines: list[Line]) -> Iterator[str]:
    """What csv.reader reads; every line that it took is added to lines."""
    while (line := read_line(file, form)) is not None:
        lines.append(line)
        if line.long:
            raise RowError(f"the line is longer than {LONGEST_LINE:,} bytes")
        if len(lines) > MOST_LINES:
            raise RowError(f"a quote that opens here is not closed within {MOST_LINES} lines")
        yield _text(line.raw, form)
    if lines:
        raise _Ended


def _text(raw: bytes, form: Form) -> str:
    try:
        return raw.decode(form.encoding)
    except UnicodeDecodeError:
        raise RowError(f"the row is not {form.name} text") from None


def _named(cells: list[str], columns: tuple[str, ...]) -> Mapping[str, object]:
    if len(cells) != len(columns):
        raise RowError(f"the row has {len(cells)} cells, the header {len(columns)}")
    return dict(zip(columns, cells, strict=True))


def _lenient(cells: list[str], columns: tuple[str, ...]) -> Mapping[str, object]:
    return dict(zip(columns, cells, strict=False))


def _parsed(line: Line, form: Form) -> tuple[Mapping[str, object] | None, str]:
    """The object of a JSON line, or what is wrong with it; neither for a blank line."""
    if line.long:
        return None, f"the line is longer than {LONGEST_LINE:,} bytes"
    if not line.raw.strip():
        return None, ""
    try:
        row: Any = json.loads(line.raw.decode(form.encoding), parse_constant=_no_number)
    except UnicodeDecodeError:
        return None, f"the line is not {form.name} text"
    except RecursionError:
        return None, "the line is nested too deeply"
    except ValueError as error:  # also a number of more than 4,300 digits
        return None, f"the line is not JSON: {error}"
    if not isinstance(row, dict):
        return None, "the line is not a JSON object"
    return row, ""


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
