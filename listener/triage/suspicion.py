"""Suspect which fact of the fact sheet a text may be about, where it does not use the sheet's own words. Pure.

A suspicion is for staff only: it shows them the fact and takes away an apology for something that is not true; nothing
is ever sent because of it. It needs two different words of a fact, most of one of its claims or questions (weighed by
how few facts have a word), and a text that speaks in general: who tells of an event ("was refused yesterday", "my
parcel") has trouble of their own. Words are compared by their roots, by synonyms, by their parts of three letters, and,
where no English word is spelled so, with one letter wrong.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from listener.intake.cues import CueScan
from listener.intake.phrases import tokenize
from listener.model import SuspectedFact
from listener.policy import Fact
from listener.triage.phrase_places import split_sentences
from listener.triage.sheet_words import NEGATIVE, Near, NegativeWords, SheetWords, TellingWords
from listener.triage.spelling import root
from listener.triage.stance import NEGATIONS, is_small_word, word_set
from listener.triage.synonyms import Synonyms

MIN_WORDS = 2  # of a text that stand for words of the fact
MIN_TOTAL = 1.0  # of their weights; a word that a single fact has weighs 1
BY_CHANCE = 0.05  # what each further word of a sentence longer than SHORT adds to that
SHORT = 8
MIN_COVER = 0.6  # the share of a claim or question, by weight, that must be there
TELLING = 0.25  # what a word must weigh to be one of them
STATEMENT = 0.5  # what a word of the statement alone weighs
COMMON = 0.3  # and a word that is common in any text
_MINE = word_set("my mine our his her")
_EVENT = word_set(
    "was were had did didnt wasnt werent hadnt been i've ive we've weve yesterday today tonight ago since again still"
    " yet last lost losing holding broke broken took got went came gave forgot stole stolen"
    " wait waiting waited"
)
_OWN = frozenset(("profanity", "opt_out"))  # beside one of these cues nothing general is said
_WISHES = ("request", "wish")  # who wants something claims nothing
_ASKED = frozenset(("question", "claim_asked"))
_I = word_set("i we")
_DOERS = word_set("i you u we they he she it who nobody somebody someone never have has")  # before a word in -ed


class FactFinder(Protocol):
    """What suspects facts. SheetFacts goes by words; sentence embeddings would be another one."""

    def find(self, scan: CueScan) -> SuspectedFact | None:
        """Return the fact that a text may be about, or None."""
        ...


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A claim or question: its words, and what a text must be to mean it."""

    words: frozenset[str]
    is_negated: bool
    is_question: bool


