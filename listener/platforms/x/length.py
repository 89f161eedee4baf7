"""X's weighted length (twitter-text configuration v3; docs.x.com/fundamentals/counting-characters).

After NFC each link counts 23, each emoji sequence 2, a character 1 inside four ranges and 2 outside them.
"""

import unicodedata

from listener.platforms.x.emoji import sequence
from listener.platforms.x.links import links

LIMIT = 280
"""Weighted characters of a post by an account without Premium."""

_LINK = 23
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_ENOUGH = 25_000  # characters counted one by one; no account may post more, and the work stays bounded


def weighted(text: str) -> int:
    """The length of a text as X counts it. Time grows with the text's length alone, up to a bound."""
    counted, rest = unicodedata.normalize("NFC", text[:_ENOUGH]), len(text) - _ENOUGH
    total = at = 0
    for link in links(counted):
        total += _plain(counted, at, link.start) + _LINK
        at = link.end
    return total + _plain(counted, at, len(counted)) + 2 * max(rest, 0)


def _plain(text: str, start: int, end: int) -> int:
    total = 0
    while start < end:
        after = sequence(text, start)
        total += 2 if after > start else _weight(text[start])
        start = max(after, start + 1)
    return total


def _weight(char: str) -> int:
    code = ord(char)
    return 1 if any(low <= code <= high for low, high in _LIGHT) else 2
