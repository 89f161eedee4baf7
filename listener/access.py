"""Who may do what with a path, in words for an operator."""

import os
from pathlib import Path


def explain_access(path: Path) -> str:
    """Say who owns a path (or the nearest folder above it that can be seen), with its mode, and what to do."""
    for place in (path, *path.absolute().parents):
        try:
            stat = place.stat()
        except OSError:
            continue
        owner = f"{place} belongs to user {stat.st_uid} with mode {stat.st_mode & 0o7777:04o}"
        return f"{owner}, Earshot runs as user {os.geteuid()}: change owner or mode, or set EARSHOT_DATA elsewhere"
    return "set EARSHOT_DATA to a folder that can be written"


def why(error: OSError) -> str:
    """Return the system's reason without Python's number, such as `Permission denied`."""
    return error.strerror or "the system gives no reason"
