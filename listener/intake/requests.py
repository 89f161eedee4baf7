"""Whether a text only asks, for an answer or a deed, and tells of nothing that went wrong. Pure."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from listener.intake.asked import find_sentences
from listener.intake.phrases import CueMatch
from listener.intake.questions import ASKING, is_turned, open_words

_ASKED = frozenset(("question", "request", "wish", "need_change", "need_idea", "need_request"))
# how a phrase that asks for something begins, where it is no reproach: "you need to" and "should have" are
_POLITE = frozenset(
    ("please", "pls", "plz", "help", "i", "i'd", "id", "we", "we'd", "can", "could", "may", "dm", "call", "message",
     "text", "contact", "email", "send", "give", "assistance", "any", "anyone", "someone", "assist")
)  # fmt: skip
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
_STATES = frozenset(("is", "are"))  # "is the app down" reports it, as far as we know
_GRAVE = frozenset(("need_account", "need_outage"))  # what stands in one of these and goes wrong is urgent
_DEEDS = (("who",), ("stop",), *(("how", word, "you") for word in ("can", "could", "do", "did", "does")))
_DONE = frozenset(("broken", "lost", "stuck", "late", "down", "missing", "wrong"))  # so is a word in -ed


def show_request(
    words: Sequence[str], matches: Sequence[CueMatch], cues: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the cue `asks_only` of a text that asks for something, calmly, and states no failure."""
    return {"asks_only": ("?",)} if "heated" not in cues and _asks_only(words, matches) else {}


def _asks_only(words: Sequence[str], matches: Sequence[CueMatch]) -> bool:
    """True for a question or a request that states no failure, like "please add a dark mode"."""
    asked = {at for hit in matches if hit.cue in _ASKED for at in range(hit.start, hit.end)}
    polite = {hit.start for hit in matches if hit.cue in ("request", "wish") and words[hit.start] in _POLITE}
    failures = [hit for hit in matches if hit.cue in _FAILURES and not asked.issuperset(range(hit.start, hit.end))]
    is_asking = False
    for start, end in find_sentences(words):
        is_question = _is_marked(words, start, end) and _is_plain(words[start:end])
        is_asking = is_asking or is_question or not polite.isdisjoint(range(start, end))
        wrong = [hit for hit in failures if start <= hit.start < end]
        is_open = is_question and _leaves_open(words[start:end], wrong, words)
        if wrong and (not is_open or _is_our_deed(words, wrong) or _is_report(words[start:end], wrong, matches)):
            return False
    return is_asking


def _is_marked(words: Sequence[str], start: int, end: int) -> bool:
    """True for a sentence with a question mark, or in the order of words of a question."""
    first, second = (*open_words(words[start:end], 2), "", "")[:2]
    is_ordered = (first in _AUXILIARY and second in _SUBJECTS) or _asks_inside(words[start:end])
    return words[end : end + 1] == ["?"] or is_ordered


def _asks_inside(sentence: Sequence[str]) -> bool:
    """True for "if I change it, would I have to pay": a question behind its condition."""
    pairs = pairwise(sentence)
    return "if" in sentence and any(word in _AUXILIARY and doer in _OWN for word, doer in pairs)


def _is_plain(sentence: Sequence[str]) -> bool:
    """True for a question that opens with a word that asks, and is no reproach in the form of one."""
    first = next(iter(open_words(sentence)), "")
    return (first in ASKING or _asks_inside(sentence)) and not is_turned(sentence)


def _leaves_open(sentence: Sequence[str], wrong: Sequence[CueMatch], words: Sequence[str]) -> bool:
    """True if what goes wrong in a question may not have happened: "is there a fee if I cancel?"."""
    if not _TELLING.isdisjoint(sentence):
        return False
    if not _WHETHER.isdisjoint(open_words(sentence)) or "if" in sentence:
        return True
    done = (word for hit in wrong for word in words[hit.start : hit.end])
    return not any(word in _DONE or word.endswith("ed") for word in done)


def _is_our_deed(words: Sequence[str], wrong: Sequence[CueMatch]) -> bool:
    """True if what goes wrong is said of us: "how can you lose it", "who broke it", "can you stop losing it"."""
    before = [tuple(words[max(0, hit.start - 3) : hit.start]) for hit in wrong]
    return any(place[-len(deed) :] == deed for place in before for deed in _DEEDS)


def _is_report(sentence: Sequence[str], wrong: Sequence[CueMatch], matches: Sequence[CueMatch]) -> bool:
    """True for "is my account hacked" and "is the app down": who asks so sees it, and it cannot wait."""
    grave = {at for hit in matches if hit.cue in _GRAVE for at in range(hit.start, hit.end)}
    is_grave = any(not grave.isdisjoint(range(hit.start, hit.end)) for hit in wrong)
    return is_grave and "if" not in sentence and not _STATES.isdisjoint(open_words(sentence))
