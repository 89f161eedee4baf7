"""Where tests keep their files: in memory where there is room for them, else where the system keeps temporary files.

Each commit of SQLite waits for the disk, and each test makes a database. What is killed leaves its files to the kernel,
synced or not, so that a disk shows a test nothing more; a power cut is beyond both.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2_000_000_000  # bytes: a run leaves 300 MB, pytest keeps three, and the program warns below 500 MB
CHOSEN = ("TMPDIR", "TEMP", "TMP")  # as tempfile reads them


def find_folder() -> Path | None:
    """Return the folder in memory; None where there is none, or too little room."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else None


def use_memory() -> None:
    """Let this process and its children keep temporary files in memory, unless somebody has chosen a folder."""
    folder = find_folder()
    if folder is not None and not any(map(os.environ.get, CHOSEN)):
        os.environ["TMPDIR"] = str(folder)
        tempfile.tempdir = None  # what was read before
