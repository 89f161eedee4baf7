"""Whether a question is one: a plain one wants an answer, a rhetorical one is a reproach. Pure."""

import re
from collections.abc import Collection, Sequence

from listener.intake.phrases import ENDS

# beside one of these nobody calls a question fair
HEATED = frozenset(("profanity", "swearing", "sarcasm", "ironic_praise", "complaint", "threat_to_leave", "accusation"))
_ASKING = frozenset(
    ("how", "what", "what's", "whats", "when", "where", "where's", "wheres", "why", "who", "which", "is", "are", "do",
     "does", "did", "can", "could", "will", "would", "should", "has", "have", "any", "was", "were")
)  # fmt: skip
_REPROACHES = frozenset(("really", "seriously", "wtf", "smh", "lol", "ridiculous", "joke"))
_LEADING = frozenset(("and", "so", "but", "then", "also", "hi", "hey", "hello", "ok", "please", "now", "guys", "@"))
_SHOUTED = re.compile(r"\b(?:WHY|HOW|WHAT|WHEN|WHERE|WHO|REALLY)\b|[?!]{2,}")


def is_plain_question(text: str, words: Sequence[str], cues: Collection[str]) -> bool:
    """True if a sentence with a single question mark opens with a word that asks, and nothing in the text is heated."""
    if "?" not in words or _SHOUTED.search(text) or not HEATED.isdisjoint(cues) or not _REPROACHES.isdisjoint(words):
        return False
    start = 0
    for end, word in enumerate(words):
        if word[0] in ENDS:
            if word == "?" and not _ASKING.isdisjoint(_open(words[start:end])):
                return True
            start = end + 1
    return False


def _open(words: Sequence[str]) -> list[str]:
    """Return the first word that is more than a greeting or a link to what stands before."""
    return [word for word in words if word not in _LEADING][:1]
