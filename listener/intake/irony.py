"""Praise that is not meant, or not of us, seen by how it is said and not by its words alone. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from listener.intake.phrases import ENDS, CueMatch, tokenize

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
_ASKED = frozenset(("who", "what's", "whats"))
_LINKS = frozenset(("to", "for", "from", "at", "the", "my", "goes", "go", "out", "with", "of"))  # "kudos to @them"
_OURS = frozenset(("your", "our"))
_ARTICLES = frozenset(("a", "another"))
_QUOTATION = re.compile(r"[\"“]([^\"“”]{8,300})[\"”]")


def find_cry(text: str, words: Sequence[str], matches: Sequence[CueMatch]) -> Iterable[str]:
    """Find praise cried out with no praise after it: "Superb. A wet parcel"."""
    cry = _CRY.match(text)
    last_praise = max((start for cue, start, _ in matches if cue in KIND), default=0)
    if cry and not last_praise and sum(word[0] not in ENDS for word in words) > CRIED:
        yield cry[1].lower()


def find_fond_deeds(words: Sequence[str], matches: Sequence[CueMatch], worthy: Collection[str]) -> Iterable[str]:
    """Find deeds that people praise and seldom mean it: "love waking up to", "nice job parking in my drive"."""
    worth = {start for cue, start, _ in matches if cue in worthy}
    for cue, start, end in matches:
        fond = cue == "praise" and (words[start] in _FOND or words[end - 1] in _FOND)
        if (fond or words[end - 1] == "job") and end < len(words) and words[end].endswith("ing") and end not in worth:
            yield f"{words[start]} {words[end]}"


def find_turned(text: str, words: Sequence[str], matches: Sequence[CueMatch]) -> Iterable[str]:
    """Find praise that a colon or a count turns round: "great service: three hours", "great 45 minute queue"."""
    kind = [match for match in matches if match.cue in KIND]
    last = max((match.start for match in kind), default=-1)
    colons = islice(_COLON.finditer(text), MAX_COLONS) if ":" in text else ()
    ends = {len(tokenize(text[: colon.start()])) for colon in colons}
    counts = {match.start for match in matches if match.cue == "duration" and words[match.start][0].isalnum()}
    for match in kind:
        after = match.end + (match.end < len(words) and words[match.end] in _ARTICLES)
        is_counted = match.cue == "praise" and after in counts
        if is_counted or (match.end in ends and last < match.end):
            yield " ".join(words[match.start : min(after + 1, len(words))])


def quotes_us(text: str) -> str | None:
    """Return a quotation that may be our own words: some words with "we" in quotation marks."""
    for quotation in _QUOTATION.findall(text):
        words = tokenize(quotation)
        if len(words) >= QUOTED and words[0] != "@" and not _WE.isdisjoint(words):
            return str(quotation)
    return None


def is_praised(before: str, after: str, find_cues: Callable[[str], Sequence[CueMatch]]) -> bool:
    """True if praise or thanks stand right before a handle, or are said of it right behind.

    "your driver @anna" is one of us.
    """
    words, following = tokenize(before), tokenize(after)[:REACH]
    if not _OURS.isdisjoint(words[-REACH:]):
        return False
    last = max((match.end for match in find_cues(before) if match.cue in KIND), default=None)
    if last is not None and _LINKS.issuperset(words[last:]):
        return True
    if not following or following[0] not in _ARE:
        return False
    stop = next((at for at, word in enumerate(following) if word[0] in ENDS), len(following))
    return any(match.cue in KIND for match in find_cues(" ".join(following[:stop])))


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
