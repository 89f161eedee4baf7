"""The file of mentions: pages of rows behind a cursor of bytes, which passes only rows that a line end has closed."""

import codecs
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from listener.errors import InputError
from listener.model import FeedPage, Json, Mention, QuarantinedItem
from listener.platforms.memory.records import BOM, Record, csv_record, csv_records, json_records, read_line
from listener.platforms.memory.rows import printable, read_row, row_id

SUFFIXES = (".jsonl", ".csv")
ROWS, BYTES = 500, 8 << 20  # of one page
LONGEST_RAW = 10_000  # characters kept of a row that cannot be read
NEEDED = ("id", "text")


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
            if cursor is None:
                check_utf8(self.path)
                cursor = {"offset": size if self._start == "now" else 0, "first": size}
            columns, body = self._begin(file)
            offset = _whole_number(cursor.get("offset"))
            if offset > size:  # another file, or a shorter one: from the beginning
                offset, cursor = 0, {}
            _go(file, max(offset, body), body)
            return self._read(file, columns, _whole_number(cursor.get("first")), now)

    def _begin(self, file: BinaryIO) -> tuple[tuple[str, ...], int]:
        """The header of a CSV file (nothing for JSON lines), and where the rows begin. Raises InputError."""
        file.seek(3 if file.seek(0) == 0 and file.read(3) == BOM else 0)
        columns = _header(file, self.path) if self.path.suffix.lower() == ".csv" else ()
        return columns, file.tell()

    def _read(self, file: BinaryIO, columns: tuple[str, ...], first: int, now: datetime) -> FeedPage:
        start = passed = file.tell()
        mentions: list[Mention] = []
        quarantined: list[QuarantinedItem] = []
        skipped = 0
        records = csv_records(file, columns) if columns else json_records(file)
        for rows, record in enumerate(records, 1):
            passed = record.end if record.whole else passed
            item = self._item(record, now)
            if isinstance(item, QuarantinedItem):
                quarantined.append(item)
            elif item is not None and self._before_start(item, record, first):
                skipped += 1
            elif item is not None:
                mentions.append(item)
            if rows >= ROWS or record.end - start >= BYTES:
                break
        more = passed > start and file.tell() == passed and file.read(1) != b""
        cursor = {"offset": passed} | ({"first": first} if first > passed else {})
        return FeedPage(cursor, tuple(mentions), quarantined_items=tuple(quarantined), skipped=skipped, more=more)

    def _item(self, record: Record, now: datetime) -> Mention | QuarantinedItem | None:
        """What a record holds; None for a blank line."""
        name, error = row_id(record.row) or f"line@{record.offset}", record.error
        try:
            if record.row is not None:
                return read_row(record.row, now, self._replay)
        except ValueError as fault:
            error = str(fault)
        raw = printable(record.raw[:LONGEST_RAW].decode("utf-8", "backslashreplace"))
        return QuarantinedItem(name, raw[:LONGEST_RAW], error) if error else None

    def _before_start(self, mention: Mention, record: Record, first: int) -> bool:
        """Whether a first run that begins at a time passes over this row."""
        start = self._start
        return isinstance(start, datetime) and record.offset < first and mention.created_at < start


def check_utf8(path: Path) -> None:
    """Raise InputError with the line when a file is not UTF-8 throughout (its last character may be half written)."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                line += decoder.decode(block).count("\n")
        except UnicodeDecodeError as error:
            line += error.object.count(b"\n", 0, error.start)
            raise InputError(f"{path} is not UTF-8 text (line {line})", "save it as UTF-8") from None


def _header(file: BinaryIO, path: Path) -> tuple[str, ...]:
    """The columns, trimmed and in lower case. Raises InputError."""
    record = csv_record(file, lambda cells: dict(enumerate(cells)))
    if record is None or record.row is None:
        why = record.error if record and record.error else "its first line is empty"
        raise InputError(f"{path} has no header: {why}", "begin it with a line such as id,text")
    columns = tuple(str(cell).strip().lower() for cell in record.row.values())
    for name in NEEDED:
        if columns.count(name) != 1:
            message = f"the column {name} twice" if name in columns else f"no column {name}"
            raise InputError(f"{path} has {message} (it has: {', '.join(columns)[:200]})", "correct its first line")
    return columns


def _go(file: BinaryIO, offset: int, body: int) -> None:
    """To the offset; from the middle of a line on to its end, since a first run has skipped its beginning."""
    file.seek(max(offset - 1, 0))
    if offset > body and file.read(1) != b"\n":
        read_line(file)
    else:
        file.seek(offset)


def _whole_number(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
