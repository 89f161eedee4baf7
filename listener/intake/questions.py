"""Whether a question is one: a plain one wants an answer, an idle one is a reproach, a tag, an echo or a jest. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from listener.intake.asked import Question, find_sentences
from listener.intake.phrases import ENDS

# beside one of these nobody calls a question fair
HEATED = frozenset(("profanity", "swearing", "sarcasm", "ironic_praise", "complaint", "threat_to_leave", "accusation"))
ASKING = frozenset(
    ("how", "what", "what's", "whats", "when", "where", "where's", "wheres", "why", "who", "which", "is", "are", "do",
     "does", "did", "can", "could", "will", "would", "should", "has", "have", "any", "was", "were")
)  # fmt: skip
_REPROACHES = frozenset(("really", "seriously", "wtf", "smh", "lol", "ridiculous", "joke"))
# with one of these a question is a reproach, or tells of trouble, and so it is behind "how" and "what"
_TURNED = frozenset(("why", "point", "think", "gonna", "deal", "even", "trying", "intentionally"))
_REBUKES_BEHIND = {"how": ("is", "are", "come", "dare", "about"), "what": ("going", "with", "up", "wrong")}
# in a question, one of these wants no answer: "do you even read this"
_SCORN = frozenset(("even", "really", "seriously", "honestly", "bother", "kidding", "realize", "realise", "idiots"))
_MOCKS = frozenset(
    (("you", "people"), ("you", "actually"), ("anyone", "actually"), ("anybody", "actually"), ("call", "this"))
)
_EVEN_SO = frozenset(("though", "when", "if"))  # behind "even"
_BACK, _YOU = frozenset(("do", "did", "would")), (["you"], ["u"])
_ASKED_BACK = (["want"], ["mean"], ["like"], ["remember"])  # "do you want a picture?"
_TAGGED = frozenset(("you", "u", "they", "it"))  # "isn't it?"
# behind "how", these make a question; "how fun would that be" is a cry
_MEASURES = frozenset(
    ("much", "many", "long", "soon", "late", "often", "far", "early", "come", "about", "else", "old", "big", "large",
     "small", "heavy", "tall", "wide", "high", "fast", "quickly", "close", "exactly", "to", "in", "the")
)  # fmt: skip
_ARE = frozenset(("is", "was", "would", "wouldnt", "will", "can", "could"))
_COULD = frozenset(("could", "can", "would", "cant", "couldnt"))  # "could it take any longer"
_NO_COMPARISONS = frozenset(("other", "further", "earlier", "newsletter", "number", "offer", "order"))
_ECHO = 3  # so few words with a mark, and more behind them, take up what somebody said: "Accordingly? You don't"
_LEADING = frozenset(("and", "so", "but", "then", "also", "hi", "hey", "hello", "ok", "please", "now", "guys", "@"))
# shouting, several marks, and "why can't you"
_HEAT = re.compile(
    r"\b(?:WHY|HOW|WHAT|WHEN|WHERE|WHO|REALLY)\b|[?!]{2,}|\b[Ww]hy (?:can|do|wo|did|could)n?['’]?t (?:you|u)\b"
)


def show_question(
    words: Sequence[str], cues: Mapping[str, tuple[str, ...]], question: Question | None
) -> dict[str, tuple[str, ...]]:
    """Return the cues of a question: what it asks for, and whether it is plain, or wants no answer."""
    shown: dict[str, tuple[str, ...]] = {f"asks_{question.form}": (words[question.start],)} if question else {}
    is_mocking = {"praise", "heated"} <= cues.keys()  # "Award winning?? who voted?"
    if "question" in cues and (reason := find_idle(words, cues, question) or (is_mocking and "a reproach")):
        shown["idle_question"] = (reason,)
    elif _is_plain_question(words, cues):
        shown["plain_question"] = ("?",)
    return shown


def _is_plain_question(words: Sequence[str], cues: Collection[str]) -> bool:
    """True if a sentence with a single question mark opens with a word that asks, and nothing in the text is heated."""
    if "?" not in words or "heated" in cues:
        return False
    asked = (words[start:end] for start, end in find_sentences(words) if words[end : end + 1] == ["?"])
    return any(not ASKING.isdisjoint(open_words(sentence)) and not _is_rebuke(sentence) for sentence in asked)


def is_turned(sentence: Sequence[str]) -> bool:
    """True for a reproach in the form of a question: "would it kill you to", "how is this fair", "why is it late"."""
    return not _TURNED.isdisjoint(sentence) or _is_rebuke(sentence)


def _is_rebuke(sentence: Sequence[str]) -> bool:
    """True for "would it kill you to" and "how is this fair"; not for "why is it so thin"."""
    first, second = (*open_words(sentence, 2), "", "")[:2]
    behind = _REBUKES_BEHIND.get(first.removesuffix("'s").removesuffix("s"), ())
    is_measured = first == "how" and second not in behind  # "how safe is it to"
    return "kill" in sentence or (not is_measured and any(word in behind for word in sentence[:4]))


def find_heat(text: str, words: Sequence[str], cues: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sign that a text shouts, swears, mocks or complains: whatever it asks is no plain question."""
    if shout := _HEAT.search(text):
        return (shout[0],)
    named = next((cues[name] for name in cues if name in HEATED), ())
    return named[:1] or tuple(word for word in words if word in _REPROACHES)[:1]


