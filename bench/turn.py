"""One turn of the line in a process of its own: cold, then warm, with bare VADER before, between and after.

python -m bench.turn MENTIONS.csv FOLDER           # prints JSON: part -> microseconds of processor time a mention
python -m bench.turn --once                        # of what waits, in the folders that the environment names
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.cli import context, runtime
from listener.cli.__main__ import GARBAGE_THRESHOLD
from listener.intake.cues import Cues
from listener.model import History, Mention
from listener.triage.route import Triage
from listener.triage.suspicion import SheetFacts

Costs = dict[str, float]


def main() -> None:
    """Measure, and print what was measured."""
    import gc

    gc.set_threshold(GARBAGE_THRESHOLD)  # as the program has it
    if sys.argv[1] == "--once":
        print(json.dumps({"line": _line(None, None)}))
        return
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    print(json.dumps(_turn(texts, Path(sys.argv[2]))))


def _turn(texts: list[str], folder: Path) -> dict[str, Costs]:
    """Return the costs of the cold and of the warm line, each with VADER's beside it, and of deciding alone, warm."""
    analyzer = SentimentIntensityAnalyzer()
    triage = context.triage(context.settings())

    def vader() -> float:
        return _cost(len(texts), lambda: [analyzer.polarity_scores(text) for text in texts])

    bare = [vader()]
    costs: dict[str, Costs] = {}
    for name in ("cold", "warm"):
        os.environ["EARSHOT_DATA"] = str(folder / name)
        costs[name] = _line(triage, len(texts))
        bare.append(vader())
        costs[name]["vader"] = (bare[-1] + bare[-2]) / 2
    costs["warm"]["decide"] = _cost(
        len(texts), lambda: [triage.decide(_mention(text), History(), NOW) for text in texts]
    )
    costs["warm"]["suspect"] = _suspect(triage, texts)
    return costs


def _suspect(triage: Triage, texts: list[str]) -> float:
    """Look for the fact that each text may be about, in words that were met before."""
    policy = triage.policy
    finder, cues = SheetFacts(policy.facts, policy.cues["synonyms"], policy.cues["english"]), Cues(policy.cues, {})
    scans = [cues.read(text) for text in texts]
    for scan in scans:
        finder.find(scan)
    return _cost(len(texts), lambda: [finder.find(scan) for scan in scans])


NOW = datetime.now(UTC)


def _line(triage: Triage | None, count: int | None) -> Costs:
    """Poll and route what waits into the database of the environment. triage: as an earlier line left it."""
    config = context.settings()
    with runtime.locked("bench") as store:
        stages = runtime.stages(config, store)
        if triage is not None:
            object.__setattr__(stages, "triage", triage)
        start = time.process_time()
        polled = stages.poll("memory")
        middle = time.process_time()
        stages.route()
        end = time.process_time()
    number = (count or polled.stored) * 1e-6
    return {"poll": (middle - start) / number, "route": (end - middle) / number, "whole": (end - start) / number}


def _cost(count: int, work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) / count * 1e6


def _mention(text: str) -> Mention:
    return Mention("memory", "1", text, "a", NOW, NOW, "1", "1", lang="en")


if __name__ == "__main__":
    main()
