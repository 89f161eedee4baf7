"""Logistic regression in plain Python: stochastic gradient descent with AdaGrad's rates, always in the same order."""

import math
import random
from collections.abc import Sequence

from listener.reader.samples import Sample, vocabulary
from listener.reader.score import LIMIT, Pair, Weights

EPOCHS = 6
RATE = 0.05
DECAY = 1e-3  # of a weight each time its feature is met (L2)
SEED = 1
LEAST = 0.01  # a feature that adds less than this to both heads is dropped
DIGITS = 3  # of a weight
HEADS = ("positive", "negative")


def learn(samples: Sequence[Sample]) -> Weights:
    """Return the weights that samples teach: of praise by the label `positive`, of a complaint by `negative`."""
    allowed = vocabulary(samples)
    numbers: dict[str, int] = {}
    rows = [
        [numbers.setdefault(name, len(numbers)) for name in (*filter(allowed.__contains__, sample.words), *sample.own)]
        for sample in samples
    ]
    heads = [fit(rows, [sample.row.row.label == label for sample in samples], len(numbers)) for label in HEADS]
    (praise, praise_bias), (complaint, complaint_bias) = heads
    pairs = ((name, (round(praise[at], DIGITS), round(complaint[at], DIGITS))) for name, at in numbers.items())
    kept: dict[str, Pair] = {name: pair for name, pair in sorted(pairs) if max(map(abs, pair)) >= LEAST}
    return Weights((round(praise_bias, DIGITS), round(complaint_bias, DIGITS)), kept)


def fit(rows: Sequence[Sequence[int]], labels: Sequence[bool], size: int) -> tuple[list[float], float]:
    """Return the weight of each feature and the bias. rows: the numbers of the features of each row, below size."""
    weights, squares = [0.0] * size, [1e-3] * size
    bias, bias_squares = 0.0, 1e-3
    order = list(range(len(rows)))
    shuffle = random.Random(SEED).shuffle  # noqa: S311 -- the same order each time is wanted
    for _ in range(EPOCHS):
        shuffle(order)
        for at in order:
            row = rows[at]
            total = bias + sum([weights[feature] for feature in row])
            error = 1 / (1 + math.exp(-max(-LIMIT, total))) - labels[at]
            bias_squares += error * error
            bias -= RATE * error / math.sqrt(bias_squares)
            for feature in row:
                slope = error + DECAY * weights[feature]
                squares[feature] += slope * slope
                weights[feature] -= RATE * slope / math.sqrt(squares[feature])
    return weights, bias
