"""`python -m tests.faults --runs 300 --platform x [--seed N]`: run n has the seed N + n, and can be repeated alone."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.faults.chaos import IN, OUT, WORLDS, run
from tests.faults.commands import Nursery
from tests.faults.evidence import Ran
from tests.faults.tally import Tally
from tests.memory import find_folder


def main() -> int:
    """Print the seed, every failure with how to repeat it, the counts and the verdict; 1 when anything was found."""
    given = _arguments()
    seed = random.randrange(1_000_000) if given.seed is None else given.seed
    print(f"seed {seed}  platform {given.platform}  runs {given.runs}", flush=True)
    started, tally = time.monotonic(), Tally()
    for ran in runs(given.platform, range(seed, seed + given.runs), given.jobs, given.keep):
        tally.add(ran)
        if ran.findings:
            _tell(ran, given.platform)
    world = WORLDS[given.platform]
    missed = tally.missed((*OUT, *IN, *world.kills_in_call), world.staged)
    print(f"{time.monotonic() - started:.0f} s", *tally.lines(), sep="\n")
    print(*(f"nothing was met at {one}: is it still there?" for one in missed), sep="\n", end="")
    return 0 if tally.sound and not missed else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--platform", choices=sorted(WORLDS), default="memory")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1), help="runs at a time")
    parser.add_argument("--keep", type=Path, help="a folder in which the homes of failed runs stay")
    return parser.parse_args()


def runs(platform: str, seeds: range, jobs: int, keep: Path | None = None) -> Iterator[Ran]:
    """The runs of these seeds, in their order; `jobs` at a time, each with a nursery of its own."""
    nurseries: SimpleQueue[Nursery] = SimpleQueue()
    made = [Nursery() for _ in range(min(jobs, len(seeds)))]
    for one in made:
        nurseries.put(one)
    try:
        with ThreadPoolExecutor(max(1, len(made))) as pool:
            yield from pool.map(lambda seed: _one(platform, seed, nurseries, keep), seeds)
    finally:
        for one in made:
            one.close()


def _one(platform: str, seed: int, nurseries: "SimpleQueue[Nursery]", keep: Path | None) -> Ran:
    nursery = nurseries.get()
    home = Path(tempfile.mkdtemp(prefix="earshot-faults-", dir=find_folder()))
    try:
        ran = run(platform, seed, home / "home", nursery)
        if ran.findings and keep is not None:
            shutil.copytree(home / "home", keep / f"{platform}-{seed}", dirs_exist_ok=True)
        return ran
    finally:
        shutil.rmtree(home, ignore_errors=True)
        nurseries.put(nursery)


def _tell(ran: Ran, platform: str) -> None:
    print(f"seed {ran.seed} fails; repeat it with `make faults RUNS=1 SEED={ran.seed} PLATFORM={platform}`")
    print(*(f"  {line}" for line in ran.story), sep="\n")
    print(*(f"  ! {one}" for one in ran.findings), sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
