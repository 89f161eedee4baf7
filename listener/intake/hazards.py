"""Danger by class: a word of one class and a word of another close together in a sentence, such as harm and a body.

The classes are cues of their own (lexicon/guards.toml). None of their words is danger by itself. Pure.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from listener.intake.phrases import ENDS, CueMatch

PAIRS = (
    ("harm", "victim"),
    ("reaction", "taken"),
    ("foreign", "in_food"),
    ("vermin", "taken"),
    ("spoiled", "taken"),
    ("fails", "carries"),
    ("gives_way", "person_on_it"),
    ("overheats", "heats"),
)
CLASSES = frozenset(name for pair in PAIRS for name in pair)
REACH = 9  # words that may stand between the two


def find_hazards(words: Sequence[str], matches: Sequence[CueMatch]) -> Iterable[str]:
    """Return the words of each pair that stands in one sentence, such as "cut … my mouth"."""
    places: dict[str, list[CueMatch]] = {}
    for match in [match for match in matches if match.cue in CLASSES]:
        places.setdefault(match.cue, []).append(match)
    if len(places) < 2:
        return
    for first, second in PAIRS:
        for pair in product(places.get(first, ()), places.get(second, ())):
            before, after = sorted(pair, key=_start)
            if _is_near(before, after, words):
                yield " … ".join(" ".join(words[match.start : match.end]) for match in (before, after))


def _start(match: CueMatch) -> int:
    return match.start


def _is_near(before: CueMatch, after: CueMatch, words: Sequence[str]) -> bool:
    """True if nothing but a few words of the same sentence stand between two matches, which share no word."""
    between = words[before.end : after.start]
    return before.end <= after.start and len(between) <= REACH and not any(word[0] in ENDS for word in between)
