"""Cues: what a text expresses, as names with the words that matched. All phrases are data (lexicon, policy)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from listener.intake import irony
from listener.intake.asked import find_question
from listener.intake.hazards import CLASSES, find_hazards
from listener.intake.names import SAME, Names
from listener.intake.nouns import NAME, SORTS, plan_topics
from listener.intake.personal_numbers import find_personal_numbers
from listener.intake.phrases import ENDS, CueMatch, Matcher, Vocabulary, tokenize
from listener.intake.questions import find_heat, show_question
from listener.intake.requests import show_request
from listener.intake.senses import Senses
from listener.intake.topics import find_topics

# entries of the cue data that are not cues: they are read by name below
LISTS = (
    "except",
    "opt_out_whole",
    "profane_stem",
    "profane_innocent",
    "impersonation_words",
    "lookalike_letters",
    "english",
    "classes",
    "synonyms",
    "function_words",
    *SORTS,
)
AFTER_THANKS = 7  # words after "thanks for" in which something bad makes it sarcasm
BRIEF = 8  # words in which nobody tells what happened
WHOLE = 12  # words and marks of a message that may be nothing but an opt-out
ODD = 4  # words after "thanks for" of which one must be worth thanks
RELIEF = 7  # words after "despite" or "for fixing" in which trouble is over

_KEPT = ("thanks", "warm", "idiom", "thankworthy", "relief")  # cues that no `except` takes away; nor does it a topic
_WORTHY = ("thankworthy", "praise", "warm", "relief")
_SILENT = frozenset(("thankworthy", "relief", *CLASSES))  # never cues of their own: they only change others
_OPENINGS = frozenset(("continues",))  # cues only at the beginning of a text
_RESOLVABLE = ("problem", "request", "duration", "wish")  # what relief makes harmless
_PART = re.compile(r"(?<![\d/])[1-9] ?/ ?[1-9](?![\d/])")
_REFERENCE = re.compile(r"(?<![\w$£€.,:])#?(?!(?:19|20)\d\d\b)(?=[A-Z0-9]*\d)[A-Z0-9]{4,}\b")
_FRIENDLY_CLASSES = ("good", "very", "able", "folk", "thing", "be", "helping", "helped")
_DIGIT = re.compile(r"\d")
_ODD = (
    re.compile(  # "f*ck", "sh1t", "**", "$hit"; begins with the odd mark, so that the search leaps from one to the next
        r"[*@$!|+0-9\u0370-\u04ff\uff00-\uffef](?:(?<=[A-Za-z].)[*@$!|+0-9\u0370-\u04ff\uff00-\uffef]*[A-Za-z]"
        r"|(?<=\*)\*|(?<=\$)(?<!\w\$)[A-Za-z])"
    )
)
_MARK = re.compile(r"[!*$@|+0134578]|[^\x00-\x7f]")  # without one of these no word is disguised
_STARRED = re.compile(r"\W?(?:f\*+|s\*{2,}|s\*+t|sh\*+|b\*tch|b\*{3,}|a\*\*h|c\*+nt|n\*gg|bulls\*)")
_SCARE = re.compile(r"[\"“]\s?([A-Za-z]+)[.,!]?\s?[\"”]")
_EMAIL = re.compile(r"(?<=[\w+-])@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,10}(?![\w@])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CueScan:
    """A text as the cues see it: its words, and the matches with their places in words."""

    words: list[str]
    matches: list[CueMatch]
    cues: dict[str, tuple[str, ...]]


class Cues:
    """The cues of a policy. Build it once from the policy's cues and the words VADER knows."""

    def __init__(
        self, cues: Mapping[str, Sequence[str]], valence: Mapping[str, float], ours: Iterable[str] = ()
    ) -> None:
        topics = plan_topics(cues)
        self._senses = Senses(cues)
        self._matcher = Matcher(_phrases(self._senses.phrases) | topics, cues.get("classes", ()))
        self._silent = _SILENT.union(topics)
        self._profane = Matcher({"profanity": cues.get("profanity", ())})
        self._kindly = Vocabulary(_kind_words(cues))
        self._whole = frozenset(" ".join(tokenize(phrase)) for phrase in cues.get("opt_out_whole", ()))
        self._valence = valence
        self._harsh = frozenset(word for word, value in valence.items() if value < 0)
        self.names = Names(cues, ours)

    def read(self, text: str) -> CueScan:
        """Find the cues of a cleaned text in one pass."""
        words = tokenize(text)
        matches = _mark_resolved(self._find(words, text), words)
        cues: dict[str, tuple[str, ...]] = {}
        for cue, start, end in matches:
            if cue in self._silent or (start and cue in _OPENINGS):
                continue
            phrase = words[start] if end == start + 1 else " ".join(words[start:end])
            present = cues.get(cue, ())
            if phrase not in present:
                cues[cue] = (*present, phrase)
        self._add_structure(cues, words, matches, text)
        question = find_question(text, words) if "question" in cues else None
        _add(cues, "heated", *find_heat(text, words, cues))
        cues |= show_question(words, cues, question) | show_request(words, matches, cues)
        cues |= find_topics(text, words, matches, cues, self._harsh, question)
        return CueScan(words, matches, cues)

    def find(self, text: str) -> list[CueMatch]:
        """Return the phrases of a piece of text, exceptions aside."""
        return self._find(tokenize(text), text)

    def _find(self, words: list[str], text: str) -> list[CueMatch]:
        return _drop_exceptions(self._senses.keep(self._matcher.find(words), words, text))

    def _add_structure(
        self, cues: dict[str, tuple[str, ...]], words: list[str], matches: list[CueMatch], text: str
    ) -> None:
        if "?" in text and not irony.is_rhetorical(words, matches):
            _add(cues, "question", "?")
        if sum(word[0] not in ENDS for word in words) <= BRIEF:
            cues["brief"] = ("brief",)
        if len(words) <= WHOLE and (whole := " ".join(word for word in words if word[0] not in ENDS)) in self._whole:
            _add(cues, "opt_out", whole)
        _add(cues, "safety", *find_hazards(words, matches))
        if "thanks" in cues:
            _add(cues, "closing_thanks", *irony.find_closing_thanks(text, words, matches))
            _add(cues, "sarcasm", *self._find_thanks_for_bad(words, matches))
            _add(cues, "ironic_praise", *self._find_thanks_for_odd(text, words, matches))
        _add(cues, "sarcasm", *irony.find_taken_back(words))
        if "praise" in cues:
            odd = (*irony.find_fond_deeds(words, matches, _WORTHY), *irony.find_cry(text, words, matches))
            _add(cues, "ironic_praise", *odd)
        if "praise" in cues or "thanks" in cues:
            _add(cues, "turned_praise", *irony.find_turned(text, words, matches))
            _add(cues, "unrelated_words", *(word for word in words if word[0].isalnum() and not self._kindly[word]))
        if '"' in text or "“" in text:
            scare_quotes = (word for word in _SCARE.findall(text) if self._valence.get(word.lower(), 0) > 0)
            _add(cues, "sarcasm", *(f'"{word}"' for word in scare_quotes))
        if digits := _DIGIT.search(text):
            if "/" in text:
                _add(cues, "part", *_PART.findall(text)[:1])
            _add(cues, "reference", *_REFERENCE.findall(text)[:3])
            _add(cues, "personal_data", *find_personal_numbers(text[max(0, digits.start() - 4) :]))
        if "@" in text and "." in text and (email := _EMAIL.search(text)):
            _add(cues, "personal_data", email[0])
        if disguised := self._find_disguised(text):
            _add(cues, "profanity", disguised)

    def _find_thanks_for_bad(self, words: list[str], matches: list[CueMatch]) -> Iterable[str]:
        worth = {at for hit in matches if hit.cue == "thankworthy" for at in range(hit.start, hit.end)}
        bad = {hit.start for hit in matches if hit.cue in ("problem", "complaint", "negation", "swearing")} - worth
        over = {at for hit in matches if hit.cue == "relief" for at in range(hit.start, hit.end + RELIEF)} | worth
        for hit in matches:
            if hit.cue == "thanks" and hit.end < len(words) and words[hit.end] in ("for", "4"):
                for at in range(hit.end + 1, min(hit.end + 1 + AFTER_THANKS, len(words))):
                    if words[at][0] in ENDS:
                        break
                    if at in bad or (self._valence.get(words[at], 0.0) < 0 and at not in over):
                        yield " ".join(words[hit.start : at + 1])
                        break

    def _find_thanks_for_odd(self, text: str, words: list[str], matches: list[CueMatch]) -> Iterable[str]:
        """Find thanks for something that nobody thanks for in earnest ("thanks for the cold chips")."""
        worth = {at for hit in matches if hit.cue in _WORTHY for at in range(hit.start, hit.end)}
        for hit in matches:
            if hit.cue == "thanks" and hit.end + 1 < len(words) and words[hit.end] in ("for", "4"):
                reach = 1 if words[hit.end + 1].endswith("ing") else ODD  # a deed must be worth thanks itself
                after = range(hit.end + 1, min(hit.end + 1 + reach, len(words)))
                kindly = any(at in worth or self._valence.get(words[at], 0.0) > 0 for at in after)
                kindly = kindly or irony.is_pronoun(text, words, hit.end + 1)
                if not kindly or not {"that", "which"}.isdisjoint(words[hit.end + 2 : hit.end + 2 + ODD]):
                    yield " ".join(words[hit.start : hit.end + 2])

    def _find_disguised(self, text: str) -> str | None:
        if not _MARK.search(text) or not _ODD.search(text):
            return None
        for odd in text.split()[:400]:
            if len(odd) < 30 and _ODD.search(odd):
                seen = self.names.read_letters(odd)
                if _STARRED.match(odd.lower()) or self._profane.find([seen, SAME.sub(r"\1", seen)] if seen else []):
                    return odd
        return None


