"""A PostgreSQL of our own on loopback, in a temporary folder; it ends with the block, whatever happens in between."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.evening import Missing, free_port

_PATIENCE = 60.0  # seconds for each program


def programs() -> Path:
    """The folder of PostgreSQL's programs. Raises Missing."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if initdb := shutil.which("initdb"):
        places.insert(0, Path(initdb).resolve().parent)
    for place in places:
        if all((place / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
            return place
    raise Missing("PostgreSQL is not installed (Debian: postgresql)")


@contextmanager
def running(programs: Path, folder: Path, settings: str = "fsync=off") -> Iterator[str]:
    """A cluster of its own, on a free port of 127.0.0.1. PostgreSQL refuses root: it then runs as `postgres`."""
    signal.signal(signal.SIGTERM, _end)
    data, port = folder / "pg", free_port()
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    options = f"-h 127.0.0.1 -p {port} -k {data} -c max_connections=300 -c {settings}"
    make = [str(programs / "initdb"), "-D", str(data / "db"), "-U", "earshot", "--auth=trust", "-E", "UTF8"]
    _run(*as_server_user(*make), cwd=data)
    start = [str(programs / "pg_ctl"), "-D", str(data / "db"), "-w", "-l", str(data / "log"), "-o", options, "start"]
    _run(*as_server_user(*start), cwd=data)
    try:
        yield f"postgresql://earshot@127.0.0.1:{port}/postgres"
    finally:
        stop = [str(programs / "pg_ctl"), "-D", str(data / "db"), "-m", "immediate", "stop"]
        _run(*as_server_user(*stop), cwd=data)


def _end(number: int, frame: FrameType | None) -> None:
    """End as by an error: what only dies, as `timeout` makes it, leaves the server behind."""
    sys.exit(128 + number)


def as_server_user(*command: str) -> list[str]:
    """The command as PostgreSQL's own user, where this is root."""
    return [*(["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []), *command]


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=_PATIENCE
    )
    if done.returncode:
        raise Missing(f"{Path(command[-2]).name} failed: {done.stderr.strip().splitlines()[-1:]}")
