"""The fact sheet in a text: claims with the manner they are made in, and questions, both by loose phrases.

A claim's words must stand in one sentence in this order, at most GAP others between two of them; small words (you, the,
to …) do not count, any negation ("don't", "no longer", "never") stands for any other, and a word of four letters or
more stands for its plain endings too (ship: ships, shipping), but not beside a negation alone ("no returns" is no "no
return call"). What a negation negates must follow it closely.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from listener.intake.cues import CueScan
from listener.intake.phrases import ENDS, Vocabulary, clauses, words
from listener.model import Claim
from listener.policy import Fact
from listener.triage.stance import (
    NEGATIONS,
    NOT,
    SPEAKERS,
    ClaimContext,
    PhraseMatch,
    TokenRange,
    cancels_negation,
    manner,
    negations_before,
    small,
    word_set,
)

GAP = 3
CLAIMS = 20  # claims of one text that are read; who makes more is hostile
BRIEF = 2  # words and mark of a sentence that only underlines a denial: "Wrong."
# what follows such a word is meant to be left out of what came before it: "don't ship anywhere except Canada"
_WALLS = word_set("but except besides outside beyond unless until")
# between a negation and its word only small words may stand, and these: "don't even offer free shipping"
_LIGHT = word_set(
    "even currently offer offers offering provide provides give gives allow allows let lets want plan seem seems appear"
    " yet actually ever simply all always still"
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrasing of a fact: the words that count, and the one it is looked up by."""

    fact: str
    atoms: tuple[str, ...]
    key: str


def _atoms(phrase: str) -> tuple[str, ...]:
    counted = [NOT if word in NEGATIONS else word for word in words(phrase)]
    return tuple(word for word in counted if not small(word)) or tuple(counted)


def _phrases(pairs: Iterable[tuple[str, str]]) -> list[_Phrase]:
    found = [(fact, _atoms(phrase)) for fact, phrase in pairs]
    return [
        _Phrase(fact, atoms, max((a for a in atoms if a != NOT), key=len, default=NOT))
        for fact, atoms in found
        if atoms
    ]


def stem(word: str) -> str:
    """A word without its plain endings (-s, -es, -ing, a silent -e); short words stay whole.

    -ed is no plain ending: what was is not what is.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ing") and len(word) > 6:
        word = word[:-3]
        word = word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


class _Words(Vocabulary):
    """Which words of the phrases a word of the text is, endings aside."""

    def __init__(self, atoms: Iterable[str]) -> None:
        atoms = set(atoms)
        super().__init__(atoms)
        self._stems: dict[str, list[str]] = {}
        for atom in sorted(atoms):
            self._stems.setdefault(stem(atom), []).append(atom)

    def __missing__(self, token: str) -> tuple[str, ...]:
        found = super().__missing__(token)
        if more := self._stems.get(stem(token)):
            self[token] = found = tuple(dict.fromkeys((*found, *more)))
        return found


class FactSheet:
    """Finds the fact sheet's claims and questions. Built once from the facts of a policy."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        claims = _phrases((fact.id, phrase) for fact in facts for phrase in fact.claims)
        questions = _phrases((fact.id, phrase) for fact in facts for phrase in fact.questions)
        self._known = _Words({atom for phrase in (*claims, *questions) for atom in phrase.atoms} | NEGATIONS)
        self._keys = _Words(phrase.key for phrase in (*claims, *questions))
        self._claims = _by_key(claims)
        self._questions = _by_key(questions)

    def read(self, read: CueScan, text: str) -> tuple[tuple[Claim, ...], dict[str, tuple[str, ...]]]:
        """Return the claims met, each with its manner, and fact -> the words of its question. text: as read.

        What a question or a denial says in the fact sheet's own words ("is there an exit fee?", "not true") is no
        trouble: those hits are taken out of the cues.
        """
        if not any(map(self._keys.__getitem__, read.words)):
            return (), {}
        named = self._named(read.words)
        present = set(chain.from_iterable(named))
        claims, questions = _possible(self._claims, present), _possible(self._questions, present)
        if not claims and not questions:
            return (), {}
        scene = ClaimContext(read, named, *clauses(text), _sentences(read.words))
        every = ((fact, met) for span in scene.spans for fact, met in _met(claims, scene, span))
        made = [(fact, met, manner(scene, met)) for fact, met in islice(every, CLAIMS)]
        denied = {met.span for _, met, how in made if how == "denied"}
        open_ = [span for span in scene.spans if span not in denied]
        hits = _topics(questions, scene, [span for span in open_ if scene.asks(span)] or open_)
        _settle(scene, [met for _, met, _ in made], denied, set().union(*hits.values()))
        told = [Claim(fact, scene.text_at(range(met.at[0], met.at[-1] + 1)), how) for fact, met, how in made]
        topics = {fact: tuple(read.words[at] for at in sorted(hit)) for fact, hit in hits.items()}
        return tuple(dict.fromkeys(told)), topics

    def _named(self, text: Sequence[str]) -> list[tuple[str, ...]]:
        """Of each word the words of the fact sheet it is; NOT for a negation that the next word does not take back."""
        named = [atoms if NEGATIONS.isdisjoint(atoms) else (NOT,) for atoms in map(self._known.__getitem__, text)]
        return [
            () if atoms == (NOT,) and cancels_negation(after) else atoms
            for atoms, after in zip_longest(named, text[1:])
        ]


