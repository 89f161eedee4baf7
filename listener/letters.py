"""How alike two texts are in their letters, whatever their case, punctuation and spelling. Pure."""

import re

_WORD = re.compile(r"[^\W_]+")
RUN = 3  # letters in a row that are compared
MOST = 400  # letters of a text that are compared


def list_words(text: str) -> list[str]:
    """List the words and numbers of a text, in any case."""
    return _WORD.findall(text.casefold())


def likeness(first: list[str], second: list[str]) -> float:
    """Return 0 without three letters in a row in common to 1 for the same ones (Dice's coefficient)."""
    left, right = _cut(first), _cut(second)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _cut(words: list[str]) -> frozenset[str]:
    letters = "".join(words)[:MOST]
    return frozenset(letters[at : at + RUN] for at in range(len(letters) - RUN + 1))
