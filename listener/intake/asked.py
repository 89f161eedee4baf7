"""What a question asks for: its own clause, and the form that its asking word gives it. Pure.

"My flight is late. Any idea when my bag will come?" asks for a time, in the clause "when my bag will come". This is
grammar and no list of subjects: a wording that fits the form fits whatever the question is about.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from listener.intake.phrases import ENDS, find_clauses

# the way to do something, its time, its place, whom to ask, its price, its reason, what is going on, what we have done
# already, a deed, or a fact
Form = Literal["how", "when", "where", "who", "price", "why", "events", "done", "deed", "fact"]
FORMS: tuple[str, ...] = tuple(f"asks_{form}" for form in get_args(Form))  # the cues of these forms

_VERBS = frozenset(
    ("is", "are", "was", "were", "am", "r", "do", "does", "did", "can", "could", "will", "would", "should",
     "may", "might", "has", "have", "isnt", "arent", "wasnt", "werent", "dont", "doesnt", "didnt", "cant", "couldnt",
     "wont", "wouldnt", "havent", "hasnt")
)  # fmt: skip
_WH = frozenset(("how", "what", "when", "where", "why", "who", "whom", "which", "whose"))
_SHORT = {
    "what's": "what", "whats": "what", "where's": "where", "wheres": "where", "when's": "when", "whens": "when",
    "who's": "who", "whos": "who", "how's": "how", "hows": "how", "y": "why",
}  # fmt: skip
# before the asking word, these only lead to it
_LEADING = frozenset(
    ("and", "so", "but", "then", "also", "hi", "hey", "hello", "hiya", "ok", "okay", "well", "please", "pls", "now",
     "guys", "just", "um", "erm", "dear", "yo", "morning", "there", "question", "thanks", "thx", "yes", "no", "@")
)  # fmt: skip
# behind one of these another question follows: "any idea when", "can you tell me if"
_INDIRECT = frozenset(
    ("know", "idea", "ideas", "tell", "explain", "wondering", "wonder", "curious", "sure", "clue", "word", "confirm",
     "check", "see", "advise", "ask", "find")
)  # fmt: skip
_BETWEEN = frozenset(("me", "us", "on", "as", "to", "please", "pls", "out", "about", "yet"))
_WHETHER = frozenset(("if", "whether"))
# these begin another clause
_NEXT = frozenset(
    ("and", "or", "but", "because", "cause", "cuz", "when", "if", "since", "that", "which", "who", "where", "so",
     "while", "although", "though", "as", "until", "i'm", "im", "after", "before")
)  # fmt: skip
_VERB_REACH = 4  # words behind "what" in which a verb makes it a question: "what kind of seat is"
_TIME_REACH = 2  # the same behind "when": "when booking a flight, do I" is none
_INDIRECT_REACH = 3  # words behind one of _INDIRECT in which the other question begins
_OWN = frozenset(("i", "we", "to", "one", "someone"))
_SUBJECTS = frozenset(
    ("i", "we", "you", "u", "it", "there", "this", "that", "they", "he", "she", "someone", "anyone", "my", "y'all")
)
_ARTICLES = frozenset(("the", "a", "an", "any", "your", "our", "these", "those", "his", "her", "their", "all"))
_ALSO_FULL = frozenset(("have", "has"))  # "they did not have it"
# a verb behind one of these has its subject before it, or belongs to another verb
_JOINED = frozenset(("to", "not", "never", "lets", "and", "or", "but", "as", "than", "is", "what's"))
_HELPERS = frozenset(("you", "u", "someone", "anyone", "somebody", "anybody", "ya", "yall", "y'all"))
_TIMES = frozenset(("long", "soon", "late", "often", "early", "far"))
_DAYS = frozenset(("time", "times", "day", "days", "date", "dates", "year", "month", "hours"))
_CONTACTS = frozenset(("number", "phone", "email", "mail", "address", "contact", "speak", "talk"))
_HAVING = frozenset(("there", "have"))  # "is there a number", "do you have an email"
_PRICES = frozenset(("cost", "costs", "price", "prices", "fee", "fees", "fare", "fares", "rate", "rates", "charge"))
_PRICED = _PRICES | frozenset(("is", "are", "do", "does", "will", "would", "for", "to"))  # behind "how much"
_DONE = frozenset(("have", "has", "did", "havent", "didnt"))  # "have you looked"
_EVENTS = frozenset(("happened", "happening", "happens", "going", "up", "gives", "wrong"))
_WAYS = frozenset(("way", "ways", "possible", "possibility"))


class Question(NamedTuple):
    """A question of a text: its form, and the words of its own clause from start up to end."""

    form: Form
    start: int
    end: int


def find_question(text: str, words: Sequence[str]) -> Question | None:
    """Return the first question that has an asking word; None if only a mark or a phrase shows that somebody asks.

    Where one has a question mark, others ask nothing; without one, only a sentence that begins so is a question.
    """
    breaks = find_clauses(text)[0]
    sentences = list(find_sentences(words))
    marked = [(first, last) for first, last in sentences if "?" in "".join(words[last : last + 1])]
    for first, last in marked or sentences:
        starts = {first, *(at for at in breaks if first < at < last)} if marked else {first}
        places = [at for start in sorted(starts) if (at := _find_opening(words, start, last)) is not None]
        if not places and marked and (at := _find_inversion(words, first, last)) is not None:
            places = [at]
        if places:
            return Question(_find_form(words[places[0] : last]), places[0], _find_end(words, places[0], last, breaks))
    return None


def find_sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Return the sentences of a text, each up to the mark that ends it; the point in "1.67" ends none."""
    ends = [-1, *(at for at in range(len(words)) if words[at][0] in ENDS and not _is_decimal(words, at)), len(words)]
    return ((before + 1, end) for before, end in pairwise(ends) if end > before + 1)


