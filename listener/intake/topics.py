"""What a text is about, as a noun that a reply may repeat: what gives trouble, what is praised. Pure.

The nouns are data (lexicon/topics.toml and the policy's cues): a reply prints the list's words, never the author's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from listener.intake.asked import Question
from listener.intake.earned import (
    ARTICLES,
    Ground,
    fails,
    has_not_been,
    is_awaited,
    is_missing,
    is_refused,
    is_troubled,
    may_be_asked,
    read_ground,
)
from listener.intake.nouns import (
    ASKED,
    EVENT,
    FRAME,
    NAME,
    SERVICE,
    THING,
    WHOLE,
    Topic,
    is_verb,
    keep_heads,
    measure,
    print_topic,
    read_topic,
)
from listener.intake.phrases import ENDS, CueMatch
from listener.intake.praised import PRAISE, find_praised, print_praised

TROUBLE = frozenset(("complaint", "problem", "weak_trouble", "negation", "need_broken", "need_quality"))
_HANDICAP = {EVENT: -2, SERVICE: -1, THING: 0, FRAME: 6}  # in words, added to the distance from the trouble
_MERE_PLACE = {THING: 6, FRAME: 3}  # the same, behind a word of place or time: "at the gate"
_NEEDED = 4  # the other way, inside a phrase of what has not come: "lost my bag"
_MAX_RANK = 14  # beyond it the noun is hardly what gives the trouble
_PLACING = frozenset(
    ("at", "on", "onto", "in", "into", "inside", "to", "from", "off", "by", "before", "after", "through", "via", "than")
)
_TIME: tuple[str, ...] = ("the time this has taken",)  # gives trouble where somebody has waited and names nothing else
# beside one of these the time is what gives trouble; "no power for five days" is no wait
AWAITING = frozenset(
    ("need_late", "need_status", "need_missing", "need_unreachable", "need_refund", "need_message_sent")
)
_REACH = {THING: 3, SERVICE: 3, FRAME: 2}  # words between a noun and the trouble that is its own; an event is trouble
_LIST_REACH = 1  # words behind a clause in which a list goes on
_VAGUE = frozenset(("feature", "device", "page", "item", "items", "product", "products", "system", "files"))


Cues = Mapping[str, tuple[str, ...]]
Shown = dict[str, tuple[str, ...]]


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
    named = [read_topic(hit, lost) for hit in matches if NAME in hit[0]]
    if not named:
        return _show_waited(cues)
    asked = [topic for topic in named if topic.sort == ASKED]
    heads = keep_heads(topic for topic in named if topic.sort != ASKED)
    topics = [topic for topic in heads if not is_verb(topic, words)]
    ends = [at for at, word in enumerate(words) if word[0] in ENDS]
    praised = find_praised(topics, matches, words, ends) if not PRAISE.isdisjoint(cues) else None
    trouble = _find_trouble(words, matches, harsh)
    ranked = [(_rank(topic, trouble, ends, words), topic) for topic in topics if topic.sort in _HANDICAP]
    near = _choose(ranked)
    if near is None and praised is None and not asked:
        return _show_waited(cues)
    ground = read_ground(text, words, ends, matches, harsh)
    name = print_praised(praised, matches, text, ground) if praised else None
    printed: Shown = {"praised": (name,)} if name else {}
    if (near is None or near is praised) and not asked:
        return printed | _show_waited(cues)
    earned = _choose([pair for pair in ranked if _is_earned(pair[1], ground)])
    shown = _show_trouble(earned, words) if earned else _show_waited(cues)
    if not earned:
        shown |= _show_asked([*asked, *topics], ground, question)
    concerns = {"concerns": (print_topic(near, words),)} if near and near is not praised else {}
    return {**printed, **shown, **concerns}


def _show_waited(cues: Cues) -> Shown:
    if "waiting" not in cues:
        return {}
    shown = {"concerns": _TIME}
    return shown if AWAITING.isdisjoint(cues) else {**shown, "matter": _TIME, "event": _TIME}


def _is_earned(topic: Topic, ground: Ground) -> bool:
    """True if trouble is this noun's own: another that is only near it is a wrong one, which is worse than none."""
    noun = topic.start, topic.end
    if topic.sort == EVENT:
        return not has_not_been(ground, noun)
    if topic.sort == SERVICE and is_missing(ground, noun):
        return False
    if topic.is_lost:
        return not is_awaited(ground, noun)
    is_own = is_troubled(ground, noun, _REACH[topic.sort]) or (topic.sort == THING and fails(ground, noun))
    return is_own and not is_refused(ground, noun)


def _show_trouble(topic: Topic, words: Sequence[str]) -> Shown:
    name = print_topic(topic, words)
    if topic.sort in WHOLE:
        return {"matter": (name,), "event": (name,)}
    return {"topic": (name,), "matter": (f"the trouble with {name}",)}


def _show_asked(topics: Sequence[Topic], ground: Ground, question: Question | None) -> Shown:
    """Return what a question is about: what it asks of a thing ("the opening times"), else what its own clause names.

    A thing has to be the only one there, and what nearly every mention has is named where nothing else is. Beside
    trouble it is not sure what is asked about. Where no word asks, all of the text is the clause.
    """
    first, last = (question.start, question.end) if question else (0, len(ground.words))
    if any(first <= start < last for start, _ in ground.trouble):
        return {}
    inside = [topic for topic in topics if first <= topic.start and topic.end <= last]
    asked = next((topic.name for topic in inside if topic.sort == ASKED and question), None)
    listed = {topic.name for topic in topics if last < topic.start <= last + _LIST_REACH}  # "a kettle, a toaster or"
    thing = None if listed else _find_only(inside, THING, ground)
    frame = _find_only(inside, FRAME, ground) if question else None
    shown = {"topic": thing, "asked": asked or thing or frame}
    return {name: (noun,) for name, noun in shown.items() if noun}


def _find_only(topics: Iterable[Topic], sort: str, ground: Ground) -> str | None:
    """Return the only noun of a sort that may be what is asked about."""
    able = [topic for topic in topics if topic.sort == sort and may_be_asked(ground, (topic.start, topic.end))]
    if len({topic.name for topic in able}) != 1 or able[0].name in _VAGUE:
        return None
    return print_topic(able[0], ground.words)


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
    return handicap + min([measure(topic, at, ends) for at in trouble], default=0)


def _choose(ranked: Iterable[tuple[int, Topic]]) -> Topic | None:
    """Return what is nearest to the trouble, None where nothing is near."""
    near = [pair for pair in ranked if pair[0] <= _MAX_RANK]
    return min(near, key=itemgetter(0))[1] if near else None
