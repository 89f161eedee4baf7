"""Small files in the data folder that hold what must not be lost, and that nobody else may read."""

import os
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace a file, readable by its owner alone; the text is on the disk when this returns. Raises OSError.

    The file before stays whole until then, and no half file is left.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        with suppress(OSError):
            half.unlink()
        raise