def _is_decimal(words: Sequence[str], at: int) -> bool:
    around = words[at - 1 : at + 2]
    return words[at] == "." and len(around) == 3 and around[0].isdigit() and around[2].isdigit()


def _find_opening(words: Sequence[str], start: int, last: int) -> int | None:
    """Return where a clause begins to ask: behind a greeting, and behind "do you know" at the word that asks.

    Without a question mark only what begins so asks: "I don't know what happened" tells.
    """
    while start < last and words[start] in _LEADING:
        start += 1
    is_marked = "?" in "".join(words[last : last + 1])
    is_open = start < last and _opens(words[start:last]) and (is_marked or _has_subject(words[start:last]))
    indirect = _find_indirect(words, start, last) if is_open or is_marked else None
    return start if indirect is None and is_open else indirect


def _opens(clause: Sequence[str]) -> bool:
    """True for "is the", "what kind of seat is", "where's" and "any chance"; not for "when booking"."""
    word = clause[0]
    if word in _VERBS or word in _SHORT or word in ("any", "wondering"):
        return len(clause) > 1
    reach = _TIME_REACH if word == "when" else _VERB_REACH
    is_joined = word in ("when", "where", "which", "whose") and _VERBS.isdisjoint(clause[1 : 1 + reach])
    return word in _WH and not is_joined


def _has_subject(clause: Sequence[str]) -> bool:
    """True for "is the lounge open", not for "have also enjoyed it" and "which is all"."""
    word = clause[0]
    if word in _VERBS:
        return clause[1] in _SUBJECTS or clause[1] in _ARTICLES
    return word not in ("which", "whose")


def _find_indirect(words: Sequence[str], start: int, last: int) -> int | None:
    for at in (at for at in range(start, last - 1) if words[at] in _INDIRECT):
        after = range(at + 1, min(at + 1 + _INDIRECT_REACH, last))
        place = next((place for place in after if words[place] not in _BETWEEN), last)
        if place < last and (words[place] in _WH | _WHETHER or words[place] in _SHORT):
            return place
    return None


def _find_inversion(words: Sequence[str], start: int, last: int) -> int | None:
    """Return where a verb stands before its subject: "on the trip do I need a visa"; not in "what I can do"."""
    for at in range(start + 1, last - 1):
        is_inverted = words[at] in _VERBS - _ALSO_FULL and words[at + 1] in _SUBJECTS
        if is_inverted and words[at - 1] not in _SUBJECTS | _JOINED:
            return at - (words[at - 1] in _WH)
    return None


def _find_end(words: Sequence[str], start: int, last: int, breaks: frozenset[int]) -> int:
    """Return where the clause of a question ends: at a mark, or at a word that begins another clause."""
    ends = (at for at in range(start + 1, last) if at in breaks or (at > start + 1 and words[at] in _NEXT))
    return next(ends, last)


def _find_form(clause: Sequence[str]) -> Form:
    word, after = _SHORT.get(clause[0], clause[0]), clause[1:]
    if word in ("how", "what"):
        return _find_form_of_how(after) if word == "how" else _find_form_of_what(after)
    if word in ("who", "whom"):
        return "fact" if _OWN.isdisjoint(after[1:2]) else "who"
    for form in ("when", "where", "why"):
        if word == form:
            return form
    if not _WAYS.isdisjoint(after[:4]) and (word in _VERBS or word == "any"):
        return "how"
    if not _HAVING.isdisjoint(after[:2]) and not _CONTACTS.isdisjoint(after):
        return "who"
    if word in _DONE and not _HELPERS.isdisjoint(after[:1]):
        return "done"
    return "deed" if word in ("can", "could", "will", "would") and not _HELPERS.isdisjoint(after[:1]) else "fact"


def _find_form_of_how(after: Sequence[str]) -> Form:
    first, second = "".join(after[:1]), "".join(after[1:2])
    if first in _TIMES or (first == "much" and second in ("longer", "time")):
        return "when"
    if first == "much":
        return "fact" if _PRICED.isdisjoint(after) else "price"
    if first == "come":
        return "why"
    is_own = second in _VERBS if first in _OWN else first in _VERBS and second in _OWN
    return "how" if is_own or first == "to" else "fact"


def _find_form_of_what(after: Sequence[str]) -> Form:
    if not _DAYS.isdisjoint(after[:1]):
        return "when"
    if not _EVENTS.isdisjoint(after[:2]):
        return "events"
    if not _OWN.isdisjoint(after[1:2]) and after[2:3] == ["do"]:
        return "deed"
    if not _CONTACTS.isdisjoint(after[:5]):
        return "who"
    return "fact" if _PRICES.isdisjoint(after) else "price"