def open_words(words: Sequence[str], count: int = 1) -> list[str]:
    """Return the first words that are more than a greeting or a link to what stands before."""
    return [word for word in words if word not in _LEADING][:count]


def find_idle(words: Sequence[str], cues: Collection[str], question: Question | None) -> str | None:
    """Return why a question wants no answer of ours, None if it may want one: by how it is asked, never by its noun."""
    if "jest" in cues:
        return "in jest"
    if question is None:
        return "an echo" if _is_echo(words) else "a reproach" if _is_scorned(list(_find_marked(words))) else None
    clause, before, after = words[question.start : question.end], words[: question.start], words[question.end :]
    reasons = {
        "a suggestion": _is_suggestion(clause, before),
        "a reproach": _is_scorn(clause) or _is_scorned((*clause, *after[:1])),
        "asked back": clause[0] in _BACK and clause[1:2] in _YOU and clause[2:3] in _ASKED_BACK,
        "a tag": len(clause) == 2 and clause[1] in _TAGGED and (not after or after[0][0] in ENDS),
        "an echo": clause == ["what"],
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _is_suggestion(clause: Sequence[str], before: Sequence[str]) -> bool:
    """True for "how about a lamp", and for "you know what would be nice", not for "do you know what"."""
    is_offered = list(before[-2:]) == ["you", "know"] and _BACK.isdisjoint(before[-3:-2])
    return is_offered or list(clause[:2]) == ["how", "about"]


def _is_scorned(words: Sequence[str]) -> bool:
    """True for "do you even read this" and "you people", not for "even though"."""
    pairs = list(pairwise((*words, "")))
    return not _MOCKS.isdisjoint(pairs) or any(word in _SCORN and after not in _EVEN_SO for word, after in pairs)


def _is_scorn(clause: Sequence[str]) -> bool:
    """True for "could it be any slower" and "how fun would that be"."""
    pairs = list(pairwise(clause))
    is_more = clause[0] in _COULD and any(_is_worse(*pair) for pair in pairs) and clause[1:2] not in (["i"], ["we"])
    is_cry = clause[0] == "how" and not _MEASURES.intersection(clause[1:2]) and not _ARE.isdisjoint(clause[2:3])
    is_cry = is_cry and "to" not in clause  # "how safe is it to fold"
    return is_more or is_cry


def _is_worse(word: str, after: str) -> bool:
    return word == "any" and after.endswith("er") and after not in _NO_COMPARISONS


def _is_echo(words: Sequence[str]) -> bool:
    """True if every question mark ends a few words with more behind them, or is heated: "62 inches?!"."""
    marked = [(end - start, end) for start, end in find_sentences(words) if "?" in "".join(words[end : end + 1])]
    return bool(marked) and all((size <= _ECHO and end + 1 < len(words)) or len(words[end]) > 1 for size, end in marked)


def _find_marked(words: Sequence[str]) -> Iterator[str]:
    """Return the words of the sentences that end with a question mark."""
    return (word for start, end in find_sentences(words) if words[end : end + 1] == ["?"] for word in words[start:end])
