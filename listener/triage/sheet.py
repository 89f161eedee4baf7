"""The fact sheet in a text: claims with the manner they are made in, and questions, both by loose phrases.

A claim's words must stand in one sentence in this order, at most GAP others between two of them; small words (you, the,
to …) do not count, and any negation ("don't", "no longer", "never") stands for any other.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from listener.intake.cues import Read
from listener.intake.phrases import ENDS, Vocabulary, words
from listener.model import Claim
from listener.policy import Fact

GAP = 3
NOT = "\x00not"  # stands for any negation, in phrases and in texts
Manner = Literal["stated", "asked", "denied", "hedged"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEGATIONS = _set(
    "not no never cannot cant dont doesnt didnt wont wouldnt couldnt isnt arent wasnt werent aint nor neither without"
    " refuse refuses stopped quit"
)
_SMALL = _set(
    "a an the you your you're u ur i i'm im my me we our us they their them it its it's is are was were be been to for"
    " of in on at do does did can could will would have has any there this that just even really ever guys and so with"
    " longer anymore from by or as"
)


class _Phrase(NamedTuple):
    """A phrasing of a fact: the words that count, and the one it is looked up by."""

    fact: str
    atoms: tuple[str, ...]
    key: str


def _atoms(phrase: str) -> tuple[str, ...]:
    counted = [NOT if word in _NEGATIONS else word for word in words(phrase)]
    return tuple(word for word in counted if word not in _SMALL) or tuple(counted)


def _phrases(pairs: Iterable[tuple[str, str]]) -> list[_Phrase]:
    found = [(fact, _atoms(phrase)) for fact, phrase in pairs]
    return [
        _Phrase(fact, atoms, max((a for a in atoms if a != NOT), key=len, default=NOT))
        for fact, atoms in found
        if atoms
    ]


class Sheet:
    """Finds the fact sheet's claims and questions. Built once from the facts of a policy."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        claims = _phrases((fact.id, phrase) for fact in facts for phrase in fact.claims)
        questions = _phrases((fact.id, phrase) for fact in facts for phrase in fact.questions)
        self._known = Vocabulary(atom for phrase in (*claims, *questions) for atom in phrase.atoms)
        self._keys = Vocabulary(phrase.key for phrase in (*claims, *questions))
        self._claims = _by_key(claims)
        self._questions = _by_key(questions)

    def read(self, read: Read) -> tuple[tuple[Claim, ...], dict[str, tuple[str, ...]]]:
        """Return the claims met, each with its manner, and fact -> the words of its question."""
        if not any(map(self._keys.__getitem__, read.words)):
            return (), {}
        known = self._known
        named = [(NOT,) if word in _NEGATIONS else known[word] for word in read.words]
        spans = _sentences(read.words)
        claims = [claim for span in spans for claim in self._stated(read, named, span)]
        topics: dict[str, tuple[str, ...]] = {}
        for start, end in spans:
            for phrase in self._open(self._questions, named, start, end):
                hit = _anywhere(phrase.atoms, named, start, end)
                if len(hit) > len(topics.get(phrase.fact, ())):
                    topics[phrase.fact] = tuple(read.words[at] for at in sorted(hit))
        return tuple(dict.fromkeys(claims)), topics

    @staticmethod
    def _open(table: dict[str, list[_Phrase]], named: list[tuple[str, ...]], start: int, end: int) -> list[_Phrase]:
        keys = {atom for at in range(start, end) for atom in named[at] if atom in table}
        return [phrase for key in sorted(keys) for phrase in table[key]]

    def _stated(self, read: Read, named: list[tuple[str, ...]], span: tuple[int, int]) -> Iterable[Claim]:
        for phrase in self._open(self._claims, named, *span):
            at = _ordered(phrase.atoms, named, *span)
            if at is not None:
                told = " ".join(read.words[at[0] : at[-1] + 1])
                yield Claim(phrase.fact, told, _manner(read, named, span, phrase, at))


def _by_key(phrases: Iterable[_Phrase]) -> dict[str, list[_Phrase]]:
    table: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        table.setdefault(phrase.key, []).append(phrase)
    return table


def _sentences(text: Sequence[str]) -> list[tuple[int, int]]:
    """Where sentences begin and end (past their closing mark)."""
    spans, start = [], 0
    for at, word in enumerate(text):
        if word[0] in ENDS:
            spans.append((start, at + 1))
            start = at + 1
    return [*spans, (start, len(text))] if start < len(text) else spans


def _ordered(atoms: tuple[str, ...], named: list[tuple[str, ...]], start: int, end: int) -> list[int] | None:
    """Where the words of a phrase stand, in order and close to one another; None when they do not."""
    for first in range(start, end):
        if atoms[0] not in named[first]:
            continue
        at = [first]
        for atom in atoms[1:]:
            near = range(at[-1] + 1, min(at[-1] + 2 + GAP, end))
            following = next((here for here in near if atom in named[here]), None)
            if following is None:
                break
            at.append(following)
        if len(at) == len(atoms):
            return at
    return None


def _anywhere(atoms: tuple[str, ...], named: list[tuple[str, ...]], start: int, end: int) -> set[int]:
    """Where the words of a question stand, in any order; empty when one is missing."""
    hit = [next((at for at in range(start, end) if atom in named[at]), -1) for atom in atoms]
    return set() if -1 in hit else set(hit)


def _manner(read: Read, named: list[tuple[str, ...]], span: tuple[int, int], phrase: _Phrase, at: list[int]) -> Manner:
    """How a claim is made: by the cues of its sentence, and for a denial also of the next one."""
    start, end = span
    here = {hit.cue for hit in read.found if start <= hit.start < end}
    later = {hit.cue for hit in read.found if end <= hit.start < end + 12}
    negated = any(NOT in named[i] for i in range(max(start, at[0] - 3), at[-1]) if i not in at)
    if "claim_denied" in here or "claim_denied" in later or negated:
        return "denied"
    if read.words[end - 1][0] == "?" or "claim_asked" in here:
        return "asked"
    return "hedged" if "claim_hedged" in here else "stated"
