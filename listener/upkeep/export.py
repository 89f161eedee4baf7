"""An export: everything the database holds, as JSON Lines and as CSV, in a folder that is whole or not there."""

import csv
import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from listener.access import why
from listener.errors import InputError
from listener.faultpoints import fault_point
from listener.files.cells import safe_cell
from listener.store.contents import Contents, read_all
from listener.store.engine import HEAD, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "export.json"  # written last; its writer holds a lock on it, which ends with the process
HALF = ".half-export"  # how the name of a folder ends that is not whole yet


@dataclass(frozen=True, slots=True)
class Export:
    """What an export contains. rows: by table or view."""

    exported_at: datetime
    version: str
    schema: int
    rows: Mapping[str, int]


def export(store: Store, folder: Path, version: str, now: datetime, advance: Callable[[], None]) -> Export:
    """Write every table of one snapshot as NAME.jsonl and NAME.csv; call `advance` after each.

    Raises InputError when the folder is not empty or cannot be written, StoreError when the database cannot be read.
    """
    with _new_folder(folder) as half:
        rows = {}
        with store.read() as connection:
            for contents in read_all(connection):
                rows[contents.name] = _write(contents, half)
                advance()
                fault_point("E1")
        result = Export(now, version, HEAD, rows)
        (half / MANIFEST).write_text(json.dumps(asdict(result), default=_plain, indent=2) + "\n", encoding="utf-8")
    return result


@contextmanager
def _new_folder(folder: Path) -> "Iterator[Path]":
    """Give a folder beside the one that is wanted, which takes its name at the end."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists already and is not empty", "name a new folder")
    if not folder.absolute().parent.is_dir():
        raise InputError(f"there is no folder {folder.absolute().parent}", "create it first")
    half, parent = None, folder.absolute().parent
    try:
        _remove_abandoned(parent)
        half = Path(tempfile.mkdtemp(HALF, f".{folder.absolute().name}-", parent))
        with (half / MANIFEST).open("w") as manifest:
            with suppress(OSError):  # on a file system without locks nothing is removed, either
                fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield half
        half.rename(folder)
    except OSError as error:
        do = "give a new folder where you may write and the disk has room"
        raise InputError(f"cannot write {folder} ({why(error)})", do) from error
    finally:
        if half is not None:
            shutil.rmtree(half, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """Remove what exports left that were killed: they hold everybody's words. One at work has its manifest locked."""
    for half in parent.glob(f".*{HALF}"):
        with suppress(OSError), (half / MANIFEST).open("r+") as manifest:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(half, ignore_errors=True)


def _write(contents: Contents, folder: Path) -> int:
    """Write a table as both kinds of file. Returns the number of rows."""
    count = 0
    with (
        (folder / f"{contents.name}.jsonl").open("w", encoding="utf-8") as lines,
        (folder / f"{contents.name}.csv").open("w", encoding="utf-8", newline="") as table,
    ):
        writer = csv.writer(table)
        writer.writerow(contents.columns)
        for count, row in enumerate(contents.rows, start=1):  # noqa: B007 - the last one is the number of rows
            lines.write(_line(contents.columns, row))
            writer.writerow(map(_cell, row))
    return count


def _line(columns: Sequence[str], row: Sequence[object]) -> str:
    return json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    """Give json what it cannot write itself. Raises TypeError."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _cell(value: object) -> object:
    """Keep numbers as they are, and write what has an inner structure as JSON; no text is read as a formula."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return _plain(value)
    return safe_cell(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain))
