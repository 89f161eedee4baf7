"""How similar two texts are, as a platform that hunts for copies would see it: by their pairs of words."""

import re
from functools import lru_cache
from itertools import pairwise

_IGNORED = re.compile(r"(?:https?://|www\.)\S+|(?<![\w@])@[\w.@-]+|\d+")  # links, handles and numbers
_WORD = re.compile(r"[^\W\d_]+")
WORDS = 200  # words of a text that are compared


@lru_cache(maxsize=2_048)
def _pairs(text: str) -> frozenset[tuple[str, str]]:
    words = ["", *_WORD.findall(_IGNORED.sub(" ", text.lower()))[:WORDS], ""]
    return frozenset(pairwise(words))


def similarity_of(text: str, other: str) -> float:
    """Return 0 without a pair of words in common to 1 for the same words in the same order (Dice's coefficient)."""
    left, right = _pairs(text), _pairs(other)
    return 2 * len(left & right) / (len(left) + len(right))


def is_similar(text: str, other: str, threshold: float) -> bool:
    """Return True when the similarity is at least the threshold; texts of very different length are not compared."""
    left, right = len(_pairs(text)), len(_pairs(other))
    return 2 * min(left, right) >= threshold * (left + right) and similarity_of(text, other) >= threshold
