"""What a text is about, as a noun that a reply may repeat: what gives trouble, what is praised. Pure.

The nouns are data (lexicon/topics.toml and the policy's cues): a reply prints the list's words, never the author's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from listener.intake.asked import Question
from listener.intake.earned import (
    ARTICLES,
    Ground,
    fails,
    is_absent,
    is_asked,
    is_awaited,
    is_missing,
    is_refused,
    is_troubled,
    may_be_asked,
    read_ground,
)
from listener.intake.phrases import ENDS, CueMatch

NAME = " = "  # between a phrase of these lists and what a reply calls it: "wi fi = wifi"
THING, FRAME, EVENT, SERVICE, PEOPLE, ASKED = SORTS = (
    "topic_thing", "topic_frame", "topic_event", "topic_service", "topic_people", "topic_asked",
)  # fmt: skip
WHOLE = frozenset((EVENT, SERVICE))  # named as they are: "the delay"; of anything else it is "the trouble with the app"
TROUBLE = frozenset(("complaint", "problem", "weak_trouble", "negation", "need_broken", "need_quality"))
PRAISE = frozenset(("praise", "warm"))
_HANDICAP = {EVENT: -2, SERVICE: -1, THING: 0, FRAME: 6}  # in words, added to the distance from the trouble
_OTHER_SENTENCE = 6  # the same, for each end of a sentence between them
_MERE_PLACE = {THING: 6, FRAME: 3}  # the same, behind a word of place or time: "at the gate"
_NEEDED = 4  # the other way, inside a phrase of what has not come: "lost my bag"
_MAX_RANK = 14  # beyond it the noun is hardly what gives the trouble
_PLACING = frozenset(
    ("at", "on", "onto", "in", "into", "inside", "to", "from", "off", "by", "before", "after", "through", "via", "than")
)
_TIME: tuple[str, ...] = ("the time this has taken",)  # gives trouble where somebody has waited and names nothing else
_REACH = {THING: 3, SERVICE: 3, FRAME: 2}  # words between a noun and the trouble that is its own; an event is trouble
_PRAISE_REACH = 3  # words from praise to what is praised: "the crew was so nice"
_OWN = frozenset(("my", "our"))
_VAGUE = frozenset(("feature", "device", "page", "item", "items", "product", "products", "system", "files"))
_NO_PRAISE = frozenset(("wait", "forward", "thanks", "thank", "thx"))  # "can't wait for the trip" praises no trip


Cues = Mapping[str, tuple[str, ...]]
Shown = dict[str, tuple[str, ...]]


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


def find_topics(
    text: str,
    words: Sequence[str],
    matches: Sequence[CueMatch],
    cues: Cues,
    harsh: Collection[str],
    question: Question | None = None,
) -> Shown:
    """Return the cues that a wording may print, and `concerns`. cues: those of the text; harsh: words of trouble.

    concerns: the noun nearest to the trouble, which decisions may weigh but no reply prints; matter: "the delay", "the
    trouble with the app", where the noun has earned it; event: only the former; topic: "the app", where it is a thing;
    asked: what a question is about; praised: "the crew".
    """
    lost = [hit for hit in matches if hit.cue == "need_missing"] if "need_missing" in cues else ()
    named = [_read(hit, lost) for hit in matches if NAME in hit[0]]
    if not named:
        return _show_waited(cues)
    asked = [topic for topic in named if topic.sort == ASKED]
    heads = _keep_heads(topic for topic in named if topic.sort != ASKED)
    topics = [topic for topic in heads if not _is_verb(topic, words)]
    ends = [at for at, word in enumerate(words) if word[0] in ENDS]
    praised = _find_praised(topics, matches, words, ends) if not PRAISE.isdisjoint(cues) else None
    printed: Shown = {"praised": (f"the {praised.name}",)} if praised else {}
    trouble = _find_trouble(words, matches, harsh)
    ranked = [(_rank(topic, trouble, ends, words), topic) for topic in topics if topic.sort in _HANDICAP]
    near = _choose(ranked)
    if (near is None or near is praised) and not asked:
        return printed | _show_waited(cues)
    ground = read_ground(text, words, matches, harsh)
    earned = _choose([pair for pair in ranked if _is_earned(pair[1], ground)])
    shown = _show_trouble(earned, words) if earned else _show_waited(cues)
    if not earned:
        shown |= _show_asked([*asked, *topics], ground, question)
    concerns = {"concerns": (_print(near, words),)} if near and near is not praised else {}
    return {**printed, **shown, **concerns}


def _show_waited(cues: Cues) -> Shown:
    return {"matter": _TIME, "event": _TIME, "concerns": _TIME} if "waiting" in cues else {}


def _is_earned(topic: Topic, ground: Ground) -> bool:
    """True if trouble is this noun's own: another that is only near it is a wrong one, which is worse than none."""
    noun = topic.start, topic.end
    if topic.sort == EVENT:
        return not is_absent(ground, noun) and not is_asked(ground, noun)
    if topic.sort == SERVICE and is_missing(ground, noun):
        return False
    if topic.is_lost:
        return not is_awaited(ground, noun)
    is_own = is_troubled(ground, noun, _REACH[topic.sort]) or (topic.sort == THING and fails(ground, noun))
    return is_own and not is_refused(ground, noun)


def _show_trouble(topic: Topic, words: Sequence[str]) -> Shown:
    name = _print(topic, words)
    if topic.sort in WHOLE:
        return {"matter": (name,), "event": (name,)}
    return {"topic": (name,), "matter": (f"the trouble with {name}",)}


