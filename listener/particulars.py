"""What wordings take from a mention: the nouns that they name, and what they need not ask for. Pure.

A noun is one of the lists of topics, never the author's own word. Where the author has given the order number, texts
that ask for it come last.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from listener.model import CandidateText

Texts = tuple[CandidateText, ...]  # of one variant: full, and short
Cues = Mapping[str, tuple[str, ...]]
PRINTED = frozenset(("topic", "asked", "matter", "event", "praised"))  # variables that the cue of that name fills
# variable -> cues beside which a text with it comes last: the mention has what it asks for, or it does not fit
GIVEN: Mapping[str, frozenset[str]] = {
    "reference": frozenset(("reference", "given_reference", "not_ordered")),  # nor has one who could not order
    "hours": frozenset(("pressing",)),  # whose matter is now is not told when we answer
    "picture": frozenset(("given_picture",)),
}
# cues of who speaks of an order: of anybody else its number is not asked for
ORDERED = frozenset(("ordered", "about_delivery", "about_refund", "about_damage", "need_billing"))
_MARK = "\ufffc"  # around the name of a noun's variable, in a text that is rendered once for all mentions
PLACEHOLDERS = {name: f"{_MARK}{name}{_MARK}" for name in PRINTED}
_VARIABLE = re.compile(r"{{\s*(\w+)")
_KEPT = 500  # sets of nouns whose texts are remembered


@lru_cache(maxsize=2048)
def find_used(source: str) -> frozenset[str]:
    """Return the variables above that a template uses."""
    return frozenset(_VARIABLE.findall(source)) & (PRINTED | GIVEN.keys())


def find_given(cues: Collection[str], attachments: Collection[str]) -> frozenset[str]:
    """Return the variables that need not be asked for."""
    given = {name for name, shown in GIVEN.items() if not shown.isdisjoint(cues)}
    if attachments:
        given.add("picture")
    if ORDERED.isdisjoint(cues):
        given.add("reference")
    return frozenset(given)


@dataclass(frozen=True, slots=True)
class Part:
    """Rendered variants that print the same nouns. asks: what they ask for that may be given; empty where mixed."""

    nouns: tuple[str, ...]
    asks: frozenset[str]
    texts: tuple[Texts, ...]
    _printed: dict[tuple[str, ...], tuple[Texts, ...]] = field(default_factory=dict, compare=False)

    def print_nouns(self, cues: Cues) -> tuple[Texts, ...]:
        """Return the texts with the nouns of a mention, none if it lacks one; the same nouns come again and again."""
        if not cues.keys() >= {*self.nouns}:
            return ()
        nouns = tuple([cues[name][0] for name in self.nouns])
        if nouns not in self._printed:
            if len(self._printed) > _KEPT:
                self._printed.clear()
            self._printed[nouns] = tuple(tuple(self._fill(form, nouns) for form in texts) for texts in self.texts)
        return self._printed[nouns]

    def _fill(self, form: CandidateText, nouns: Sequence[str]) -> CandidateText:
        text = form.text
        for name, noun in zip(self.nouns, nouns, strict=True):
            text = text.replace(PLACEHOLDERS[name], noun)
        return replace(form, text=text)


@dataclass(frozen=True, slots=True)
class Wordings:
    """Rendered variants with the same `when`. parts: by their nouns; by_asks: by what they ask for, too."""

    when: frozenset[str]
    parts: tuple[Part, ...]
    by_asks: tuple[Part, ...]

    @property
    def texts(self) -> tuple[Texts, ...]:
        """The texts of all variants, with placeholders for nouns."""
        return tuple(texts for part in self.parts for texts in part.texts)


def sort_variants(when: frozenset[str], variants: Iterable[tuple[Texts, frozenset[str]]]) -> Wordings:
    """Return rendered variants in their parts. variants: the texts of each, and the variables above in it."""
    parts: dict[tuple[str, ...], list[Texts]] = {}
    by_asks: dict[tuple[tuple[str, ...], frozenset[str]], list[Texts]] = {}
    for texts, used in variants:
        nouns = tuple(sorted(used & PRINTED))
        parts.setdefault(nouns, []).append(texts)
        by_asks.setdefault((nouns, used - PRINTED), []).append(texts)
    return Wordings(
        when,
        tuple(Part(nouns, frozenset(), tuple(group)) for nouns, group in parts.items()),
        tuple(Part(*key, tuple(group)) for key, group in by_asks.items()),
    )
