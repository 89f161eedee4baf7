"""Learn the weights of praise and of a complaint from labelled samples."""

from collections.abc import Sequence

from listener.reader.regression import fit, number_features
from listener.reader.samples import Sample, vocabulary
from listener.reader.score import Pair, Weights

LEAST = 0.01  # a feature that adds less than this to both heads is dropped
DIGITS = 3  # of a weight
HEADS = ("positive", "negative")


def learn(samples: Sequence[Sample]) -> Weights:
    """Return the weights that samples teach: of praise by the label `positive`, of a complaint by `negative`."""
    allowed = vocabulary(samples)
    rows, numbers = number_features((*filter(allowed.__contains__, sample.words), *sample.own) for sample in samples)
    heads = [fit(rows, [sample.row.row.label == label for sample in samples], len(numbers)) for label in HEADS]
    (praise, praise_bias), (complaint, complaint_bias) = heads
    pairs = ((name, (round(praise[at], DIGITS), round(complaint[at], DIGITS))) for name, at in numbers.items())
    kept: dict[str, Pair] = {name: pair for name, pair in sorted(pairs) if max(map(abs, pair)) >= LEAST}
    return Weights((round(praise_bias, DIGITS), round(complaint_bias, DIGITS)), kept)
