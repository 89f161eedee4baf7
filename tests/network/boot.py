"""Starts PostgreSQL and the network in a temporary folder, and ends both, whatever happens in between."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.evening import Missing, end, free_port
from tests.network import needs

SCRIPT = Path(__file__).parent / "network.mjs"
_PATIENCE = 60.0  # seconds for each to start


@contextmanager
def network() -> Iterator[str]:
    """The address of a PDS with an AppView behind it. Raises Missing before anything is started."""
    programs, node, packages = needs.postgres(), needs.node(), needs.packages()
    folder = Path(tempfile.mkdtemp(prefix="earshot-network-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when this is root
    try:
        with _database(programs, folder) as url, _servers(node, packages, folder, url) as pds:
            yield pds
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(programs: Path, folder: Path) -> Iterator[str]:
    """A cluster of its own, on a free port of 127.0.0.1. PostgreSQL refuses root: it then runs as `postgres`."""
    data, port = folder / "pg", free_port()
    data.mkdir()
    prefix = []
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    options = f"-h 127.0.0.1 -p {port} -k {data} -c fsync=off"
    _run(*prefix, str(programs / "initdb"), "-D", str(data / "db"), "-U", "earshot", "--auth=trust", cwd=data)
    start = [str(programs / "pg_ctl"), "-D", str(data / "db"), "-w", "-l", str(data / "log"), "-o", options, "start"]
    _run(*prefix, *start, cwd=data)
    try:
        yield f"postgresql://earshot@127.0.0.1:{port}/postgres"
    finally:
        _run(*prefix, str(programs / "pg_ctl"), "-D", str(data / "db"), "-m", "immediate", "stop", cwd=data)


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=_PATIENCE
    )
    if done.returncode:
        raise Missing(f"{Path(command[-2]).name} failed: {done.stderr.strip().splitlines()[-1:]}")


@contextmanager
def _servers(node: str, packages: Path, folder: Path, database: str) -> Iterator[str]:
    """PLC, PDS and AppView in one node process, their files below the folder."""
    (folder / "tmp").mkdir()
    env = {**os.environ, "DB_POSTGRES_URL": database, "TMPDIR": str(folder / "tmp"), "LOG_ENABLED": "false"}
    with (folder / "node.log").open("w") as log:
        pipe = subprocess.PIPE
        command = [node, str(SCRIPT), str(packages)]
        process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=log, text=True)
        assert process.stdin is not None and process.stdout is not None
        try:
            line = next((text for text in process.stdout if text.startswith("{")), None)
            if line is None:
                raise Missing(f"the network did not start: {(folder / 'node.log').read_text()[-600:]}")
            yield str(json.loads(line)["pds"])
        finally:
            process.stdin.close()
            end(process)
            process.stdout.close()
