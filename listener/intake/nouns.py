"""The nouns of the lists of topics in a text: which stand there, and what a reply calls them. Pure.

The lists are data (lexicon/topics.toml and the policy's cues): a reply prints their words, never the author's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from listener.intake.earned import ARTICLES
from listener.intake.phrases import CueMatch

NAME = " = "  # between a phrase of these lists and what a reply calls it: "wi fi = wifi"
THING, FRAME, EVENT, SERVICE, PEOPLE, ASKED = SORTS = (
    "topic_thing", "topic_frame", "topic_event", "topic_service", "topic_people", "topic_asked",
)  # fmt: skip
WHOLE = frozenset((EVENT, SERVICE))  # named as they are: "the delay"; of anything else it is "the trouble with the app"
_MERE_THINGS = (THING, FRAME)  # behind "delayed" they are what the delay is of
_OTHER_SENTENCE = 6  # the same, for each end of a sentence between them
_OWN = frozenset(("my", "our"))
# before "wait", one of these makes it a wait that somebody has
_WAITED = ARTICLES | frozenset(
    ("long", "longer", "hour", "hours", "hr", "hrs", "min", "mins", "minute", "minutes", "day", "days", "week", "weeks",
     "more", "of", "to", "me", "us", "him", "her", "them", "people", "everyone", "i", "we", "still", "then", "no")
)  # fmt: skip
_SPANS = frozenset(
    ("time", "times", "over", "of", "minutes", "hours", "days", "weeks", "an", "forever", "another")
)  # or behind it


class Topic(NamedTuple):
    """A noun of the lists in a text: its sort, what a reply calls it, and its words from start up to end."""

    sort: str
    name: str
    start: int
    end: int
    is_lost: bool  # stands in a phrase of what has not come: "lost my bag"


def plan_topics(cues: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the phrases of the lists of topics, by sort and name, as the matcher finds them."""
    planned: dict[str, tuple[str, ...]] = {}
    for sort in SORTS:
        for phrase in cues.get(sort, ()):
            words, _, name = phrase.partition(NAME)
            named = f"{sort}{NAME}{name or words}"
            planned[named] = (*planned.get(named, ()), words)
    return planned


def read_topic(hit: CueMatch, lost: Collection[CueMatch]) -> Topic:
    sort, _, name = hit.cue.partition(NAME)
    is_lost = bool(lost) and any(phrase.start <= hit.start < phrase.end for phrase in lost)
    return Topic(sort, name, hit.start, hit.end, is_lost)


def keep_heads(topics: Iterable[Topic]) -> list[Topic]:
    """Keep the longest of those that overlap, and of neighbours the last: a gate agent is an agent.

    Of "delayed flights" the delay is kept, too.
    """
    kept: list[Topic] = []
    for topic in sorted(topics, key=lambda topic: (topic.start, -topic.end)):
        if kept and topic.start < kept[-1].end:
            continue
        if kept and topic.start == kept[-1].end and not (kept[-1].sort == EVENT and topic.sort in _MERE_THINGS):
            kept.pop()
        kept.append(topic)
    return kept


def is_verb(topic: Topic, words: Sequence[str]) -> bool:
    """True for "booking a seat", for "to update", and for "but wait!"."""
    if topic.sort in WHOLE:
        return _is_mere_wait(topic, words)
    is_followed = topic.end < len(words) and words[topic.end] in ARTICLES
    return (is_followed and words[topic.end - 1].endswith("ing")) or words[topic.start - 1 : topic.start] == ["to"]


def _is_mere_wait(topic: Topic, words: Sequence[str]) -> bool:
    """True for "but wait!", "we'll wait" and "wait for the others": nobody speaks of a wait that was theirs."""
    if words[topic.start : topic.end] != ["wait"]:
        return False
    before, after = words[max(0, topic.start - 1) : topic.start], words[topic.end : topic.end + 1]
    return _WAITED.isdisjoint(before) and not any(word[0].isdigit() or word in _SPANS for word in after)


def measure(topic: Topic, at: int, ends: Sequence[int]) -> int:
    """Return how many words lie between a noun and a place, and more for each end of a sentence between them."""
    first, last = (topic.end, at) if at >= topic.end else (at + 1, topic.start)
    return max(0, last - first) + _OTHER_SENTENCE * len([end for end in ends if first <= end < last])


def print_topic(topic: Topic, words: Sequence[str]) -> str:
    """Return a noun as a reply prints it: what the author calls "my bag" is "your bag"."""
    before = words[max(0, topic.start - 2) : topic.end]
    is_own = topic.sort in (THING, FRAME) and not _OWN.isdisjoint(before) and not any("'s" in word for word in before)
    return f"{'your' if is_own else 'the'} {topic.name}"
