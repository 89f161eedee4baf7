"""Weigh a text: how likely it is praise, how likely a complaint, the words that speak for and against, its subject.

`weights.json` is part of the program, like the word lists: the same version of Earshot reads the same text alike. What
a brand has learned from its staff are changes to these weights. Pure.
"""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise

from listener.model import ABOUT, Reading
from listener.reader.features import fold_words, own_features, word_features

WORDS = 3  # of each sort that a reading names
CLEAR = 0.25  # a word that weighs less is not named
DIGITS = 4  # of a reading
LIMIT = 30.0  # of a sum of weights: past it a probability is 0 or 1
COMPLAINS = 0.5  # chance of a complaint from which on a subject is looked for
OTHER = "other"  # a subject that no cue has a name for: nothing is suggested

Pair = tuple[float, float]  # what a feature adds to praise and to a complaint
_Weight = tuple[float, float, float]  # the same, and how far it speaks for praise, if that is worth naming


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned. bias: of praise and of a complaint; features: feature -> what it adds to each."""

    bias: Pair
    features: Mapping[str, Pair]

    def changed_by(self, changes: "Weights") -> "Weights":
        """Return these weights with changes added to them."""
        features = dict(self.features)
        for name, (praise, complaint) in changes.features.items():
            before = features.get(name, (0.0, 0.0))
            features[name] = (before[0] + praise, before[1] + complaint)
        return Weights((self.bias[0] + changes.bias[0], self.bias[1] + changes.bias[1]), features)


@dataclass(frozen=True, slots=True)
class Subjects:
    """What was learned of subjects. features: feature -> what it adds to each.

    sure_from: the share of all that the likeliest subject needs to be named.
    """

    names: tuple[str, ...]
    bias: tuple[float, ...]
    features: Mapping[str, tuple[float, ...]]
    sure_from: float

    def find(self, features: Iterable[str]) -> tuple[str, float]:
        """Return the likeliest subject, and its share of all (0..1)."""
        known = [self.features[name] for name in features if name in self.features]
        sums = [sum(weights) for weights in zip(self.bias, *known, strict=True)]
        highest = max(sums)
        share = 1 / sum(math.exp(max(-LIMIT, total - highest)) for total in sums)
        return self.names[sums.index(highest)], share

    def name(self, features: Iterable[str]) -> str | None:
        """Return the likeliest subject where it is sure, and is none of those that are only called OTHER."""
        subject, share = self.find(features)
        return subject if share >= self.sure_from and subject != OTHER else None


@cache
def _content() -> str:
    return files(__package__).joinpath("weights.json").read_text(encoding="utf-8")


@cache
def shipped() -> Weights:
    """Return the weights that come with this version."""
    content = json.loads(_content())
    return Weights(
        (content["bias"][0], content["bias"][1]), {name: (a, b) for name, (a, b) in content["weights"].items()}
    )


@cache
def shipped_subjects() -> Subjects:
    """Return what this version knows of subjects."""
    content = json.loads(_content())["subjects"]
    features = {name: tuple(numbers) for name, numbers in content["weights"].items()}
    return Subjects(tuple(content["names"]), tuple(content["bias"]), features, content["sure_from"])


@cache
def shipped_digest() -> str:
    """Return what tells these shipped weights from those of other versions: changes fit no others."""
    return sha256(_content().encode()).hexdigest()[:16]


class SecondReader:
    """Reads texts by weights, with a brand's own changes to them. Build it once in each process."""

    def __init__(self, weights: Weights, changes: Weights | None = None, subjects: Subjects | None = None) -> None:
        changed = weights if changes is None else weights.changed_by(changes)
        self._bias = changed.bias
        self._shipped = None if changes is None else weights
        self._subjects = subjects
        self._weights = {name: _weigh(name, *pair) for name, pair in changed.features.items()}
        self._pairs: dict[str, dict[str, _Weight]] = {}  # of words: first word -> second word -> weight
        for name, weight in self._weights.items():
            first, _, second = name.partition(" ")
            if second and first[0] != "=":
                self._pairs.setdefault(first, {})[second] = weight

    def read(self, tokens: Sequence[str], cues: Collection[str], compound: float, lowest: float) -> Reading:
        """Return how a tokenized text reads. lowest: the score of its lowest sentence. Linear in the text."""
        own = own_features(cues, compound, lowest, len(tokens))
        known = self._find(fold_words(tokens), own)
        praise = self._bias[0] + sum([weight[0] for weight in known.values()])
        complaint = self._bias[1] + sum([weight[1] for weight in known.values()])
        strong = sorted([(weight[2], name) for name, weight in known.items() if weight[2]])
        is_complaint = probability(complaint) >= COMPLAINS
        return Reading(
            *chances(praise, complaint),
            kind_words=tuple(name for leaning, name in strong[: -WORDS - 1 : -1] if leaning > 0),
            harsh_words=tuple(name for leaning, name in strong[:WORDS] if leaning < 0),
            shipped=self._read_shipped(tokens, own),
            subject=self._find_subject(tokens, own, cues) if is_complaint else None,
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

    def _read_shipped(self, tokens: Sequence[str], own: Sequence[str]) -> tuple[float, float, float] | None:
        """Return the chances by the shipped weights, where a brand has its own."""
        if self._shipped is None:
            return None
        return chances(*totals(self._shipped, (*word_features(tokens), *own)))

    def _find_subject(self, tokens: Sequence[str], own: Sequence[str], cues: Iterable[str]) -> str | None:
        """Return what a complaint is about, where no cue names it and it is sure."""
        if self._subjects is None or any(cue.startswith(ABOUT) for cue in cues):
            return None
        return self._subjects.name((*word_features(tokens), *own))


def _weigh(name: str, praise: float, complaint: float) -> _Weight:
    """Return a feature's weights, and how far it speaks for praise; 0 where it is not named."""
    leaning = praise - complaint
    return (praise, complaint, leaning if abs(leaning) >= CLEAR and name[0].isalpha() else 0.0)


def totals(weights: Weights, names: Iterable[str]) -> Pair:
    """Return the sums of the weights of features: of praise and of a complaint."""
    known = [weights.features[name] for name in names if name in weights.features]
    return weights.bias[0] + sum([pair[0] for pair in known]), weights.bias[1] + sum([pair[1] for pair in known])


def chances(praise: float, complaint: float) -> tuple[float, float, float]:
    """Return the chances of praise and of a complaint, and their balance, of sums of weights."""
    return probability(praise), probability(complaint), probability((praise - complaint) / 2)


def probability(total: float) -> float:
    """Return the probability of a sum of weights (the logistic function), with DIGITS digits."""
    return round(1 / (1 + math.exp(-max(-LIMIT, min(LIMIT, total)))), DIGITS)
