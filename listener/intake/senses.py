"""What a phrase means by what stands around it: "cannot reach" is a need before "you", not before "the airport". Pure.

A phrase of the lists may carry conditions, each about the words before or behind it: who acts, and on what. They are
data: `cannot reach : then <contact> or nothing`. A phrase whose conditions do not hold was not there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from listener.intake.phrases import ENDS, JOINTS, CueMatch, Vocabulary, find_breaks

MEANT = " : "  # between a phrase and its conditions
ALSO = "; "  # between two conditions, which must both hold
OR = " or "  # between the words of a condition, of which one is enough
DENIED = "not "  # before a condition that must not hold
NOTHING = "nothing"  # the word for the edge of a clause
BEHIND = 3  # words of the clause in which an object stands
AHEAD = 4  # words of the clause before a phrase that are looked at
# between who acts and what is done: "I have just cancelled"
_HELPERS = frozenset(
    ("have", "has", "had", "just", "already", "never", "also", "even", "then", "still", "now", "again", "always",
     "only", "so", "to", "did", "do", "not", "both", "all", "please")
)  # fmt: skip
_EDGE = (NOTHING,)


class Condition(NamedTuple):
    """A condition of a phrase. side: where its words are looked for; atoms: words and classes; is_denied: not there."""

    side: str
    atoms: frozenset[str]
    is_denied: bool


class _Text(NamedTuple):
    """A text in words. breaks: where a clause begins."""

    words: Sequence[str]
    breaks: frozenset[int]


class Senses:
    """The phrases of a policy's cues that carry conditions. phrases: those of all cues, as the matcher finds them."""

    def __init__(self, cues: Mapping[str, Sequence[str]]) -> None:
        self.phrases: dict[str, list[str]] = {}
        self._meant: dict[str, tuple[str, tuple[Condition, ...]]] = {}
        for cue, listed in cues.items():
            for phrase in listed:
                words, _, conditions = phrase.partition(MEANT)
                name = f"{cue}{MEANT}{conditions}" if conditions else cue
                self.phrases.setdefault(name, []).append(words)
                if conditions:
                    self._meant[name] = cue, tuple(map(parse_condition, conditions.split(ALSO)))
        atoms = {atom for _, meant in self._meant.values() for condition in meant for atom in condition.atoms}
        self._known = Vocabulary(atoms, cues.get("classes", ()))

    def keep(self, matches: list[CueMatch], words: Sequence[str], text: str) -> list[CueMatch]:
        """Return the matches that mean what their cue says, under its name."""
        if not any(MEANT in hit.cue for hit in matches):
            return matches
        read = _Text(words, find_breaks(text, words))
        return [hit._replace(cue=cue) for hit in matches if (cue := self._name(hit, read)) is not None]

    def _name(self, hit: CueMatch, text: _Text) -> str | None:
        cue, conditions = self._meant.get(hit.cue, (hit.cue, ()))
        return cue if all(self._holds(condition, hit, text) for condition in conditions) else None

    def _holds(self, condition: Condition, hit: CueMatch, text: _Text) -> bool:
        around = SIDES[condition.side](text, hit)
        is_there = any(not condition.atoms.isdisjoint((word, *self._known[word])) for word in around)
        return is_there is not condition.is_denied


def parse_condition(condition: str) -> Condition:
    """Return `not after <device> or car` as a condition."""
    side, _, atoms = condition.removeprefix(DENIED).partition(" ")
    return Condition(side, frozenset(atoms.split(OR)), condition.startswith(DENIED))


def _look_behind(text: _Text, hit: CueMatch) -> Sequence[str]:
    """Return the next words of the clause."""
    end = hit.end
    while end < min(len(text.words), hit.end + BEHIND) and end not in text.breaks:
        end += 1
    return text.words[hit.end : end] or _EDGE


def _look_ahead(text: _Text, hit: CueMatch) -> Sequence[str]:
    """Return the words of the clause before the phrase."""
    start = hit.start
    while start > max(0, hit.start - AHEAD) and not _is_edge(text, start):
        start -= 1
    return _leave_out_reproach(text.words[start : hit.start]) or _EDGE


def _leave_out_reproach(words: Sequence[str]) -> Sequence[str]:
    """Return the words without the "how can" of "how can you charge me twice": it happened."""
    for at, (first, second, third) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if first == "how" and second in ("can", "could") and third in ("you", "u", "they"):
            return [*words[:at], *words[at + 2 :]]
    return words


def _find_doer(text: _Text, hit: CueMatch) -> Sequence[str]:
    """Return the word that says who acts, over helping words."""
    at = hit.start
    while not _is_edge(text, at) and (at == hit.start or text.words[at] in _HELPERS):
        at -= 1
    word = text.words[at]
    return _EDGE if at == hit.start or word in _HELPERS or word in JOINTS else (word,)


def _is_edge(text: _Text, at: int) -> bool:
    """True where a clause begins."""
    return at == 0 or at in text.breaks or text.words[at - 1][0] in ENDS


def _look_around(text: _Text, hit: CueMatch) -> Sequence[str]:
    """Return all words of the sentence."""
    start, end = hit.start, hit.end
    while start > 0 and text.words[start - 1][0] not in ENDS:
        start -= 1
    while end < len(text.words) and text.words[end][0] not in ENDS:
        end += 1
    return text.words[start:end]


SIDES: Mapping[str, Callable[[_Text, CueMatch], Sequence[str]]] = {
    "then": _look_behind, "after": _look_ahead, "by": _find_doer, "with": _look_around,
}  # fmt: skip