def _possible(table: Mapping[str, list[_Phrase]], present: set[str]) -> list[_Phrase]:
    """The phrases of which no word is missing from the text."""
    keys = sorted(present.intersection(table))
    return [phrase for key in keys for phrase in table[key] if present.issuperset(phrase.atoms)]


def _topics(questions: Sequence[_Phrase], scene: ClaimContext, spans: Iterable[TokenRange]) -> dict[str, set[int]]:
    topics: dict[str, set[int]] = {}
    for start, end in spans:
        for phrase in questions:
            hit = _anywhere(phrase.atoms, scene.named, start, end)
            if len(hit) > len(topics.get(phrase.fact, ())):
                topics[phrase.fact] = hit
    return topics


def _met(claims: Sequence[_Phrase], scene: ClaimContext, span: TokenRange) -> Iterable[tuple[str, PhraseMatch]]:
    for phrase in claims:
        at = _ordered(phrase.atoms, scene, span)
        if at is not None and (len(at) > 2 or _whole(phrase, scene, at)):
            yield phrase.fact, PhraseMatch(span, phrase.atoms, at)


def _whole(phrase: _Phrase, scene: ClaimContext, at: tuple[int, ...]) -> bool:
    """A word beside a negation alone is meant as it is written; endings are for longer phrases."""
    word = scene.read.words[at[phrase.atoms.index(phrase.key)]]
    return NOT not in phrase.atoms or phrase.key.endswith("*") or word == phrase.key


def _settle(scene: ClaimContext, made: Sequence[PhraseMatch], denied: set[TokenRange], topics: set[int]) -> None:
    """Take out of the cues what is said in the fact sheet's own words, to set an error right, or only to ask."""
    asked = {span for span in scene.spans if scene.asks(span) and any(span[0] <= at < span[1] for at in topics)}
    own = {at for at in topics if any(start <= at < end for start, end in asked)}
    own = own.union(*(range(min({met.at[0], *negations_before(scene, met)}), met.at[-1] + 1) for met in made))
    if denied:
        brief = [range(*span) for span in scene.spans if span[1] - span[0] <= BRIEF]
        own = own.union(scene.inside(("claim_denied", "claim_disputed", "claim_hedged")), *brief)
    for cue in ("problem", "complaint", "threat_to_leave", "sarcasm"):
        scene.drop(cue, own, ())
    politely = {at for at in scene.inside(("request_to_know",)) if any(start <= at < end for start, end in asked)}
    for cue in ("request", "wish"):
        scene.drop(cue, own | politely, denied)
    for cue in ("question", "claim_asked"):
        scene.drop(cue, set(), denied)
    turned = [scene.read.words[span[0]] for span in asked if scene.turned(span)]
    if turned:
        scene.read.cues.setdefault("claim_asked", tuple(turned))


def _by_key(phrases: Iterable[_Phrase]) -> dict[str, list[_Phrase]]:
    table: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        table.setdefault(phrase.key, []).append(phrase)
    return table


def _sentences(text: Sequence[str]) -> list[TokenRange]:
    """Where sentences begin and end (past their closing mark)."""
    spans, start = [], 0
    for at, word in enumerate(text):
        if word[0] in ENDS:
            spans.append((start, at + 1))
            start = at + 1
    return [*spans, (start, len(text))] if start < len(text) else spans


def _ordered(atoms: tuple[str, ...], scene: ClaimContext, span: TokenRange) -> tuple[int, ...] | None:
    """Where the words of a phrase stand, in order and close to one another; None when they do not."""
    for first in range(*span):
        if atoms[0] in scene.named[first]:
            at = [first]
            while len(at) < len(atoms):
                following = _following(atoms[len(at)], scene, at[-1], span[1])
                if following is None:
                    break
                at.append(following)
            else:
                return tuple(at)
    return None


def _following(atom: str, scene: ClaimContext, before: int, end: int) -> int | None:
    """Where the next word of a phrase stands; None when it is too far, or something stands between that parts them."""
    near = range(before + 1, min(before + 2 + GAP, end))
    negated = NOT in scene.named[before]
    for at in near:
        if at in scene.begins and (negated or atom == NOT or scene.read.words[at] in SPEAKERS):
            return None
        if atom in scene.named[at]:
            return at
        word = scene.read.words[at]
        if word in _WALLS or (negated and not small(word) and word not in _LIGHT):
            return None
    return None


def _anywhere(atoms: tuple[str, ...], named: Sequence[tuple[str, ...]], start: int, end: int) -> set[int]:
    """Where the words of a question stand, in any order; empty when one is missing."""
    hit = [next((at for at in range(start, end) if atom in named[at]), -1) for atom in atoms]
    return set() if -1 in hit else set(hit)
