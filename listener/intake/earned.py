"""Whether a noun has earned its place in a reply: a word of trouble belongs to it, and nothing takes it back. Pure.

All spans are words from start up to end. A clause ends at a mark, and at a word that joins it to the next.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import NamedTuple

from listener.intake.phrases import CueMatch, find_breaks

TROUBLE = frozenset(("complaint", "problem", "weak_trouble", "need_broken", "need_quality"))
_ASKING = frozenset(("request", "wish", "question"))  # a harsh word in one is none: "when do you stop delivering"
ARTICLES = frozenset(("the", "a", "an", "my", "our", "your", "this", "that", "his", "her", "their", "another", "some"))
_NEGATORS = frozenset(
    ("not", "no", "never", "without", "none", "zero", "cannot", "cant", "dont", "doesnt", "didnt", "wont", "wouldnt",
     "couldnt", "isnt", "arent", "aint", "wasnt", "werent", "hasnt", "havent", "hadnt", "nor")
)  # fmt: skip
_FAILING = frozenset(("wont", "doesnt", "didnt", "cant", "cannot", "never"))  # "the app won't load"
_PASSED = ARTICLES | frozenset(("any", "even", "really", "so", "been", "have", "had", "such"))  # "not even a problem"
_PLACING = frozenset(
    ("at", "@", "on", "onto", "in", "into", "inside", "to", "from", "off", "by", "before", "after", "through", "via",
     "than", "for", "during", "between", "near", "using", "aboard", "under", "above", "behind")
)  # fmt: skip
# before a noun, these make it what is asked about: "any news on my refund"
_ABOUT = frozenset(("about", "regarding", "re", "news", "update", "updates", "word", "status", "info", "eta"))
_YES_NO = frozenset(
    ("is", "are", "was", "were", "will", "would", "do", "does", "did", "can", "could", "any", "has", "have")
)
_FEARED = frozenset(("might", "could", "would", "will", "gonna", "likely"))  # it has not happened
_BEFORE_EVENTS = frozenset(("isnt", "wasnt", "arent", "werent"))  # "it wasn't a long wait"
_DENIED_REACH = 2  # words behind "no" in which a noun is denied
_PLACE_REACH = 3  # words behind one of these in which a noun is a place: "on my return flight"
_PERSONS = frozenset(("me", "us", "you", "it", "him", "them"))  # a place ends with one: "gave to me a cracked lid"
# behind a noun, these begin no other noun
_VERBS = frozenset(
    ("is", "was", "are", "were", "has", "had", "have", "will", "would", "can", "could", "should", "does", "did", "do",
     "may", "might", "must", "went", "came", "come", "got", "get", "broke", "fell", "froze", "kept", "keep", "made",
     "left", "lost", "took", "ran", "smelt", "burnt", "tore", "cut", "shut", "hit", "let", "never", "not", "no", "just",
     "still", "again", "now", "today", "tonight", "yesterday", "tomorrow", "here", "there", "so", "too", "very", "all",
     "also", "i", "i'm", "you", "u", "we", "they", "he", "she", "me", "us", "anymore", "already", "please", "pls",
     "keeps", "stops", "gets", "makes", "looks", "says", "shows", "leaks", "goes", "needs", "comes", "takes", "seems",
     "smells", "tastes", "dies", "fails", "crashes", "freezes", "sucks", "works", "drops", "costs", "breaks", "runs",
     "with", "of", "about", "over", "out", "up", "down", "back", "full", "twice", "once", "only", "even", "both", "one",
     "available", "open", "free", "possible", "yet", "anywhere", "online", "this", "next", "last", "without", "like",
     "any", "going", "due", "ready", "thanks", "thank", "thx")
)  # fmt: skip
_NO_NOUNS = _VERBS | _PLACING | _NEGATORS | ARTICLES
_VERB_ENDINGS = ("ed", "ing", "ly", "nt")
_DEED_WITH = frozenset(("with", "through"))  # "booking with you" is a deed, too
# before a word, these make it a deed: "can I dress up"
_DOERS = frozenset(("i", "we", "you", "u", "they", "he", "she", "can", "could", "will", "would", "should", "lets"))

Span = tuple[int, int]


class Ground(NamedTuple):
    """What speaks for and against the nouns of a text.

    ends: where a mark ends a sentence; breaks: where a clause begins; trouble: what nothing denies.
    """

    words: Sequence[str]
    ends: Sequence[int]
    breaks: frozenset[int]
    trouble: tuple[Span, ...]


def read_ground(
    text: str, words: Sequence[str], ends: Sequence[int], matches: Sequence[CueMatch], harsh: Collection[str]
) -> Ground:
    """Return the ground of a text. ends: of its sentences; harsh: words of trouble that are no phrase of a list."""
    breaks = find_breaks(text, words)
    named = [(hit.start, hit.end) for hit in matches if hit.cue in TROUBLE]
    wanted = {at for hit in matches if hit.cue in _ASKING for at in range(hit.start, hit.end)}
    bad = (at for at, word in enumerate(words) if word in harsh and word.isalpha() and at not in wanted)
    named += [(at, at + 1) for at in bad if words[at] not in _NEGATORS]
    return Ground(words, ends, breaks, tuple(span for span in named if not _is_denied(words, span[0])))


def is_troubled(ground: Ground, noun: Span, reach: int) -> bool:
    """True if a word of trouble belongs to a noun: in its clause, with at most so many words between them."""
    return any(_is_near(ground, noun, span, reach) for span in ground.trouble)


def fails(ground: Ground, noun: Span) -> bool:
    """True for "the app won't load": a noun that does not do what it should."""
    after = ground.words[noun[1] : noun[1] + 1]
    return noun[1] not in ground.breaks and not _FAILING.isdisjoint(after)


def is_refused(ground: Ground, noun: Span) -> bool:
    """True for a noun that is a place, is denied, or is part of another noun, whatever stands beside it."""
    is_deed = not _DOERS.isdisjoint(ground.words[max(0, noun[0] - 1) : noun[0]])
    return is_deed or is_absent(ground, noun) or _is_place(ground, noun) or is_part(ground, noun)


def is_absent(ground: Ground, noun: Span) -> bool:
    """True for "no label" and "not my bag"; not for "no wifi", where the noun is in a phrase of trouble."""
    return not _NEGATORS.isdisjoint(_look_back(ground, noun[0], _DENIED_REACH)) or is_awaited(ground, noun)


def has_not_been(ground: Ground, noun: Span) -> bool:
    """True for "no delay", "it wasn't a long wait", "will be cancelled" and "is it cancelled?"."""
    is_denied = not _BEFORE_EVENTS.isdisjoint(_look_back(ground, noun[0], _PLACE_REACH))
    is_feared = not _FEARED.isdisjoint(_look_back(ground, noun[0], _DENIED_REACH))
    return is_denied or is_feared or is_absent(ground, noun) or is_asked(ground, noun)


def is_awaited(ground: Ground, noun: Span) -> bool:
    """True for "no receipt yet": who waits for a thing has no trouble with it."""
    is_before = "no" in ground.words[max(0, noun[0] - _DENIED_REACH) : noun[0]]
    return is_before and ground.words[noun[1] : noun[1] + 1] == ["yet"]


def is_missing(ground: Ground, noun: Span) -> bool:
    """True for "no customer service response": nobody has met with what was not there."""
    return not _NEGATORS.isdisjoint(ground.words[max(0, noun[0] - _PLACE_REACH) : noun[0]])


def is_asked(ground: Ground, noun: Span) -> bool:
    """True for "is my flight cancelled?" and "better than a delay": nobody has said that it is so."""
    before, behind = bisect_left(ground.ends, noun[0]), bisect_left(ground.ends, noun[1])
    first = ground.ends[before - 1] + 1 if before else 0
    last = ground.words[ground.ends[behind]] if behind < len(ground.ends) else ""
    is_open = "?" in last and ground.words[first] in _YES_NO
    return is_open or "than" in _look_back(ground, noun[0], _PLACE_REACH)


def may_be_asked(ground: Ground, noun: Span) -> bool:
    """True for a noun that a question may be about: "about my refund", and what is neither a place nor in a list."""
    is_subject = not _ABOUT.isdisjoint(ground.words[max(0, noun[0] - _PLACE_REACH) : noun[0]])
    if is_subject and not is_absent(ground, noun):
        return True
    return not is_refused(ground, noun) and not is_listed(ground, noun)


def is_listed(ground: Ground, noun: Span) -> bool:
    """True for a noun that is all of its clause, as in a list: "with rice, beans, and cheese"."""
    return {noun[0], noun[1]} <= ground.breaks


def _is_place(ground: Ground, noun: Span) -> bool:
    if "instead" in ground.words[max(0, noun[0] - _PLACE_REACH) : noun[0]]:
        return True
    return not _PLACING.isdisjoint(_look_back(ground, noun[0], _PLACE_REACH))


def is_part(ground: Ground, noun: Span) -> bool:
    """True for "seat covers", "app version" and "flight 86": the next word is no verb, nor small, nor trouble."""
    at = noun[1]
    if at >= len(ground.words) or at in ground.breaks or ground.words[at][0] == "@":
        return False
    word = ground.words[at]
    if ground.words[at - 1].endswith("ing") and word in _DEED_WITH:
        return True
    is_other = word in _NO_NOUNS or word.endswith(_VERB_ENDINGS)
    return not is_other and not any(start <= at < end for start, end in ground.trouble)


def _look_back(ground: Ground, start: int, reach: int) -> list[str]:
    """Return the words before a place, up to a word of trouble, a person or the beginning of the clause."""
    first = start
    while first > max(0, start - reach) and first not in ground.breaks:
        word = ground.words[first - 1]
        is_small = word in _PLACING or word in ARTICLES  # "stuck on a" is trouble, and a place follows
        if word in _PERSONS or (not is_small and any(begin < first <= end for begin, end in ground.trouble)):
            break
        first -= 1
    return list(ground.words[first:start])


def _is_near(ground: Ground, noun: Span, trouble: Span, reach: int) -> bool:
    first, last = (noun[1], trouble[0]) if trouble[0] >= noun[1] else (trouble[1], noun[0])
    return last - first <= reach and ground.breaks.isdisjoint(range(first, last + 1))


def _is_denied(words: Sequence[str], start: int) -> bool:
    """True for trouble behind a word that denies it: "not really a problem"."""
    at = start - 1
    while at >= 0 and words[at] in _PASSED:
        at -= 1
    return at >= 0 and words[at] in _NEGATORS
