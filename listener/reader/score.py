"""Weigh a text: how likely it is praise, how likely a complaint, and the words that speak for and against. Pure.

`weights.json` is part of the program, like the word lists: the same version of Earshot reads the same text alike.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from listener.model import Reading
from listener.reader.features import own_features, word_features

WORDS = 3  # of each sort that a reading names
CLEAR = 0.25  # a word that weighs less is not named
DIGITS = 4  # of a reading
LIMIT = 30.0  # of a sum of weights: past it a probability is 0 or 1

Pair = tuple[float, float]  # what a feature adds to praise and to a complaint


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned. bias: of praise and of a complaint; features: feature -> what it adds to each."""

    bias: Pair
    features: Mapping[str, Pair]


@cache
def shipped() -> Weights:
    """Return the weights that come with this version."""
    content = json.loads(files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))
    return Weights(
        (content["bias"][0], content["bias"][1]), {name: (a, b) for name, (a, b) in content["weights"].items()}
    )


class SecondReader:
    """Reads texts by weights. Build it once in each process."""

    def __init__(self, weights: Weights) -> None:
        self._bias, self._weights = weights.bias, weights.features

    def read(self, tokens: Sequence[str], cues: Iterable[str], compound: float, lowest: float) -> Reading:
        """Return how a tokenized text reads. lowest: the score of its lowest sentence. Linear in the text."""
        weights = self._weights
        names = (*word_features(tokens), *own_features(cues, compound, lowest, len(tokens)))
        known = [(name, *weights[name]) for name in names if name in weights]
        praise = self._bias[0] + sum([for_praise for _, for_praise, _ in known])
        complaint = self._bias[1] + sum([for_complaint for _, _, for_complaint in known])
        leanings = [(for_praise - for_complaint, name) for name, for_praise, for_complaint in known]
        strong = sorted(pair for pair in leanings if not -CLEAR < pair[0] < CLEAR and pair[1][0].isalpha())
        return Reading(
            praise=probability(praise),
            complaint=probability(complaint),
            balance=probability((praise - complaint) / 2),
            kind_words=tuple(name for leaning, name in strong[: -WORDS - 1 : -1] if leaning > 0),
            harsh_words=tuple(name for leaning, name in strong[:WORDS] if leaning < 0),
        )


def probability(total: float) -> float:
    """Return the probability of a sum of weights (the logistic function), with DIGITS digits."""
    return round(1 / (1 + math.exp(-max(-LIMIT, min(LIMIT, total)))), DIGITS)
