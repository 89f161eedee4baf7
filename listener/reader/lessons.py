"""What a decision of staff says about a mention: is it praise, is it a complaint, and how far it counts.

docs/decisions/0048-learning-from-staff.md has the table, with the reasons.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from sys import intern

from listener.intake.phrases import tokenize
from listener.model import Json
from listener.reader.features import own_features, word_features
from listener.store.operation_records import StaffDecision

THANKS, SUPPORT = "thank_you", "support"
TROUBLE = ("complaint", "problem", "threat_to_leave")
KIND = ("praise", "thanks", "warm")
FULL, HALF = 1.0, 0.5
PER_AUTHOR = 3.0  # the most that all mentions of an author count together
PER_STAFF = 200.0  # the most that a member of staff counts, unless the others count more together

Person = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a decision says: None where it says nothing. weight: how far it counts, up to 1."""

    praise: bool | None
    complaint: bool | None
    weight: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """A mention, by the features that the second reader looks at, and what staff's decision says about it.

    number: grows with time; by: who decided; author: who wrote the mention.
    """

    number: int
    by: str
    author: Person
    features: tuple[str, ...]
    praise: bool | None
    complaint: bool | None
    weight: float


def teach(decided: StaffDecision) -> Lesson | None:
    """Return the lesson of a decision; None where it says nothing, or its signals are of another version."""
    try:
        verdict, features = judge(decided), _features(decided.signals)
    except (LookupError, TypeError, ValueError):
        return None
    if verdict is None:
        return None
    author = (decided.platform, decided.author_id)
    verdicts = (verdict.praise, verdict.complaint, verdict.weight)
    return Lesson(decided.event_id, decided.by, author, features, *verdicts)


def _features(signals: Json) -> tuple[str, ...]:
    tokens = tokenize(signals["text"])
    own = own_features(signals["cues"], signals["compound"], min(signals["sentences"]), len(tokens))
    return tuple(map(intern, (*word_features(tokens), *own)))  # thousands of mentions share their words


def judge(decided: StaffDecision) -> Verdict | None:
    """Return what a decision says about the mention; None where it says nothing."""
    if decided.what == "approved":
        return _judge_approval(decided)
    if decided.what == "escalated":
        if decided.action == "ignore":  # ignored, and brought back by a person
            return Verdict(None, True, HALF)
        return Verdict(False, None, HALF) if decided.drafted == THANKS else None
    if decided.drafted == THANKS:
        return Verdict(False, None, HALF)
    if decided.drafted == SUPPORT or decided.rule == "reader_complaint":
        return Verdict(None, False, HALF)
    return None


def _judge_approval(decided: StaffDecision) -> Verdict | None:
    """Judge what was approved. Support is also the kind of a text for which nobody chose a kind."""
    cues: Mapping[str, object] = decided.signals["cues"]
    has_trouble = any(name in cues for name in TROUBLE)
    if decided.kind == THANKS:
        return Verdict(True, False, FULL)
    if decided.kind != SUPPORT:
        return None
    if decided.drafted == SUPPORT:
        return Verdict(False, has_trouble or None, FULL)
    if decided.drafted == THANKS:
        return Verdict(False, True, HALF)
    is_clear = has_trouble and not any(name in cues for name in KIND)
    return Verdict(False, True, FULL) if is_clear or decided.rule == "reader_complaint" else None


def _sum(lessons: Sequence[Lesson], key: Callable[[Lesson], Hashable]) -> dict[Hashable, float]:
    """Sum how far lessons count, by their key."""
    sums: defaultdict[Hashable, float] = defaultdict(float)
    for lesson in lessons:
        sums[key(lesson)] += lesson.weight
    return sums


def bound(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Let no author and no member of staff decide alone: cut how far their lessons count, never raise it."""
    by_author = _sum(lessons, lambda lesson: lesson.author)
    shared = [
        replace(lesson, weight=lesson.weight * min(1.0, PER_AUTHOR / by_author[lesson.author])) for lesson in lessons
    ]
    by_staff = _sum(shared, lambda lesson: lesson.by)
    total = sum(by_staff.values())
    allowed = {name: max(PER_STAFF, total - weight) for name, weight in by_staff.items()}
    return [
        replace(lesson, weight=lesson.weight * min(1.0, allowed[lesson.by] / by_staff[lesson.by])) for lesson in shared
    ]
