"""How near two texts are, as a platform that hunts for copies would see it: by their pairs of words."""

import re
from functools import lru_cache
from itertools import pairwise

_OUT = re.compile(r"(?:https?://|www\.)\S+|(?<![\w@])@[\w.@-]+|\d+")  # links, handles and numbers make no text another
_WORD = re.compile(r"[^\W\d_]+")
WORDS = 200  # words of a text that are compared


@lru_cache(maxsize=2_048)
def _pairs(text: str) -> frozenset[tuple[str, str]]:
    words = ["", *_WORD.findall(_OUT.sub(" ", text.lower()))[:WORDS], ""]
    return frozenset(pairwise(words))


def similarity_of(one: str, other: str) -> float:
    """From 0, not a pair of words in common, to 1, the same words in the same order (Dice's coefficient)."""
    mine, its = _pairs(one), _pairs(other)
    return 2 * len(mine & its) / (len(mine) + len(its))


def is_similar(one: str, other: str, least: float) -> bool:
    """True when the likeness is at least `least`; texts of very different length are told apart at once."""
    mine, its = len(_pairs(one)), len(_pairs(other))
    return 2 * min(mine, its) >= least * (mine + its) and similarity_of(one, other) >= least
