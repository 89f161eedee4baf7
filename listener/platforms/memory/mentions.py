"""The file of mentions: pages of rows behind a cursor of bytes, which passes only rows that a line end has closed."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from listener.errors import InputError
from listener.feed_page import FeedPage, QuarantinedItem
from listener.files.form import Form, find_form
from listener.files.header import read_header
from listener.files.records import Record, csv_records, json_records, read_line
from listener.model import Json, Mention
from listener.platforms.memory.place import Place, tail
from listener.platforms.memory.rows import (
    OTHER_WORDS,
    ROUNDED,
    is_exact,
    is_rounded,
    printable,
    read_row,
    row_id,
)

SUFFIXES = (".jsonl", ".csv")
ROWS, BYTES = 500, 8 << 20  # of one page
LONGEST_RAW = 10_000  # characters kept of a row that cannot be read


@dataclass(slots=True)
class _Rows:
    """The rows of a page by what becomes of them."""

    mentions: dict[str, Mention] = field(default_factory=dict)
    aside: list[QuarantinedItem] = field(default_factory=list)
    skipped: int = 0


class Mentions:
    """The file behind [platforms.memory] mentions. start and replay are the section's."""

    def __init__(self, path: Path, start: Literal["now", "all"] | datetime, replay: bool) -> None:
        self.path, self._start, self._replay = path, start, replay
        try:
            with path.open("rb") as file:
                self._begin(file)
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}", "correct [platforms.memory] mentions") from None

    def page(self, cursor: Json | None, now: datetime) -> FeedPage:
        """At most ROWS rows from the cursor on. Raises OSError, InputError."""
        with self.path.open("rb") as file:
            size = file.seek(0, 2)
            form, columns = self._begin(file)
            body = file.tell()
            if cursor is None:
                check_encoding(self.path, form)
                place = Place(size if self._start == "now" else 0, size)
            else:
                place = Place.load(cursor)
            if place.is_lost(file, size):
                place = place.begin_again()
            _go(file, form, max(place.offset, body), body)
            return self._read(file, form, columns, place, now)

    def _begin(self, file: BinaryIO) -> tuple[Form, tuple[str, ...]]:
        """The form of the file, and the columns of a CSV file; its rows follow. Raises InputError."""
        if self.path.suffix.lower() == ".csv":
            return read_header(file, self.path)
        form = find_form(file)
        file.seek(form.start)
        return form, ()

    def _read(self, file: BinaryIO, form: Form, columns: tuple[str, ...], place: Place, now: datetime) -> FeedPage:
        start, first = file.tell(), place.first
        place = replace(place, offset=start)
        records = list(_page_of(csv_records(file, form, columns) if columns else json_records(file, form), start))
        end = file.tell()
        ids = [(record, row_id(record.row)) for record in records]
        for record, name in ids:
            place = place.pass_row(record.end, name) if record.whole else place
        place = replace(place, exact=place.exact or any(is_exact(name) for _, name in ids))
        rows = _Rows()
        for record in records:
            self._sort(record, rows, now, first, may_be_rounded=bool(columns) and not place.exact)
        file.seek(end)
        more = place.offset > start and end == place.offset and file.read(1) != b""
        place, gap = (place, None) if more else place.end_walk(self.path.name)
        return FeedPage(
            replace(place, tail=tail(file, place.offset)).dump(),
            tuple(rows.mentions.values()),
            quarantined_items=tuple(rows.aside),
            gaps=(gap,) if gap else (),
            skipped=rows.skipped,
            more=more,
            known_ids_are_final=True,
        )

    def _sort(self, record: Record, rows: _Rows, now: datetime, first: int, *, may_be_rounded: bool) -> None:
        """Take a record as a mention, skip it, or set it aside; a blank line is nothing."""
        try:
            mention = read_row(record.row, now, self._replay) if record.row is not None else None
            if mention is not None and may_be_rounded and is_rounded(mention.id):
                rows.aside.append(_aside(record, f"the id {mention.id} {ROUNDED}", is_shared=True))
                return
        except ValueError as fault:
            rows.aside.append(_aside(record, str(fault)))
            return
        if mention is None:
            rows.aside += [_aside(record, record.error)] if record.error else []
        elif self._before_start(mention, record, first):
            rows.skipped += 1
        elif (known := rows.mentions.setdefault(mention.id, mention)) is not mention:
            rows.skipped += known.text == mention.text
            rows.aside += [_aside(record, OTHER_WORDS, is_shared=True)] if known.text != mention.text else []

    def _before_start(self, mention: Mention, record: Record, first: int) -> bool:
        """Whether a first run that begins at a time passes over this row."""
        start = self._start
        return isinstance(start, datetime) and record.offset < first and mention.created_at < start


def _page_of(records: Iterator[Record], start: int) -> Iterator[Record]:
    """Yield the records of one page, which begins at this offset."""
    for number, record in enumerate(records, 1):
        yield record
        if number >= ROWS or record.end - start >= BYTES:
            return


def _aside(record: Record, error: str, *, is_shared: bool = False) -> QuarantinedItem:
    """Return the item of a row that is set aside. is_shared: its id is another row's too, and names neither."""
    name = (None if is_shared else row_id(record.row)) or f"line@{record.offset}"
    raw = printable(record.raw[:LONGEST_RAW].decode("utf-8", "backslashreplace"))
    return QuarantinedItem(name, raw[:LONGEST_RAW], error)


def check_encoding(path: Path, form: Form) -> None:
    """Raise InputError with the line where a file is not in its encoding (its last character may be half written)."""
    decoder, line = codecs.getincrementaldecoder(form.encoding)(), 1
    end = form.end.decode(form.encoding)
    with path.open("rb") as file:
        file.seek(form.start)
        try:
            while block := file.read(1 << 20):
                line += decoder.decode(block).count(end)
        except UnicodeDecodeError as error:
            line += error.object.count(form.end, 0, error.start)
            raise InputError(f"{path} is not {form.name} text (line {line})", "save it as UTF-8") from None


def _go(file: BinaryIO, form: Form, offset: int, body: int) -> None:
    """To the offset; from the middle of a line on to its end, since a first run has skipped its beginning."""
    offset = form.aligned(offset)
    file.seek(max(offset - len(form.end), 0))
    if offset > body and file.read(len(form.end)) != form.end:
        read_line(file, form)
    else:
        file.seek(offset)
