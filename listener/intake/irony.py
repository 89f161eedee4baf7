"""Praise that is not meant, or not of us, seen by how it is said and not by its words alone. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice, pairwise

from listener.intake.phrases import ENDS, CueMatch, find_breaks, find_clauses, tokenize

KIND = ("praise", "thanks", "warm")
CRIED = 3  # with more words, a text is more than a cry
REACH = 5  # words behind a handle in which it is praised: "@them are so much better"
QUOTED = 3  # words of ours from which a quotation is one
MAX_COLONS = 10  # of a text that are looked at
_CRY = re.compile(r"\W*([^\W\d_]+)[,.:!…]+\s")
_COLON = re.compile(r"(?<=\w)\s?:\s(?![)(DP/*'^|-])")  # not of a smiley, a time or a link
_FOND = frozenset(("love", "loves", "loved", "loving", "luv", "enjoy", "enjoyed", "enjoying", "adore"))
_ARE = frozenset(("is", "are", "was", "were", "has", "have", "you", "you're", "rock", "rocks", "does", "do"))
_WE = frozenset(("we", "our", "us", "we're", "we'll", "we've"))
_TAKES = frozenset(("take", "takes", "took", "taken", "taking", "suck", "sucks", "sucked", "suckin", "sucking"))
_JOYS = frozenset(("fun", "joy", "pleasure", "magic", "love", "enjoyment", "excitement", "shine", "glamour"))
_ELSE_REACH = 3  # words behind "everyone else" in which somebody was not praised: "everyone else was great"
_TAKE_REACH = 3  # words between these and what is taken away: "took all the joy out of it"
_ASKED = frozenset(("who", "what's", "whats"))
_LINKS = frozenset(("to", "for", "from", "at", "the", "my", "goes", "go", "out", "with", "of"))  # "kudos to @them"
_OURS = frozenset(("your", "our"))
_ARTICLES = frozenset(("a", "another"))
# at the beginning, these ask for a deed: "check the list, thanks"
_DEEDS = frozenset(
    ("dm", "pm", "send", "email", "mail", "call", "ring", "text", "message", "check", "see", "look", "give", "tell",
     "put", "let", "get", "fix", "add", "follow", "change", "cancel", "book", "refund", "confirm", "update", "find",
     "explain")
)  # fmt: skip
# not "this" and "that": "thank you so much for this. Again."
_PRONOUNS = frozenset(("them", "em", "these", "those", "both", "mine", "ours", "yours", "theirs", "hers"))
_COUNTS = frozenset(("both", "all", "each", "some", "many", "most", "one", "two", "three", "either", "any", "every"))
# what may stand behind a pronoun that no noun follows: "them guys"
_AFTER_PRONOUNS = frozenset(
    ("both", "too", "today", "yesterday", "tonight", "everyone", "everybody", "guys", "team", "folks", "x", "xx", "xxx")
)
_DAYS = tuple([which, part] for which in ("this", "last") for part in ("morning", "afternoon", "evening", "week"))
_QUOTATION = re.compile(r"[\"“]([^\"“”]{8,300})[\"”]")


def find_cry(text: str, words: Sequence[str], matches: Sequence[CueMatch]) -> Iterable[str]:
    """Find praise cried out with no praise after it: "Superb. A wet parcel"."""
    cry = _CRY.match(text)
    last_praise = max((start for cue, start, _ in matches if cue in KIND), default=0)
    if cry and not last_praise and sum(word[0] not in ENDS for word in words) > CRIED:
        yield cry[1].lower()


def find_taken_back(words: Sequence[str]) -> Iterable[str]:
    """Find a "not" that takes back all before it: "what a great service ... not"."""
    if len(words) > 2 and "not" in (words[-1], words[-2]) and words[-2 - (words[-1][0] in ENDS)][0] in ENDS:
        yield "... not"


def find_fond_deeds(words: Sequence[str], matches: Sequence[CueMatch], worthy: Collection[str]) -> Iterable[str]:
    """Find deeds that people praise and seldom mean it: "love waking up to", "nice job parking in my drive"."""
    worth = {start for cue, start, _ in matches if cue in worthy}
    for cue, start, end in matches:
        fond = cue == "praise" and (words[start] in _FOND or words[end - 1] in _FOND)
        if (fond or words[end - 1] == "job") and end < len(words) and words[end].endswith("ing") and end not in worth:
            yield f"{words[start]} {words[end]}"


def find_turned(text: str, words: Sequence[str], matches: Sequence[CueMatch]) -> Iterable[str]:
    """Find praise that a colon, a count or a loss turns round: "great service: three hours", "took the fun out of it".

    What everybody else is praised for, somebody was not.
    """
    kind = [match for match in matches if match.cue in KIND]
    last = max((match.start for match in kind), default=-1)
    colons = islice(_COLON.finditer(text), MAX_COLONS) if ":" in text else ()
    ends = {len(tokenize(text[: colon.start()])) for colon in colons}
    counts = {match.start for match in matches if match.cue == "duration" and words[match.start][0].isalnum()}
    yield from _find_taken(words)
    for match in kind:
        after = match.end + (match.end < len(words) and words[match.end] in _ARTICLES)
        is_counted = match.cue == "praise" and after in counts
        if (
            is_counted
            or (match.end in ends and last < match.end)
            or "else" in words[max(0, match.start - _ELSE_REACH) : match.start]
        ):
            yield " ".join(words[match.start : min(after + 1, len(words))])


def _find_taken(words: Sequence[str]) -> Iterable[str]:
    """Find a joy that somebody takes: "took all the fun out of it"."""
    for at in range(len(words) - 2):
        before = words[max(0, at - _TAKE_REACH) : at]
        if words[at] in _JOYS and list(words[at + 1 : at + 3]) == ["out", "of"] and not _TAKES.isdisjoint(before):
            yield f"{words[at]} out of"


def find_closing_thanks(text: str, words: Sequence[str], matches: Sequence[CueMatch]) -> Iterable[str]:
    """Find thanks that only close what somebody hands over or asks for: "DM me the code, thanks"."""
    opening = words[0] if words else ""
    kind = [match for match in matches if match.cue in KIND]
    if not (opening in _DEEDS or opening.isdigit()) or any(match.cue != "thanks" for match in kind):
        return
    last = max(at for at, word in enumerate(words) if word[0] not in ENDS)
    closing = next((match for match in kind if match.end == last + 1), None)
    if closing and closing.start in find_clauses(text)[0]:
        yield " ".join(words[closing.start : closing.end])


def is_pronoun(text: str, words: Sequence[str], at: int) -> bool:
    """True for "thanks for them" and "thanks for both of these": what was named before, and no noun follows."""
    if words[at] in _COUNTS and list(words[at + 1 : at + 2]) == ["of"]:
        at += 2
    if at >= len(words) or words[at] not in _PRONOUNS:
        return False
    following = words[at + 1 : at + 3]
    if not following or not following[0][0].isalnum() or following[0] in _AFTER_PRONOUNS:
        return True
    return following in _DAYS or at + 1 in find_breaks(text, words)


def quotes_us(text: str) -> str | None:
    """Return a quotation that may be our own words: some words with "we" in quotation marks."""
    for quotation in _QUOTATION.findall(text):
        words = tokenize(quotation)
        if len(words) >= QUOTED and words[0] != "@" and not _WE.isdisjoint(words):
            return str(quotation)
    return None


def is_praised(before: str, after: str, find_cues: Callable[[str], Sequence[CueMatch]]) -> bool:
    """True if praise or thanks stand right before a handle, or are said of it right behind.

    "@anna thanks" thanks her; "your driver @anna" is one of us.
    """
    words, following = tokenize(before), tokenize(after)[:REACH]
    if not _OURS.isdisjoint(words[-REACH:]):
        return False
    last = max((match.end for match in find_cues(before) if match.cue in KIND), default=None)
    if last is not None and _LINKS.issuperset(_drop_friends(words[last:])):
        return True
    if not words and find_cues(" ".join(following[:1])):
        return any(match.cue == "thanks" for match in find_cues(" ".join(following[:1])))
    if not following or following[0] not in _ARE:
        return False
    stop = next((at for at, word in enumerate(following) if word[0] in ENDS), len(following))
    return any(match.cue in KIND for match in find_cues(" ".join(following[:stop])))


def _drop_friends(words: Sequence[str]) -> list[str]:
    """Leave out who stands behind "my" before a handle: "shout out to my man @them"."""
    return [word for before, word in pairwise(("", *words)) if before != "my"]


def is_rhetorical(words: Sequence[str], matches: Sequence[CueMatch]) -> bool:
    """True if every question mark ends a question that is an idiom of praise: "who doesn't love new paper?"."""
    praised = [match.start for match in matches if match.cue == "idiom" and words[match.start] in _ASKED]
    start = 0
    for end, word in enumerate(words):
        if word[0] in ENDS:
            if "?" in word and not any(start <= place < end for place in praised):
                return False
            start = end + 1
    return bool(praised)
