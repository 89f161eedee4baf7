"""Find the fact sheet in a text: claims with their stance, and questions, both by loose phrases.

A claim's words must stand in one sentence in this order, at most GAP others between two of them; small words (you, the,
to …) do not count, any negation ("don't", "no longer", "never") stands for any other, and a word of four letters or
more stands for its plain endings too (ship: ships, shipping), but not beside a negation alone ("no returns" is no "no
return call"). What a negation negates must follow it closely.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from listener.intake.cues import CueScan
from listener.intake.phrases import Vocabulary, find_clauses, parse_phrase, stem
from listener.model import Claim
from listener.policy import Fact
from listener.triage.phrase_places import find_anywhere, find_in_order, split_sentences
from listener.triage.spelling import Similar
from listener.triage.stance import (
    NEGATIONS,
    NOT,
    ClaimContext,
    PhraseMatch,
    TokenRange,
    cancels_negation,
    find_negations,
    find_stance,
    is_small_word,
)

MAX_CLAIMS = 20  # of a text that are read; a text with more is hostile
_PLACE = re.compile(r"\b(?:in|at|near) (?!I\b)([A-Z][a-z]{2,})")  # what a question may ask about a named place
BRIEF = 2  # words and mark of a sentence that only underlines a denial: "Wrong."


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrasing of a fact: the words that count, and the one it is looked up by. is_thing: it says "no" of a thing."""

    fact: str
    atoms: tuple[str, ...]
    key: str
    is_thing: bool


def _parse_phrase(phrase: str) -> tuple[str, ...]:
    counted = [NOT if word in NEGATIONS else word for word in parse_phrase(phrase)]
    return tuple(word for word in counted if not is_small_word(word)) or tuple(counted)


def _parse_phrases(pairs: Iterable[tuple[str, str]]) -> list[_Phrase]:
    parsed = ((fact, _parse_phrase(phrase), phrase.lower().startswith("no ")) for fact, phrase in pairs)
    return [
        _Phrase(fact, atoms, max((atom for atom in atoms if atom != NOT), key=len, default=NOT), is_thing)
        for fact, atoms, is_thing in parsed
        if atoms
    ]


class _SheetVocabulary(Vocabulary):
    """Word of the text -> the words of the phrases that it matches, endings aside, or with a letter wrong.

    english: words that are no misspellings of others; None: nothing is one.
    """

    def __init__(self, atoms: Iterable[str], english: Collection[str] | None) -> None:
        atoms = set(atoms)
        super().__init__(atoms)
        self._english, self._similar = english, Similar(atoms)
        self._stems: dict[str, list[str]] = {}
        for atom in sorted(atoms):
            self._stems.setdefault(stem(atom), []).append(atom)

    def __missing__(self, token: str) -> tuple[str, ...]:
        atoms = super().__missing__(token)
        if more := self._stems.get(stem(token)):
            self[token] = atoms = tuple(dict.fromkeys((*atoms, *more)))
        if not atoms and self.is_misspelled(token):
            self[token] = atoms = tuple(sorted(self._similar.find_typed(token)))
        return atoms

    def is_misspelled(self, token: str) -> bool:
        """True for a word that is none, but is a word of the fact sheet with a letter wrong."""
        if self._english is None or token in self._english or token in self._exact:
            return False
        return bool(self._similar.find_typed(token))


class FactSheet:
    """The claims and questions of a fact sheet. Build it once from the facts of a policy."""

    def __init__(self, facts: Sequence[Fact], english: Collection[str] | None = None) -> None:
        """english: words that are no misspellings; None: a word with a letter wrong is another word."""
        self.facts = tuple(facts)
        claims = _parse_phrases((fact.id, phrase) for fact in facts for phrase in fact.claims)
        questions = _parse_phrases((fact.id, phrase) for fact in facts for phrase in fact.questions)
        atoms = {atom for phrase in (*claims, *questions) for atom in phrase.atoms}
        self._known = _SheetVocabulary(atoms | NEGATIONS, english)
        self._keys = _SheetVocabulary((phrase.key for phrase in (*claims, *questions)), english)
        self._claims = _group_by_key(claims)
        self._questions = _group_by_key(questions)

    def read(self, scan: CueScan, text: str) -> tuple[tuple[Claim, ...], dict[str, tuple[str, ...]]]:
        """Return the claims in a text, each with its stance, and fact -> the words of its question. text: as scanned.

        What a question or a denial expresses in the fact sheet's own words ("is there an exit fee?", "not true") is
        not trouble: those hits are removed from the cues.
        """
        if not any(map(self._keys.__getitem__, scan.words)):
            return (), {}
        named = self._match_words(scan.words)
        present = set(chain.from_iterable(named))
        claims, questions = _select_possible(self._claims, present), _select_possible(self._questions, present)
        if not claims and not questions:
            return (), {}
        context = ClaimContext(scan, named, *find_clauses(text), split_sentences(scan.words))
        matches = (pair for span in context.sentences for pair in _match_claims(claims, context, span))
        stances = [(fact, match, find_stance(context, match)) for fact, match in islice(matches, MAX_CLAIMS)]
        denied = {match.span for _, match, stance in stances if stance == "denied"}
        open_ = [span for span in context.sentences if span not in denied]
        hits = _match_questions(questions, context, [span for span in open_ if context.is_question(span)] or open_)
        for fact in self._find_elsewhere(text, hits):
            del hits[fact]
        _clean_cues(context, [match for _, match, _ in stances], denied, set().union(*hits.values()))
        unique = dict.fromkeys(
            Claim(fact, context.text_at(range(match.places[0], match.places[-1] + 1)), stance)
            for fact, match, stance in stances
        )
        if (unique or hits) and (typed := tuple(filter(self._known.is_misspelled, scan.words))):
            scan.cues["misspelled"] = typed
        return tuple(unique), {fact: tuple(scan.words[at] for at in sorted(hit)) for fact, hit in hits.items()}

    def _find_elsewhere(self, text: str, facts: Iterable[str]) -> list[str]:
        """Return the facts that say nothing of a place which the text asks about: "when do you open in Leeds?"."""
        names = [name.lower() for name in _PLACE.findall(text) if not self._known[name.lower()]]
        if not names:
            return []
        statements = {fact.id: fact.statement.lower() for fact in self.facts}
        return [fact for fact in facts if any(name not in statements[fact] for name in names)]

    def _match_words(self, text: Sequence[str]) -> list[tuple[str, ...]]:
        """Return for each word the words of the fact sheet that it matches.

        A negation is NOT, unless the next word cancels it.
        """
        named = [atoms if NEGATIONS.isdisjoint(atoms) else (NOT,) for atoms in map(self._known.__getitem__, text)]
        return [
            () if atoms == (NOT,) and cancels_negation(after) else atoms
            for atoms, after in zip_longest(named, text[1:])
        ]


