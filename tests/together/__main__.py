"""`python -m tests.together --rounds 20 --platform x [--seed N]`: round n has the seed N + n.

Exit 0 with the reason where PostgreSQL cannot be had. A seed repeats the accidents, not the moments at which they meet
the processes: what failed may need several tries.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from listener.place import parse_server
from listener.store.migrate import migrate
from tests import cluster, forked
from tests.evening import Missing
from tests.together.database import Database
from tests.together.home import Homes
from tests.together.platforms import PLATFORMS
from tests.together.round import SPEED, Result, Round


def main() -> int:
    """Play the rounds; print each that fails, the counts, and how long takeovers took."""
    given = _arguments()
    seed = random.randrange(1_000_000) if given.seed is None else given.seed
    print(f"seed {seed}  platform {given.platform}  rounds {given.rounds}", flush=True)
    with tempfile.TemporaryDirectory(prefix="earshot-together-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            with cluster.running(cluster.programs(), folder) as url:
                return _play(url, folder, given, seed)
        except Missing as missing:
            print(f"skipped: {missing}")
            return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.together", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default="x")
    parser.add_argument("--keep", type=Path, help="a folder in which the homes of failed rounds stay")
    return parser.parse_args()


def _play(url: str, folder: Path, given: argparse.Namespace, seed: int) -> int:
    began, names = time.monotonic(), range(seed, seed + given.rounds)
    parent = forked.Parent("tests.faults.warm:prepare", begin=forked.parent().start)
    try:
        results = [_play_one(url, folder, given.platform, number, parent, given.keep) for number in names]
    finally:
        parent.close()
    _summarize(results, time.monotonic() - began)
    return int(any(result.findings for result in results))


def _play_one(url: str, folder: Path, name: str, seed: int, parent: forked.Parent, keep: Path | None) -> Result:
    server = parse_server(f"{url}?schema=r{seed}")
    migrate(server, datetime.now(UTC))
    platform = PLATFORMS[name]()
    port = int(url.rpartition(":")[2].partition("/")[0])
    auto, home = random.Random(seed).random() < 0.5, folder / f"round{seed}"
    homes = Homes(home, url, port, server.schema, platform.section, platform.secrets, parent, auto)
    try:
        restart = _restarter(folder)
        result = Round(homes, platform, Database(url, server.schema), restart, seed).play()
    finally:
        homes.close()
        platform.close()
    if result.findings:
        print(f"seed {seed} fails", *(f"  {line}" for line in result.story), sep="\n")
        print(*(f"  ! {finding}" for finding in result.findings), sep="\n", flush=True)
        if keep is not None:
            shutil.copytree(home, keep / f"{name}-{seed}", dirs_exist_ok=True)
    shutil.rmtree(home, ignore_errors=True)
    return result


def _restarter(folder: Path) -> "Restart":
    return Restart(cluster.programs(), folder / "pg")


class Restart:
    """Restarts the server as a crash does: without a checkpoint, its connections cut."""

    def __init__(self, programs: Path, data: Path) -> None:
        command = [str(programs / "pg_ctl"), "-D", str(data / "db"), "-w", "-m", "immediate", "-l", str(data / "log")]
        self._command = cluster.as_server_user(*command, "restart")
        self._data = data

    def __call__(self) -> None:
        """Restart it, and wait until it is there again."""
        subprocess.run(self._command, cwd=self._data, stdout=subprocess.DEVNULL, check=True, timeout=60)


def _summarize(results: list[Result], seconds: float) -> None:
    accidents = sum((result.accidents for result in results), Counter[str]())
    kinds = Counter(finding.split()[0].rstrip(":") for result in results for finding in result.findings)
    took = sorted(SPEED * seconds for result in results for seconds in result.takeovers)
    mentions, posts = sum(result.mentions for result in results), sum(result.posts for result in results)
    print(f"{seconds:.0f} s  rounds {len(results)}  mentions {mentions}  posts {posts}")
    print("accidents  " + "  ".join(f"{name} {count}" for name, count in sorted(accidents.items())))
    if took:
        print(f"takeovers  {len(took)}: median {statistics.median(took):.0f} s, longest {took[-1]:.0f} s (real leases)")
    others = sum(count for name, count in kinds.items() if name not in ("lost", "doubled", "silent"))
    print(f"lost {kinds['lost']}  doubled {kinds['doubled']}  silent {kinds['silent']}  other {others}")


if __name__ == "__main__":
    sys.exit(main())
