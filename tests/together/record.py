"""The results of rounds, in a file with a line for each: so that many rounds can be played in parts, and summed up."""

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.together.round import SPEED, Result

FATAL = ("lost", "doubled", "silent")


def append(path: Path, result: Result) -> None:
    """Add a round. Its story is left out: it was printed if the round failed."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**vars(result), "story": []}) + "\n")


def read(path: Path) -> Iterator[Result]:
    """Return the rounds of a file, also of one that is not there yet."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        values = json.loads(line)
        yield Result(**{**values, "accidents": Counter(values["accidents"])})


def summarize(results: Iterable[Result]) -> list[str]:
    """Return the counts in lines, the last of which has the verdict."""
    results = list(results)
    accidents = sum((result.accidents for result in results), Counter[str]())
    mentions, posts = sum(result.mentions for result in results), sum(result.posts for result in results)
    lines = [
        f"{sum(result.seconds for result in results):.0f} s  rounds {len(results)}  mentions {mentions}  posts {posts}",
        "accidents  " + "  ".join(f"{name} {count}" for name, count in sorted(accidents.items())),
    ]
    if took := sorted(SPEED * seconds for result in results for seconds in result.takeovers):
        shown = f"median {statistics.median(took):.0f} s, longest {took[-1]:.0f} s (real leases)"
        lines.append(f"takeovers  {len(took)}: {shown}")
    return [*lines, _verdict(results)]


def _verdict(results: list[Result]) -> str:
    kinds = Counter(finding.split()[0].rstrip(":") for result in results for finding in result.findings)
    others = sum(count for name, count in kinds.items() if name not in FATAL)
    failed = " ".join(str(result.seed) for result in results if result.findings)
    counts = "  ".join(f"{name} {kinds[name]}" for name in FATAL)
    return f"rounds {len(results)}  {counts}  other {others}" + (f"  seeds that failed: {failed}" if failed else "")
