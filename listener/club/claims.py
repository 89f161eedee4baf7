"""Whether two claims of an offer are in nearly the same words, as one person with several accounts has them. Pure."""

import re
from collections.abc import Iterable

from listener.letters import likeness, list_words

_IGNORED = re.compile(r"(?:https?://|www\.)\S+|(?<![\w@])@[\w.@-]+|\d+")  # links, handles and numbers
_COMMON = frozenset((  # what people write around a claim phrase: nobody's own words
    "a", "an", "and", "anyone", "are", "be", "can", "claim", "code", "coupon", "could", "do", "for", "from",
    "get", "give", "good", "got", "had", "has", "have", "hello", "help", "hey", "hi", "i", "id", "im", "in", "is",
    "it", "like", "love", "may", "me", "my", "need", "now", "of", "offer", "on", "our", "please", "pls", "promo",
    "really", "send", "so", "some", "team", "thank", "thanks", "that", "the", "them", "there", "this", "to",
    "too", "u", "us", "very", "voucher", "want", "wanted", "was", "we", "will", "with", "would", "you", "your",
    "yours",
))  # fmt: skip
READ = 1_000  # characters of a claim that are looked at
MIN_WORDS = 4  # of one's own: with fewer, strangers write alike
NEARLY = 0.7  # likeness from which on two texts are the same but for their spelling


def is_alike(text: str, other: str, phrases: Iterable[str]) -> bool:
    """Return whether the own words of two claims differ by no more than case, punctuation, courtesy and spelling.

    phrases: by which the offer is claimed.
    """
    common = _COMMON.union(*map(list_words, phrases))
    first, second = _list_own_words(text, common), _list_own_words(other, common)
    return min(len(first), len(second)) >= MIN_WORDS and likeness(first, second) >= NEARLY


def _list_own_words(text: str, common: frozenset[str]) -> list[str]:
    return [word for word in list_words(_IGNORED.sub(" ", text[:READ])) if word not in common]
