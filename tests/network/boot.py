"""Starts PostgreSQL and the network in a temporary folder, and ends both, whatever happens in between."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import cluster
from tests.evening import Missing, end
from tests.network import needs

SCRIPT = Path(__file__).parent / "network.mjs"


@contextmanager
def network() -> Iterator[str]:
    """The address of a PDS with an AppView behind it. Raises Missing before anything is started."""
    programs, node, packages = cluster.programs(), needs.node(), needs.packages()
    folder = Path(tempfile.mkdtemp(prefix="earshot-network-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when this is root
    try:
        with cluster.running(programs, folder) as url, _servers(node, packages, folder, url) as pds:
            yield pds
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
