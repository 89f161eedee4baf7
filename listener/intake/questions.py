"""Whether a question is one, and whether a text only asks: a rhetorical question is a reproach. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from listener.intake.phrases import ENDS, CueMatch

# beside one of these nobody calls a question fair
HEATED = frozenset(("profanity", "swearing", "sarcasm", "ironic_praise", "complaint", "threat_to_leave", "accusation"))
_ASKING = frozenset(
    ("how", "what", "what's", "whats", "when", "where", "where's", "wheres", "why", "who", "which", "is", "are", "do",
     "does", "did", "can", "could", "will", "would", "should", "has", "have", "any", "was", "were")
)  # fmt: skip
_REPROACHES = frozenset(("really", "seriously", "wtf", "smh", "lol", "ridiculous", "joke"))
_LEADING = frozenset(("and", "so", "but", "then", "also", "hi", "hey", "hello", "ok", "please", "now", "guys", "@"))
_ASKED = frozenset(("question", "request", "wish", "need_change", "need_idea", "need_request"))
# how a phrase that asks for something begins, where it is no reproach: "you need to" and "should have" are
_POLITE = frozenset(
    ("please", "pls", "plz", "help", "i", "i'd", "id", "we", "we'd", "can", "could", "may", "dm", "call", "message",
     "text", "contact", "email", "send", "give", "assistance", "any", "anyone", "someone", "assist")
)  # fmt: skip
# with one of these a question is a reproach, and so it is behind "how" and "what"
_TURNED = frozenset(("why", "point", "kill", "think", "gonna", "deal", "even", "trying", "intentionally"))
_TURNED_BEHIND = {"how": ("is", "are", "come", "dare", "about"), "what": ("going", "with", "up", "wrong")}
# what goes wrong, where it stands in more than a question
_FAILURES = frozenset(("problem", "weak_trouble", "complaint", "negation", "waiting", "duration"))
# a question with one of these tells what happened: "why was it cancelled?"
_TELLING = frozenset(
    ("was", "were", "been", "had", "got", "did", "still", "already", "again", "keep", "keeps", "kept", "never", "why",
     "cant", "wont", "doesnt", "isnt", "arent", "dont", "didnt", "hasnt", "havent", "wasnt", "not", "no", "nobody",
     "since", "anymore", "supposed", "finally")
)  # fmt: skip
_WHETHER = frozenset(("is", "are", "will", "would", "do", "does", "any", "should", "what"))  # ask for what may not be
_AUXILIARY = frozenset(("can", "could", "may", "is", "are", "will", "would", "do", "does"))
# behind an auxiliary, these make a question also without its mark: "could you change my seat"
_SUBJECTS = frozenset(
    ("you", "u", "i", "we", "there", "it", "somebody", "someone", "anybody", "anyone", "yall", "y'all")
)
_OWN = frozenset(("i", "we", "there"))
_DONE = frozenset(("broken", "lost", "stuck", "late", "down", "missing", "wrong"))  # so is a word in -ed
_SHOUTED = re.compile(r"\b(?:WHY|HOW|WHAT|WHEN|WHERE|WHO|REALLY)\b|[?!]{2,}")


def find_forms(
    text: str, words: Sequence[str], matches: Sequence[CueMatch], cues: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the cues that say how a text asks: `plain_question` and `asks_only`."""
    if _SHOUTED.search(text) or not HEATED.isdisjoint(cues) or not _REPROACHES.isdisjoint(words):
        return {}
    forms = {"plain_question": _has_plain_question(words), "asks_only": _asks_only(words, matches)}
    return {name: ("?",) for name, applies in forms.items() if applies}


def _has_plain_question(words: Sequence[str]) -> bool:
    """True if a sentence with a single question mark opens with a word that asks."""
    sentences = ((start, end) for start, end in _split(words) if words[end : end + 1] == ["?"])
    return any(not _ASKING.isdisjoint(_open(words[start:end])) for start, end in sentences)


def _open(words: Sequence[str], count: int = 1) -> list[str]:
    """Return the first words that are more than a greeting or a link to what stands before."""
    return [word for word in words if word not in _LEADING][:count]


def _asks_only(words: Sequence[str], matches: Sequence[CueMatch]) -> bool:
    """True for a question or a request that states no failure, like "please add a dark mode"."""
    asked = {at for hit in matches if hit.cue in _ASKED for at in range(hit.start, hit.end)}
    polite = {hit.start for hit in matches if hit.cue in ("request", "wish") and words[hit.start] in _POLITE}
    failures = [hit for hit in matches if hit.cue in _FAILURES and not asked.issuperset(range(hit.start, hit.end))]
    is_asking = False
    for start, end in _split(words):
        is_question = _is_marked(words, start, end) and _is_plain(words[start:end])
        is_asking = is_asking or is_question or not polite.isdisjoint(range(start, end))
        wrong = [hit for hit in failures if start <= hit.start < end]
        if wrong and not (is_question and _leaves_open(words[start:end], wrong, words)):
            return False
    return is_asking


def _is_marked(words: Sequence[str], start: int, end: int) -> bool:
    """True for a sentence with a question mark, or in the order of words of a question."""
    first, second = (*_open(words[start:end], 2), "", "")[:2]
    is_ordered = (first in _AUXILIARY and second in _SUBJECTS) or _asks_inside(words[start:end])
    return words[end : end + 1] == ["?"] or is_ordered


def _asks_inside(sentence: Sequence[str]) -> bool:
    """True for "if I change it, would I have to pay": a question behind its condition."""
    pairs = pairwise(sentence)
    return "if" in sentence and any(word in _AUXILIARY and doer in _OWN for word, doer in pairs)


def _is_plain(sentence: Sequence[str]) -> bool:
    """True for a question that opens with a word that asks, and is no reproach in the form of one."""
    first = next(iter(_open(sentence)), "")
    behind = _TURNED_BEHIND.get(first.removesuffix("'s").removesuffix("s"), ())
    is_turned = not _TURNED.isdisjoint(sentence) or any(word in behind for word in sentence[:4])
    return (first in _ASKING or _asks_inside(sentence)) and not is_turned


def _split(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends, its mark left out."""
    start = 0
    for end, word in enumerate(words):
        if word[0] in ENDS:
            yield start, end
            start = end + 1
    yield start, len(words)


def _leaves_open(sentence: Sequence[str], wrong: Sequence[CueMatch], words: Sequence[str]) -> bool:
    """True if what goes wrong in a question may not have happened: "is there a fee if I cancel?"."""
    if not _TELLING.isdisjoint(sentence):
        return False
    if not _WHETHER.isdisjoint(_open(sentence)) or "if" in sentence:
        return True
    done = (word for hit in wrong for word in words[hit.start : hit.end])
    return not any(word in _DONE or word.endswith("ed") for word in done)
