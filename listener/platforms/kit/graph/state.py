"""A small JSON file in the data folder: what must outlive the process and is no business of the database."""

import json
from contextlib import suppress
from pathlib import Path

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.kit.private_file import write_private


class StateFile:
    """Readable by its owner alone; a change is on the disk before anything relies on it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Json:
        """Return what is kept; a file that cannot be read is as good as none."""
        with suppress(OSError):
            return self._load()
        return {}

    def update(self, changes: Json) -> Json:
        """Keep these values beside the others; return all of them. Raises ReadFailed when they cannot be kept.

        A file that is there and may not be read (another user's) is left alone: it may hold the only renewed token.
        """
        try:
            kept = {**self._load(), **changes}
        except OSError as error:
            message = f"{self._path.name} cannot be read ({error.strerror})"
            raise ReadFailed(message, "let Earshot's user own the files of the data folder") from None
        self._write(json.dumps(kept))
        return kept

    def _load(self) -> dict[str, object]:
        """Return what the file holds; nothing where there is none, or where it is damaged. Raises OSError."""
        with suppress(FileNotFoundError, ValueError, RecursionError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return kept if isinstance(kept, dict) else {}
        return {}

    def _write(self, text: str) -> None:
        try:
            write_private(self._path, text)
        except OSError as error:
            message = f"{self._path.name} cannot be written ({error.strerror})"
            raise ReadFailed(message, "make the data folder writable, with room on the disk") from None
