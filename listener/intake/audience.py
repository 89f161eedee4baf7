"""To whom a post is said: to us, or to others who read that we are named. Pure."""

import re
from collections.abc import Collection, Iterable
from itertools import pairwise

from listener.intake.phrases import tokenize
from listener.intake.text import PICTURE, find_handles, find_hashtags

ANOTHER_FIRST = "another handle first"
ONLY_TAGGED = "no handle of ours"
TO_EVERYBODY = "everybody"
LEAVING = frozenset(("threat_to_leave", "need_leaving"))
_GENERAL = frozenset(("if", "unless", "until", "when", "whenever", "once"))  # "if you miss it" says you to everybody
_DO, _ALL = frozenset(("do", "does")), frozenset(("everyone", "everybody", "people", "folks"))  # "does everyone think"
_YOU = frozenset(("you", "you're", "youre", "u", "your"))
_SELF = frozenset(("i", "i'm", "im", "i've", "ive", "i'd", "my", "me", "we", "our", "us", "please", "pls"))
# "when you open the box: " and a picture, a joke that many tell
_REACTION = re.compile(r"\s{0,9}(?:me )?when\b[^.?!\n]{0,300}(?::|\.\.+|…)\s{0,9}https?://\S+\s*", re.IGNORECASE)
# what gives credit, and to whom: "shout out to all the crews"
_CREDIT = re.compile(
    r"\b(?:shout ?-?outs?|s/o|props|kudos|hats off) (?:goes |go |out )?to ((?:\S+\s*){1,4})", re.IGNORECASE
)
# a handle that stands for a name: its verb follows, and no question: "@fernhill is this right?"
_NAMED = re.compile(
    r"\W*@\w+(?:['’]s|(?: (?:is|are|was|were|has|have|had|will|says?)))\b"
    r"(?! (?:this|that|it|there|the|my|your|these|those|any\w*|you|i|we|a|an)\b)",
    re.IGNORECASE,
)
# a handle that is spoken to: nothing but marks, pictures, links and other handles follow it in its sentence
_SPOKEN_TO = re.compile(r"@[\w.-]*\w(?:\s*(?:https?://|" + PICTURE + r"|[^\w\s#@'’&+/\[-])|\s*$)", re.IGNORECASE)
# "switching to @fernhill": who names us behind it comes to us
_JOINED = re.compile(r"\bswitching (?:back |over )?to @(\w+)", re.IGNORECASE)
GREETING_WORDS = 2  # "hey there @fernhill"


def begins_with_handle(text: str) -> bool:
    """True if a text begins with a handle, at most after a greeting: it is addressed to it."""
    return "@" in text and len(text[: text.index("@")].split()) <= GREETING_WORDS


def starts_with_handle(text: str) -> bool:
    """True if nothing stands before the first handle; a point may, so that others see the post: ".@fernhill"."""
    return text.lstrip(" .")[:1] == "@"


def is_spoken_to(text: str) -> bool:
    """True if a handle begins the text or ends a clause: "broken again @fernhill", not "how many @fernhill shops"."""
    return starts_with_handle(text) or _SPOKEN_TO.search(text) is not None


def speaks_of_handle(text: str) -> bool:
    """True for a text that begins with a handle as with a name: "@fernhill is opening a shop"."""
    return _NAMED.match(text) is not None


def find_audience(text: str, own: Collection[str]) -> str | None:
    """Return why a text is said to others, None if it may be said to us. own: our handles and names, lower case.

    Another's handle comes before ours: it is answered, or spoken of. Or the text names us by a hashtag alone, or says
    "you" to all who read it. A lone handle that is not known here may be ours: the handle of a platform need not stand
    in the policy.
    """
    handles = find_handles(text)
    if _is_ours(handles, own) and not _is_ours(handles[:1], own):
        return ANOTHER_FIRST
    if not _is_ours(handles, own) and any(tag in own for tag in find_hashtags(text)):
        return ONLY_TAGGED
    return TO_EVERYBODY if _is_to_everybody(text) else None


def welcome(cues: dict[str, tuple[str, ...]], text: str, own: Collection[str]) -> None:
    """Take away the words of leaving where it is us that somebody switches to: "switching to @fernhill"."""
    if LEAVING.isdisjoint(cues) or not any(handle.lower() in own for handle in _JOINED.findall(text)):
        return
    for name in LEAVING & cues.keys():
        cues[name] = tuple(words for words in cues[name] if "switch" not in words)
        if not cues[name]:
            del cues[name]


def _is_ours(handles: Iterable[str], own: Collection[str]) -> bool:
    """True if one of the handles has one of our names in it: @fernhill_help may be ours as well."""
    return any(name in handle for handle in handles for name in own)


def _is_to_everybody(text: str) -> bool:
    """True for a post that says "you" to all who read it, and asks nothing of us: "if you miss their soup, you're mad".

    Not for one that begins with a handle, or speaks of its author; a joke with a picture may.
    """
    if begins_with_handle(text):
        return False
    words = tokenize(text)
    asked = zip(words, words[1:], words[2:], strict=False)
    if any(does in _DO and who in _ALL and verb == "think" for does, who, verb in asked):
        return True
    is_general = any(word in _GENERAL and after in _YOU for word, after in pairwise(words))
    return (is_general and _SELF.isdisjoint(words)) or _REACTION.fullmatch(text) is not None


def credits_others(text: str, own: Collection[str]) -> bool:
    """True for "shout out to all mothers on #fernhill": it gives credit, and none to us."""
    credited = [words.lower() for words in _CREDIT.findall(text)]
    return bool(credited) and not any(_names_us(words, own) for words in credited)


def _names_us(words: str, own: Collection[str]) -> bool:
    """True if the first words name us, or speak to us, before any other place than ours is named."""
    return not _YOU.isdisjoint(tokenize(words)) or any(name in words.partition(" on ")[0] for name in own)
