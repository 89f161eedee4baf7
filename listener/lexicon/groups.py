"""Phrases with groups: `(very) good` may go without "very", `i('m| am) late` begins with one of the two.

A phrase with groups stands for all its variants, as if each were written in full: whoever matches phrases knows no
groups. A group may be a part of a word or have several words, and an empty entry stands for nothing; none stands inside
another.
"""

import re
from collections.abc import Sequence
from math import prod

LIMIT = 400  # variants of a phrase
_GROUP = re.compile(r"\(([^()]*)\)")
_MARKS = re.compile(r"[()|]")


def expand(phrase: str) -> tuple[str, ...]:
    """Return the variants of a phrase in which `find_fault` sees nothing wrong; itself where it has no group."""
    if "(" not in phrase:
        return (phrase,)
    variants, is_loose = [""], False
    for entries in _choices(phrase):  # a loop, since each command's start waits for it
        variants = [variant + entry for variant in variants for entry in entries]
        is_loose |= "" in entries
    return tuple(dict.fromkeys(" ".join(variant.split()) for variant in variants) if is_loose else variants)


def find_fault(phrase: str) -> str | None:
    """Return what is wrong with the groups of a phrase; None if nothing is."""
    if marks := _MARKS.findall(_GROUP.sub("", phrase)):
        return _FAULTS[marks[0]]
    count = prod(map(len, _choices(phrase)))
    return f"it has {count} variants, more than {LIMIT}" if count > LIMIT else None


_FAULTS = {
    "(": "a group that opens with `(` has no end, or another group inside",
    ")": "a `)` ends no group, or a group has another inside",
    "|": "a `|` stands outside of a group",
}


def _choices(phrase: str) -> list[Sequence[str]]:
    """Return for each part of a phrase what may stand there: the entries of a group, of which a single is optional."""
    parts = _GROUP.split(phrase)  # every second is the inside of a group
    return [
        (part,) if place % 2 == 0 else part.split("|") if "|" in part else (part, "")
        for place, part in enumerate(parts)
        if part
    ]
