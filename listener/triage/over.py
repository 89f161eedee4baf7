"""Whether the author says that trouble is over: "found it, thanks". Pure.

The words must end a clause: "found it in the bin, soaked" and "get the site back up" settle nothing.
"""

from collections.abc import Collection

from listener.intake.phrases import ENDS, find_clauses, tokenize
from listener.model import MentionSignals
from listener.triage.stance import word_set

# beside one of these the trouble may be another, or not over
OPEN = (
    "question", "problem", "resolved_trouble", "contrast", "complaint", "threat_to_leave", "sarcasm", "ironic_praise",
    "swearing", "profanity", "claim_hedged",
)  # fmt: skip
# so do these, unless they are part of the words that settle it: "never mind"
OPEN_BESIDE = ("negation", "request", "wish")
# beside one of these it may not be over, or is no longer the point
NOT_OVER = (
    "question", "complaint", "threat_to_leave", "condition", "sarcasm", "swearing", "profanity", "claim_hedged",
)  # fmt: skip
# and so do words by which it is not over yet: "get this sorted now", "I wish it was fixed now"
NOT_YET = {"get", "make", "must", "should", "till", "until", "want", "when", "wish"}
# what may follow the words in their clause
LAST = word_set(
    "now today yesterday tonight this morning afternoon evening safely finally again already through too thanks thank"
    " thx ty you cheers and so sorry all"
)


def find_settled(signals: MentionSignals) -> tuple[str, ...]:
    """Return the words by which a text says that the trouble is over; none where it says more than that."""
    words = _list_settling(signals, OPEN, OPEN_BESIDE)
    return tuple(word for word in words if _ends_clause(signals.text, word.split()))


def says_over(signals: MentionSignals) -> tuple[str, ...]:
    """Return the words by which a text that asks nothing ends with its trouble being over, whatever it says before."""
    words = _list_settling(signals, NOT_OVER, ("negation",))
    return tuple(word for word in words if _ends_clause(signals.text, word.split(), is_last=True))


def _list_settling(signals: MentionSignals, never: Collection[str], beside: Collection[str]) -> tuple[str, ...]:
    """Return the words that settle it. never: cues beside which they do not; beside: nor these, unless part of them."""
    cues, words = signals.cues, signals.cues.get("settled", ())
    if not words or any(name in cues for name in never) or NOT_YET.intersection(tokenize(signals.text)):
        return ()
    others = (phrases for name, phrases in cues.items() if name in beside or name.startswith("need_"))
    return () if any(_says_more(phrases, words) for phrases in others) else words


def _says_more(others: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Return True when one of the words is not part of those that settle it."""
    return any(not any(word in phrase for phrase in words) for word in others)


def _ends_clause(text: str, phrase: list[str], *, is_last: bool = False) -> bool:
    """True if nothing but a time or thanks follows the phrase in its clause, or (is_last) in all of the text."""
    words, (begins, _) = tokenize(text), find_clauses(text)
    inner = (at for at, word in enumerate(words) if not is_last and (at in begins or word[0] in ENDS))
    stops = [*inner, len(words)]
    places = (at + len(phrase) for at in range(len(words)) if words[at : at + len(phrase)] == phrase)
    rests = (words[end : next(stop for stop in stops if stop >= end)] for end in places)
    return any(LAST.issuperset(word for word in rest if word[0].isalnum()) for rest in rests)