def _show_asked(topics: Iterable[Topic], ground: Ground, question: Question | None) -> Shown:
    """Return what a question is about: what it asks of a thing ("the opening times"), else what its own clause names.

    A thing has to be the only one there, and what nearly every mention has is named where nothing else is. Beside
    trouble it is not sure what is asked about. Where no word asks, all of the text is the clause.
    """
    first, last = (question.start, question.end) if question else (0, len(ground.words))
    if any(first <= start < last for start, _ in ground.trouble):
        return {}
    inside = [topic for topic in topics if first <= topic.start and topic.end <= last]
    asked = next((topic.name for topic in inside if topic.sort == ASKED), None)
    thing = _find_only(inside, THING, ground)
    frame = _find_only(inside, FRAME, ground) if question else None
    shown = {"topic": thing, "asked": asked or thing or frame}
    return {name: (noun,) for name, noun in shown.items() if noun}


def _find_only(topics: Iterable[Topic], sort: str, ground: Ground) -> str | None:
    """Return the only noun of a sort, if it may be what is asked about."""
    named = [topic for topic in topics if topic.sort == sort and topic.name not in _VAGUE]
    if len({topic.name for topic in named}) != 1 or not may_be_asked(ground, (named[0].start, named[0].end)):
        return None
    return _print(named[0], ground.words)


def _read(hit: CueMatch, lost: Collection[CueMatch]) -> Topic:
    sort, _, name = hit.cue.partition(NAME)
    is_lost = bool(lost) and any(phrase.start <= hit.start < phrase.end for phrase in lost)
    return Topic(sort, name, hit.start, hit.end, is_lost)


def _keep_heads(topics: Iterable[Topic]) -> list[Topic]:
    """Keep the longest of those that overlap, and of neighbours the last: a gate agent is an agent.

    Of "delayed flights" the delay is kept, too.
    """
    kept: list[Topic] = []
    for topic in sorted(topics, key=lambda topic: (topic.start, -topic.end)):
        if kept and topic.start < kept[-1].end:
            continue
        if kept and topic.start == kept[-1].end and not (kept[-1].sort == EVENT and topic.sort in _MERE_PLACE):
            kept.pop()
        kept.append(topic)
    return kept


def _is_verb(topic: Topic, words: Sequence[str]) -> bool:
    """True for "booking a seat", and for "to update"."""
    if topic.sort in WHOLE:
        return False
    is_followed = topic.end < len(words) and words[topic.end] in ARTICLES
    return (is_followed and words[topic.end - 1].endswith("ing")) or words[topic.start - 1 : topic.start] == ["to"]


def _is_place(topic: Topic, words: Sequence[str]) -> bool:
    """True behind a word of place, with an article between them or without: there it happened."""
    before = words[max(0, topic.start - 2) : topic.start]
    return bool(before) and (before[-1] in _PLACING or (before[0] in _PLACING and before[-1] in ARTICLES))


def _find_trouble(words: Sequence[str], matches: Iterable[CueMatch], harsh: Collection[str]) -> list[int]:
    return [hit.start for hit in matches if hit.cue in TROUBLE] + [at for at, word in enumerate(words) if word in harsh]


def _rank(topic: Topic, trouble: Sequence[int], ends: Sequence[int], words: Sequence[str]) -> int:
    """Return the distance from the trouble: less for what is trouble as such, more for a place or what all speak of."""
    handicap = _HANDICAP[topic.sort] - _NEEDED * topic.is_lost
    if topic.sort in _MERE_PLACE and _is_place(topic, words):
        handicap += _MERE_PLACE[topic.sort]
    return handicap + min([_measure(topic, at, ends) for at in trouble], default=0)


def _choose(ranked: Iterable[tuple[int, Topic]]) -> Topic | None:
    """Return what is nearest to the trouble, None where nothing is near."""
    near = [pair for pair in ranked if pair[0] <= _MAX_RANK]
    return min(near, key=itemgetter(0))[1] if near else None


def _find_praised(
    topics: Iterable[Topic], matches: Iterable[CueMatch], words: Sequence[str], ends: Sequence[int]
) -> Topic | None:
    """Return what stands near praise in the same sentence; "my order came early" praises more than the order."""
    places = [hit.start for hit in matches if hit.cue in PRAISE and _NO_PRAISE.isdisjoint(words[hit.start : hit.end])]
    near = [
        (distance, topic)
        for topic in topics
        if topic.sort not in (EVENT, FRAME)
        for distance in [_measure(topic, at, ends) for at in places]
        if distance <= _PRAISE_REACH
    ]
    return min(near, key=itemgetter(0))[1] if near else None


def _measure(topic: Topic, at: int, ends: Sequence[int]) -> int:
    """Return how many words lie between a noun and a place, and more for each end of a sentence between them."""
    first, last = (topic.end, at) if at >= topic.end else (at + 1, topic.start)
    return max(0, last - first) + _OTHER_SENTENCE * len([end for end in ends if first <= end < last])


def _print(topic: Topic, words: Sequence[str]) -> str:
    """Return a noun as a reply prints it: what the author calls "my bag" is "your bag"."""
    before = words[max(0, topic.start - 2) : topic.end]
    is_own = topic.sort in (THING, FRAME) and not _OWN.isdisjoint(before) and not any("'s" in word for word in before)
    return f"{'your' if is_own else 'the'} {topic.name}"
