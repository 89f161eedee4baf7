"""A small JSON file in the data folder: what must outlive the process and is no business of the database."""

import json
import os
from contextlib import suppress
from pathlib import Path

from listener.errors import ReadFailed
from listener.model import Json


class StateFile:
    """Readable by its owner alone; a change is on the disk before anything relies on it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Json:
        """Return what is kept; a file that cannot be read is as good as none."""
        with suppress(OSError, ValueError, RecursionError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return kept if isinstance(kept, dict) else {}
        return {}

    def update(self, changes: Json) -> Json:
        """Keep these values beside the others; return all of them. Raises ReadFailed when they cannot be kept."""
        kept = {**self.read(), **changes}
        half = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            half.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                half.unlink()
            message = f"{self._path.name} cannot be written ({error.strerror})"
            raise ReadFailed(message, "make the data folder writable, with room on the disk") from None
        return kept