class SheetFacts:
    """A FactFinder by words. Build it once from the facts of a policy."""

    def __init__(self, facts: Sequence[Fact], synonyms: Iterable[str], english: Collection[str]) -> None:
        self._synonyms = Synonyms(synonyms)
        self._phrases = {fact.id: self._parse_phrases(fact) for fact in facts}
        own = {
            fact: frozenset().union(*(phrase.words for phrase in phrases)) for fact, phrases in self._phrases.items()
        }
        also = {fact.id: self._words_of(fact.statement) - own[fact.id] for fact in facts}
        words = frozenset().union(*own.values(), *also.values())
        self._near = SheetWords(words, self._synonyms, english)
        self._telling = TellingWords(self._near, self._synonyms.common, self._synonyms.starts_of(words))
        spread = _count_facts([own[fact] | also[fact] for fact in own], self._synonyms)
        self._weights: dict[str, dict[str, float]] = {word: {} for word in words}  # word of the sheet -> fact -> weight
        for sheet, factor in ((own, 1.0), (also, STATEMENT)):
            for fact, of in sheet.items():
                for word in of:
                    self._weights[word][fact] = factor * self._weigh(word, spread[word], len(own))
        self._negative = NegativeWords(english)

    def _parse_phrases(self, fact: Fact) -> list[_Phrase]:
        claims = [_Phrase(self._words_of(text), _is_negated(text), is_question=False) for text in fact.claims]
        asked = [_Phrase(self._words_of(text), is_negated=False, is_question=True) for text in fact.questions]
        return [phrase for phrase in (*claims, *asked) if phrase.words]

    def _words_of(self, text: str) -> frozenset[str]:
        joined = self._synonyms.join([root(word) for word in tokenize(text.replace("*", ""))])
        return frozenset(
            word for word, _, _ in joined if word[0].isalnum() and not is_small_word(word) and word not in NEGATIONS
        )

    def _weigh(self, word: str, facts: int, total: int) -> float:
        """Return how much a word tells about which fact is meant: 1 where a single fact has it."""
        return math.log((total + 1) / facts) / math.log(total + 1) * (COMMON if word in self._synonyms.common else 1)

    def find(self, scan: CueScan) -> SuspectedFact | None:
        """Return the fact that a text may be about, or None."""
        telling = [*map(self._telling.__getitem__, scan.words)]
        if sum(telling) < MIN_WORDS or not _OWN.isdisjoint(scan.cues) or self._tells_an_event(scan):
            return None
        spans = [span for span in split_sentences(scan.words) if sum(telling[slice(*span)]) >= MIN_WORDS]
        likely = [self._read(scan.words[start:end], scan) for start, end in spans]
        best = max((reading for reading in likely if reading is not None), default=None)
        return best and SuspectedFact(best[1], best[2])

    def _read(self, sentence: Sequence[str], scan: CueScan) -> tuple[float, str, tuple[str, ...]] | None:
        """Return the likeliest fact of a sentence: how likely (no probability), which, and by which words."""
        joined = self._synonyms.join([*map(root, sentence)])
        pairs = [(" ".join(sentence[at:end]), near) for word, at, end in joined if (near := self._near[word])]
        totals = self._add_up(pairs) if len(pairs) >= MIN_WORDS else {}
        likely: list[tuple[float, str, tuple[str, ...]]] = []
        for fact, of in totals.items():
            telling, total = [word for word, weight in of.items() if weight >= TELLING], sum(of.values())
            if len(telling) >= MIN_WORDS and total >= MIN_TOTAL + BY_CHANCE * max(0, len(sentence) - SHORT):
                cover = self._cover(fact, sentence, scan, pairs)
                likely += [(cover + total, fact, tuple(telling))] if cover >= MIN_COVER else []
        return max(likely, default=None)

    def _add_up(self, pairs: Iterable[tuple[str, Near]]) -> dict[str, dict[str, float]]:
        """Return fact -> word of the text -> how much it tells, each word of the sheet counted once."""
        best: dict[tuple[str, str], tuple[float, str]] = {}  # fact and word of the sheet -> weight, word of the text
        for word, near in pairs:
            for other, quality in near:
                for fact, weight in self._weights[other].items():
                    best[fact, other] = max(best.get((fact, other), (0.0, "")), (weight * quality, word))
        totals: dict[str, dict[str, float]] = {}
        for (fact, _), (weight, word) in best.items():
            of = totals.setdefault(fact, {})
            of[word] = max(of.get(word, 0.0), weight)
        return totals

    def _cover(self, fact: str, sentence: Sequence[str], scan: CueScan, pairs: Iterable[tuple[str, Near]]) -> float:
        """Return the largest share of a claim or question of the fact that is in the sentence."""
        present: dict[str, float] = {}
        for _, near in pairs:
            for word, quality in near:
                present[word] = max(present.get(word, 0.0), quality)
        is_question = not _ASKED.isdisjoint(scan.cues) and ("?" in sentence[-1] or "?" not in "".join(scan.words))
        if not is_question and self._is_wish(scan.cues):
            return 0.0
        is_negated = self._is_negated(sentence)
        return max(
            (
                self._share(fact, phrase.words, present) for phrase in self._phrases[fact]
                if (is_negated or is_question or not phrase.is_negated) and (is_question or not phrase.is_question)
            ),
            default=0.0,
        )  # fmt: skip

    def _is_wish(self, cues: Mapping[str, tuple[str, ...]]) -> bool:
        """True if the author wants something, in other words than the fact sheet's ("voucher")."""
        wishes = (phrase.split() for cue in _WISHES for phrase in cues.get(cue, ()))
        return any(not all(map(self._telling.__getitem__, words)) for words in wishes)

    def _share(self, fact: str, words: Iterable[str], present: Mapping[str, float]) -> float:
        weights = [(self._weights[word][fact], present.get(word, 0.0)) for word in words]
        return sum(weight * quality for weight, quality in weights) / (sum(weight for weight, _ in weights) or 1.0)

    def _is_negated(self, words: Iterable[str]) -> bool:
        return any(map(self._negative.__getitem__, words))

    def _tells_an_event(self, scan: CueScan) -> bool:
        """True if the author tells what happened, or, outside a question, speaks of what is theirs."""
        words = scan.words
        if not _EVENT.isdisjoint(words) or ("question" not in scan.cues and not _MINE.isdisjoint(words)):
            return True
        deeds = (pair for pair in pairwise(words) if pair[0] in _DOERS and pair[1].endswith("ed"))
        return any(len(deed) > len("need") and (doer in _I or not self._telling[deed]) for doer, deed in deeds)


def _is_negated(phrase: str) -> bool:
    return not NEGATIVE.isdisjoint(tokenize(phrase))


def _count_facts(sheets: Sequence[Collection[str]], synonyms: Synonyms) -> dict[str, int]:
    """Return word -> in how many facts it or a synonym of it stands."""
    meanings = [
        frozenset(meaning for word in words for meaning in (word, *map("={}".format, synonyms.groups_of(word))))
        for words in sheets
    ]
    return {
        word: sum(not {word, *map("={}".format, synonyms.groups_of(word))}.isdisjoint(other) for other in meanings)
        for words in sheets
        for word in words
    }