def _phrases(cues: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return what the matcher finds: every cue, and idioms of praise both as praise and as exceptions."""
    idioms = tuple(cues.get("idiom", ()))
    own = {name: tuple(phrases) for name, phrases in cues.items() if name not in LISTS}
    return own | {name: (*cues.get(name, ()), *idioms) for name in ("except", "praise", "warm")}


def _kind_words(cues: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Return every word that praise and thanks consist of, and function words."""
    for name in ("function_words", "thanks", "praise", "warm", "thankworthy", "acknowledgement"):
        yield from (word for phrase in cues.get(name, ()) for word in phrase.split() if word[0] != "<" and word != "*")
    yield from (word for name, word in map(str.split, cues.get("classes", ())) if name in _FRIENDLY_CLASSES)


def _add(cues: dict[str, tuple[str, ...]], cue: str, *words: str) -> None:
    present = cues.get(cue, ())
    if new := tuple(dict.fromkeys(word for word in words if word not in present)):
        cues[cue] = present + new


def _drop_exceptions(matches: list[CueMatch]) -> list[CueMatch]:
    """Drop what lies wholly inside an `except` phrase and is shorter than it."""
    spans = [(hit.start, hit.end) for hit in matches if hit.cue == "except"]
    if not spans:
        return matches
    return [
        hit for hit in matches
        if hit.cue in _KEPT or NAME in hit.cue
        or (hit.cue != "except" and not any(_is_inside(hit, *span) for span in spans))
    ]  # fmt: skip


def _mark_resolved(matches: list[CueMatch], words: list[str]) -> list[CueMatch]:
    """Turn trouble behind relief in the same sentence ("thanks for fixing") into the cue `resolved_trouble`."""
    over: set[int] = set()
    for hit in matches:
        if hit.cue == "relief":
            ends = (at for at in range(hit.end, len(words)) if words[at][0] in ENDS)
            over.update(range(hit.start, min(hit.end + RELIEF, next(ends, len(words)))))
    if not over:
        return matches
    return [
        CueMatch("resolved_trouble", *hit[1:]) if hit.cue in _RESOLVABLE and hit.start in over else hit
        for hit in matches
    ]


def _is_inside(hit: CueMatch, start: int, end: int) -> bool:
    return start <= hit.start and hit.end <= end and hit.end - hit.start < end - start
