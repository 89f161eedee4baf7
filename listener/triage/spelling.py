"""Words that are nearly the same: by their root, with one letter wrong, or by their parts of three letters. Pure."""

from collections import Counter
from collections.abc import Iterable

from listener.intake.phrases import stem

LONG = 5  # letters from which a word may have one wrong, or be like another
BEGIN = 4  # letters that like words begin with
LIKENESS = 0.55  # the share of parts that like words have in common


def root(word: str) -> str:
    """Return a word without its endings, the past's too: "expired" and "expires" are "expir"."""
    if word.endswith("ies") and len(word) > LONG:
        word = word[:-3] + "y"
    if word.endswith("ed") and len(word) > LONG - 1 and word.isalpha():
        word = word[:-2]
        return word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
    return stem(word)


class Similar:
    """The long words of a list, to be found by words that are nearly the same."""

    def __init__(self, words: Iterable[str]) -> None:
        self._typos: dict[str, set[str]] = {}
        self._parts: dict[str, set[str]] = {}
        self._sizes: dict[str, int] = {}
        for word in sorted(set(words)):
            if len(word) >= LONG and word.isalpha():
                self._add(word)

    def _add(self, word: str) -> None:
        for shorter in _leave_out(word):
            self._typos.setdefault(shorter, set()).add(word)
        parts = _parts(word)
        self._sizes[word] = len(parts)
        for part in parts:
            self._parts.setdefault(part, set()).add(word)

    def find_typed(self, word: str) -> set[str]:
        """Return the words that differ by a letter wrong, missing or too many, or by two that changed places."""
        if len(word) < LONG or not word.isalpha():
            return set()
        near = set[str]().union(*(self._typos.get(shorter, ()) for shorter in _leave_out(word)))
        return {other for other in near if other[0] == word[0] and is_one_edit(word, other)}

    def find_like(self, word: str) -> set[str]:
        """Return the words that begin alike and have most of their parts in common (Dice)."""
        if len(word) < LONG or not word.isalpha():
            return set()
        parts = _parts(word)
        common = Counter(other for part in parts for other in self._parts.get(part, ()))
        return {
            other for other, shared in common.items()
            if other[:BEGIN] == word[:BEGIN] and 2 * shared >= LIKENESS * (len(parts) + self._sizes[other])
        }  # fmt: skip


def _leave_out(word: str) -> set[str]:
    """Return a word, and it without each of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _parts(word: str) -> set[str]:
    marked = f"^{word}$"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


def is_one_edit(word: str, other: str) -> bool:
    """True if one letter is wrong, missing or too many, or two neighbours changed places."""
    at = next((at for at, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return abs(len(word) - len(other)) <= 1
    rest, others = word[at:], other[at:]
    changed_places = rest[1::-1] == others[:2] and rest[2:] == others[2:]
    return changed_places or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]