def _select_possible(table: Mapping[str, list[_Phrase]], present: set[str]) -> list[_Phrase]:
    """Return the phrases of which no word is missing from the text."""
    keys = sorted(present.intersection(table))
    return [phrase for key in keys for phrase in table[key] if present.issuperset(phrase.atoms)]


def _match_questions(
    questions: Sequence[_Phrase], context: ClaimContext, spans: Iterable[TokenRange]
) -> dict[str, set[int]]:
    topics: dict[str, set[int]] = {}
    for start, end in spans:
        for phrase in questions:
            hit = find_anywhere(phrase.atoms, context.sheet_words, start, end)
            if len(hit) > len(topics.get(phrase.fact, ())):
                topics[phrase.fact] = hit
    return topics


def _match_claims(
    claims: Sequence[_Phrase], context: ClaimContext, span: TokenRange
) -> Iterable[tuple[str, PhraseMatch]]:
    for phrase in claims:
        at = find_in_order(phrase.atoms, context, span)
        if at is not None and (len(at) > 2 or _is_whole_word(phrase, context, at)):
            yield phrase.fact, PhraseMatch(span, phrase.atoms, at)


def _is_whole_word(phrase: _Phrase, context: ClaimContext, at: tuple[int, ...]) -> bool:
    """True unless a word beside a negation alone has another ending, or is a verb: "never returns" is no "no returns".

    Endings are for longer phrases.
    """
    if phrase.is_thing and "never" in [context.scan.words[place] for place in at]:
        return False
    word = context.scan.words[at[phrase.atoms.index(phrase.key)]]
    has_other_ending = word != phrase.key and stem(word) == stem(phrase.key)  # a letter wrong is no other ending
    return NOT not in phrase.atoms or phrase.key.endswith("*") or not has_other_ending


def _clean_cues(
    context: ClaimContext, matches: Sequence[PhraseMatch], denied: set[TokenRange], topics: set[int]
) -> None:
    """Remove from the cues what the fact sheet's own words express, a denial, or a mere question."""
    asked = {
        span
        for span in context.sentences
        if context.is_question(span) and any(span[0] <= at < span[1] for at in topics)
    }
    own = {at for at in topics if any(start <= at < end for start, end in asked)}
    own = own.union(
        *(range(min({match.places[0], *find_negations(context, match)}), match.places[-1] + 1) for match in matches)
    )
    if denied:
        brief = [range(*span) for span in context.sentences if span[1] - span[0] <= BRIEF]
        own = own.union(context.covered_by(("claim_denied", "claim_disputed", "claim_hedged")), *brief)
    for cue in ("problem", "complaint", "threat_to_leave", "sarcasm"):
        context.drop_cue(cue, own, ())
    politely = {at for at in context.covered_by(("request_to_know",)) if any(start <= at < end for start, end in asked)}
    for cue in ("request", "wish"):
        context.drop_cue(cue, own | politely, denied)
    for cue in ("question", "claim_asked"):
        context.drop_cue(cue, set(), denied)
    turned = [context.scan.words[span[0]] for span in asked if context.is_inverted(span)]
    if turned:
        context.scan.cues.setdefault("claim_asked", tuple(turned))


def _group_by_key(phrases: Iterable[_Phrase]) -> dict[str, list[_Phrase]]:
    table: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        table.setdefault(phrase.key, []).append(phrase)
    return table
