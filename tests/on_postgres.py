"""`make test-postgres`: the suites that work on a database, on a PostgreSQL of their own on loopback."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import cluster
from tests.evening import ROOT, Missing

SUITES = (
    *("store", "club", "intake", "outbox", "desk", "upkeep", "triage", "analysis"),
    *("holds", "alerts", "reader", "metrics"),
)


def main(options: list[str]) -> int:
    """Run the suites, or those that the options of pytest name. Exit 0 also where PostgreSQL cannot be had."""
    named = any(option.startswith("tests/") for option in options)
    chosen = [] if named else [f"tests/{suite}" for suite in SUITES if (ROOT / "tests" / suite).is_dir()]
    with tempfile.TemporaryDirectory(prefix="earshot-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user when this is root
        try:
            with cluster.running(cluster.programs(), folder) as url:
                env = {**os.environ, "EARSHOT_TEST_POSTGRES": url}
                command = [sys.executable, "-m", "pytest", "-q", *options, *chosen]
                return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        except Missing as missing:
            print(f"skipped: {missing}")
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
