"""Hashtags as the words they are made of: "#iPhoneFail" is "iPhone Fail". Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

MOST = 20  # pieces of a hashtag that are read
MEMO = 5_000  # hashtags remembered before the memory is emptied
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_SMALL = frozenset(
    ("a", "i", "to", "my", "so", "no", "of", "in", "at", "on", "me", "us", "we", "is", "it", "do", "be", "go", "up")
)
# behind an "i", these make a name, whoever writes it and however: "iphone", "IPhone"
_DEVICES = frozenset(
    ("phone", "phones", "pad", "pads", "pod", "pods", "mac", "macs", "os", "tunes", "cloud", "message", "messages",
     "book", "books", "photo", "movie", "watch", "store", "max")
)  # fmt: skip


class HashtagSplitter:
    """Splits hashtags at capitals and into known words; it remembers what it has split."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(word for word in known if word.isalpha() and (len(word) > 2 or word in _SMALL))
        self._tags: dict[str, str] = {}

    def split(self, tag: str) -> str:
        """Return the words of a hashtag, without its #."""
        if (split := self._tags.get(tag)) is None:
            if len(self._tags) > MEMO:
                self._tags.clear()
            words = [word for piece in _CAMEL.findall(tag)[:MOST] for word in self._list_words(piece)]
            split = self._tags[tag] = " ".join(_join_names(words)) or tag
        return split

    def _list_words(self, piece: str) -> list[str]:
        if not 5 < len(piece) <= 40 or piece.lower() in self._known:
            return [piece]
        return _split_known_words(piece.lower(), self._known) or self._split_end(piece.lower())

    def _split_end(self, word: str) -> list[str]:
        """Split a hashtag that cannot be read whole but ends, or begins, with a known word."""
        for size in range(min(len(word) - 3, 12), 3, -1):
            if word[-size:] in self._known:
                return [word[:-size], word[-size:]]
            if word[:size] in self._known:
                return [word[:size], word[size:]]
        return [word]


def _join_names(words: Sequence[str]) -> Iterator[str]:
    """Yield the words, with an "i" or "e" that begins a name joined to it: alone, an "i" is the author."""
    at = 0
    while at < len(words):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        is_name = bool(after) and _begins_name(word, after)
        if not (word in ("i", "I") and after.isdigit()):  # a model's number tells as much without it
            yield word + after if is_name else word
        at += 1 + is_name


def _begins_name(word: str, after: str) -> bool:
    """True for "i Phone", "I Phone" and "e Bay"; not for "i Love" and "I Regret"."""
    return (word in ("i", "I") and after.lower() in _DEVICES) or (word == "e" and after[0].isupper())


def _split_known_words(word: str, known: frozenset[str]) -> list[str] | None:
    """Return the fewest known words that make up a hashtag, with at most one unknown of four letters or more."""
    best: list[tuple[int, list[str]] | None] = [(0, []), *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(end):
            before, piece = best[start], word[start:end]
            if before is None or not (piece in known or piece in _SMALL or len(piece) > 3):
                continue
            cost = before[0] + (2 if piece in known or piece in _SMALL else 20)
            present = best[end]
            if present is None or cost < present[0]:
                best[end] = (cost, [*before[1], piece])
    whole = best[-1]
    if whole is None or sum(piece not in known and piece not in _SMALL for piece in whole[1]) > 1:
        return None
    return whole[1] if any(len(piece) > 3 and piece in known for piece in whole[1]) else None
