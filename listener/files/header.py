"""The first line of a CSV file: its columns and, by them, its delimiter."""

import re
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from listener.errors import InputError
from listener.files.form import Form, find_form
from listener.files.records import Record, csv_record, read_line

NEEDED = ("id", "text")
_DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;]*')  # the first line of some spreadsheets' files


def read_header(file: BinaryIO, path: Path) -> tuple[Form, tuple[str, ...]]:
    """Return the form of a CSV file and its columns, in lower case; the rows follow. Raises InputError."""
    form = find_form(file)
    file.seek(form.start)
    first = read_line(file, form)
    text = first.raw.decode(form.encoding, "replace").strip() if first else ""
    separator = _SEPARATOR.fullmatch(text)
    start = file.tell() if separator else form.start
    for delimiter in (separator[1],) if separator else _DELIMITERS:
        columns = _columns(file, replace(form, delimiter=delimiter), start)
        if not isinstance(columns, Record) and all(columns.count(name) == 1 for name in NEEDED):
            return replace(form, delimiter=delimiter), columns
    raise _unusable(_columns(file, replace(form, delimiter=separator[1] if separator else ","), start), path)


def _columns(file: BinaryIO, form: Form, start: int) -> "tuple[str, ...] | Record":
    """Return the columns, trimmed; a record without a row where there are none."""
    file.seek(start)
    record = csv_record(file, form, lambda cells: {str(number): cell for number, cell in enumerate(cells)})
    if record is None or record.row is None:
        return record or Record(start, start, False, b"")
    return tuple(str(cell).strip().lower() for cell in record.row.values())


def _unusable(columns: "tuple[str, ...] | Record", path: Path) -> InputError:
    if isinstance(columns, Record):
        why = columns.error or "its first line is empty"
        return InputError(f"{path} has no header: {why}", "begin it with a line such as id,text")
    name = next(name for name in NEEDED if columns.count(name) != 1)
    message = f"the column {name} twice" if name in columns else f"no column {name}"
    return InputError(f"{path} has {message} (it has: {', '.join(columns)[:200]})", "correct its first line")
