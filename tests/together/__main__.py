"""`python -m tests.together --rounds 20 --platform x [--seed N]`: round n has the seed N + n.

Exit 0 with the reason where PostgreSQL cannot be had. With `--record FILE --part 10` ten rounds are played that are not
in the file yet, and the summary is of all that are. A seed repeats the accidents, not the moments at which they meet
the processes: what failed may need several tries.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from listener.place import parse_server
from listener.store.migrate import migrate
from tests import cluster, forked
from tests.evening import Missing
from tests.together import record
from tests.together.database import Database
from tests.together.home import Homes
from tests.together.platforms import PLATFORMS
from tests.together.round import Result, Round


def main() -> int:
    """Play the rounds; print each that fails, the counts, and how long takeovers took."""
    given = _arguments()
    _require_record(given)
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
    parser.add_argument("--rounds", type=_positive, default=300)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--record", type=Path, help="a file of results: what stands in it is not played again")
    parser.add_argument("--part", type=_positive, help="end after so many rounds; the next call goes on behind them")
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default="x")
    parser.add_argument("--keep", type=Path, help="a folder in which the homes of failed rounds stay")
    return parser.parse_args()


def _positive(text: str) -> int:
    """Read a number of rounds: none at all would prove nothing, and look like success."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _require_record(given: argparse.Namespace) -> None:
    """End where the results of the parts could not be put together."""
    if given.record is not None and given.seed is None:
        sys.exit("--record needs --seed: without it each part has other rounds")


def _play(url: str, folder: Path, given: argparse.Namespace, seed: int) -> int:
    results = [] if given.record is None else list(record.read(given.record))
    played = {(result.platform, result.seed) for result in results}
    left = [number for number in range(seed, seed + given.rounds) if (given.platform, number) not in played]
    parent = forked.Parent("tests.faults.warm:prepare", begin=forked.parent().start)
    try:
        for number in left[: given.part]:
            results.append(_play_one(url, folder, given.platform, number, parent, given.keep))
            if given.record is not None:
                record.append(given.record, results[-1])
    finally:
        parent.close()
    print(*record.summarize(results), sep="\n")
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


if __name__ == "__main__":
    sys.exit(main())
