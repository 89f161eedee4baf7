"""Weigh a text: how likely it is praise, how likely a complaint, and the words that speak for and against. Pure.

`weights.json` is part of the program, like the word lists: the same version of Earshot reads the same text alike.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from listener.model import Reading
from listener.reader.features import fold_words, own_features

WORDS = 3  # of each sort that a reading names
CLEAR = 0.25  # a word that weighs less is not named
DIGITS = 4  # of a reading
LIMIT = 30.0  # of a sum of weights: past it a probability is 0 or 1

Pair = tuple[float, float]  # what a feature adds to praise and to a complaint
_Weight = tuple[float, float, float]  # the same, and how far it speaks for praise, if that is worth naming


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
        self._bias = weights.bias
        self._weights = {name: _weigh(name, *pair) for name, pair in weights.features.items()}
        self._pairs: dict[str, dict[str, _Weight]] = {}  # of words: first word -> second word -> weight
        for name, weight in self._weights.items():
            first, _, second = name.partition(" ")
            if second and first[0] != "=":
                self._pairs.setdefault(first, {})[second] = weight

    def read(self, tokens: Sequence[str], cues: Iterable[str], compound: float, lowest: float) -> Reading:
        """Return how a tokenized text reads. lowest: the score of its lowest sentence. Linear in the text."""
        known = self._find(fold_words(tokens), own_features(cues, compound, lowest, len(tokens)))
        praise = self._bias[0] + sum([weight[0] for weight in known.values()])
        complaint = self._bias[1] + sum([weight[1] for weight in known.values()])
        strong = sorted([(weight[2], name) for name, weight in known.items() if weight[2]])
        return Reading(
            praise=probability(praise),
            complaint=probability(complaint),
            balance=probability((praise - complaint) / 2),
            kind_words=tuple(name for leaning, name in strong[: -WORDS - 1 : -1] if leaning > 0),
            harsh_words=tuple(name for leaning, name in strong[:WORDS] if leaning < 0),
        )

    def _find(self, words: Sequence[str], own: Iterable[str]) -> dict[str, _Weight]:
        """Return the features of a text that have weights, without writing down those that have none."""
        weights = self._weights
        known = {word: weights[word] for word in words if word in weights}
        for word, follower in pairwise(words):
            if (pairs := self._pairs.get(word)) is not None and follower in pairs:
                known[f"{word} {follower}"] = pairs[follower]
        known.update((name, weights[name]) for name in own if name in weights)
        return known


def _weigh(name: str, praise: float, complaint: float) -> _Weight:
    """Return a feature's weights, and how far it speaks for praise; 0 where it is not named."""
    leaning = praise - complaint
    return (praise, complaint, leaning if abs(leaning) >= CLEAR and name[0].isalpha() else 0.0)


def probability(total: float) -> float:
    """Return the probability of a sum of weights (the logistic function), with DIGITS digits."""
    return round(1 / (1 + math.exp(-max(-LIMIT, min(LIMIT, total)))), DIGITS)
