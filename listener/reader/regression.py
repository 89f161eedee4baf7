"""Logistic regression in plain Python: stochastic gradient descent with AdaGrad's rates, always in the same order."""

import math
import random
from collections.abc import Iterable, Sequence

from listener.reader.score import LIMIT

EPOCHS = 6
RATE = 0.05
DECAY = 1e-3  # of a weight each time its feature is met (L2)
SEED = 1


def number_features(samples: Iterable[Iterable[str]]) -> tuple[list[list[int]], dict[str, int]]:
    """Return the features of each sample as numbers, and the number of each feature."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(name, len(numbers)) for name in names] for names in samples], numbers


def fit(
    rows: Sequence[Sequence[int]],
    labels: Sequence[bool],
    size: int,
    *,
    known: Sequence[float] | None = None,
    counts: Sequence[float] | None = None,
    epochs: int = EPOCHS,
    rate: float = RATE,
) -> tuple[list[float], float]:
    """Return the weight of each feature and the bias. rows: the numbers of the features of each row, below size.

    known: what earlier weights say of each row, so that only changes to them are learned; counts: how much a row counts
    (1 if not given).
    """
    known, counts = known or [0.0] * len(rows), counts or [1.0] * len(rows)
    weights, squares = [0.0] * size, [1e-3] * size
    bias, bias_squares = 0.0, 1e-3
    order = list(range(len(rows)))
    shuffle = random.Random(SEED).shuffle  # noqa: S311 -- the same order each time is wanted
    for _ in range(epochs):
        shuffle(order)
        for at in order:
            row = rows[at]
            total = known[at] + bias + sum([weights[feature] for feature in row])
            error = (1 / (1 + math.exp(-max(-LIMIT, total))) - labels[at]) * counts[at]
            bias_squares += error * error
            bias -= rate * error / math.sqrt(bias_squares)
            for feature in row:
                slope = error + DECAY * weights[feature]
                squares[feature] += slope * slope
                weights[feature] -= rate * slope / math.sqrt(squares[feature])
    return weights, bias
