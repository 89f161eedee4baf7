"""Adapt the shipped weights to lessons, and measure them on lessons not learned from.

The same lessons give the same result. A word is touched only if at least MIN_AUTHORS authors wrote it, and no weight
moves further than MAX_CHANGE.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from listener.reader.lessons import Lesson, Person, bound
from listener.reader.regression import fit, number_features
from listener.reader.score import Weights, probability, totals
from listener.store.reader_weights import MIN_AUTHORS

MIN_DECISIONS = 200  # before anything is learned
TRAINED = 0.8  # of the lessons, the oldest; the newest measure what was learned
MIN_SHARE = 20  # labels of the newest decisions: fewer say nothing about a member of staff
MAX_CHANGE = 1.0  # of a weight
EPOCHS, RATE = 3, 0.02  # gentler than training: a few hundred decisions against thousands of mentions
LEAST = 0.02  # a change that is smaller in both is dropped
DIGITS = 3
Loss = tuple[float, float]  # of a label, and how far it counts
CERTAIN = 1e-4  # of a probability in a loss: 0 and 1 would be infinitely wrong


@dataclass(frozen=True, slots=True)
class Learned:
    """Changes to the shipped weights. authors: word -> who wrote it."""

    changes: Weights
    authors: dict[str, set[Person]]


@dataclass(frozen=True, slots=True)
class Measure:
    """How weights read lessons. loss: the mean log loss; false_praise: what is no praise, and read as such.

    missed: complaints that are not heard; without: the loss in the decisions of everybody but this member of staff.
    """

    loss: float
    false_praise: int
    missed: int
    without: dict[str, float]

    @property
    def mistakes(self) -> int:
        """Both sorts of mistake that staff would be ashamed of."""
        return self.false_praise + self.missed


def split(lessons: Sequence[Lesson]) -> tuple[Sequence[Lesson], Sequence[Lesson]]:
    """Split lessons by time: to learn from, and to measure by."""
    ordered = sorted(lessons, key=lambda lesson: lesson.number)
    at = int(len(ordered) * TRAINED)
    return ordered[:at], ordered[at:]


def learn(lessons: Sequence[Lesson], weights: Weights) -> Learned:
    """Return what lessons change in weights."""
    authors: defaultdict[str, set[Person]] = defaultdict(set)
    for lesson in lessons:
        for name in lesson.features:
            authors[name].add(lesson.author)
    counted = bound(lessons)
    allowed = {name for name, writers in authors.items() if len(writers) >= MIN_AUTHORS}
    rows, numbers = number_features([*filter(allowed.__contains__, lesson.features)] for lesson in lessons)
    heads = [
        _fit(rows, len(numbers), counted, [lesson.praise for lesson in counted], weights, 0),
        _fit(rows, len(numbers), counted, [lesson.complaint for lesson in counted], weights, 1),
    ]
    (praise, praise_bias), (complaint, complaint_bias) = heads
    pairs = ((name, (_limit(praise[at]), _limit(complaint[at]))) for name, at in sorted(numbers.items()))
    features = {name: pair for name, pair in pairs if max(map(abs, pair)) >= LEAST}
    changes = Weights((_limit(praise_bias), _limit(complaint_bias)), features)
    return Learned(changes, {name: authors[name] for name in features})


def _fit(
    rows: Sequence[Sequence[int]],
    size: int,
    lessons: Sequence[Lesson],
    labels: Sequence[bool | None],
    weights: Weights,
    head: int,
) -> tuple[list[float], float]:
    """Fit changes of a head to the lessons that say something about it."""
    chosen = [
        (row, label, totals(weights, lesson.features)[head], lesson.weight)
        for row, label, lesson in zip(rows, labels, lessons, strict=True)
        if label is not None
    ]
    return fit(
        [row for row, _, _, _ in chosen],
        [label for _, label, _, _ in chosen],
        size,
        known=[known for _, _, known, _ in chosen],
        counts=[count for _, _, _, count in chosen],
        epochs=EPOCHS,
        rate=RATE,
    )


def _limit(change: float) -> float:
    return round(max(-MAX_CHANGE, min(MAX_CHANGE, change)), DIGITS)


def measure(lessons: Sequence[Lesson], weights: Weights, propose_from: float, hear_from: float) -> Measure:
    """Measure how weights read lessons; bounds: those of the policy."""
    losses: dict[str, list[Loss]] = defaultdict(list)
    false_praise = missed = 0
    for lesson in bound(lessons):
        praise, complaint = totals(weights, lesson.features)
        false_praise += lesson.praise is False and probability((praise - complaint) / 2) >= propose_from
        missed += lesson.complaint is True and probability(complaint) < hear_from
        for total, label in ((praise, lesson.praise), (complaint, lesson.complaint)):
            if label is not None:
                losses[lesson.by].append((_loss(total, label), lesson.weight))
    without = {name: _mean(others) for name in sorted(losses) if len(others := _leave_out(losses, name)) >= MIN_SHARE}
    return Measure(_mean(_leave_out(losses, None)), false_praise, missed, without)


def _leave_out(losses: Mapping[str, list[Loss]], name: str | None) -> list[Loss]:
    return [pair for by, pairs in losses.items() if by != name for pair in pairs]


def _loss(total: float, label: bool) -> float:
    chance = min(1 - CERTAIN, max(CERTAIN, probability(total)))
    return -math.log(chance if label else 1 - chance)


def _mean(pairs: Sequence[Loss]) -> float:
    weight = sum(weight for _, weight in pairs)
    return round(sum(loss * weight for loss, weight in pairs) / weight, 5) if weight else 0.0


def find_faults(before: Measure, after: Measure) -> list[str]:
    """List what new weights make worse, in words; none: they may be adopted."""
    leaning = [name for name, loss in after.without.items() if loss > before.without.get(name, loss)]
    faults = [f"it leans on {name}: the decisions of everybody else would be read worse" for name in leaning]
    if after.loss > before.loss:
        faults.append(f"the newest decisions would be read worse (loss {before.loss:.3f} to {after.loss:.3f})")
    if after.mistakes > before.mistakes:
        counts = f"{after.false_praise} and {after.missed}, not {before.false_praise} and {before.missed}"
        faults.append(f"more praise would be read where there is none, or more complaints be missed ({counts})")
    return faults
