"""`earshot learn`, and weekly in upkeep: adapt the second reader to what staff decided, if that makes nothing worse.

It reads decisions, learns in memory, and keeps the result in one transaction; dying before that changes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from listener.errors import InputError
from listener.faultpoints import fault_point
from listener.intake.phrases import tokenize
from listener.model import Decision, Json, MentionSignals
from listener.policy import Policy
from listener.protocols import Responder
from listener.reader import adapt
from listener.reader.adapt import Learned, Measure
from listener.reader.in_use import read_current
from listener.reader.lessons import Lesson, teach
from listener.reader.score import SecondReader, Weights, shipped, shipped_digest
from listener.store import reader_weights, staff_decisions
from listener.store.engine import Store
from listener.store.operation_records import StaffDecision
from listener.store.reader_weights import NewWeights
from listener.triage.decide import decide
from listener.triage.signals import unpack

MAX_DECISIONS = 5_000  # the newest; older ones are no guide to what staff want today
COMPARED = 1_000  # of them: those decided again, to show what changes
EVERY = timedelta(days=7)
WORDS = 10  # that are shown with the largest changes
UPKEEP = "upkeep"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What learning came to, as `earshot learn --json` prints it.

    adopted: its weights are in use; weights: their id; faults: why they are not; changes: what becomes of the newest
    decisions -> how many; words: word -> what it adds to praise and to a complaint, the largest changes.
    """

    decisions: int
    learned_from: int
    measured_on: int
    before: Measure | None
    after: Measure | None
    changes: dict[str, int]
    words: dict[str, tuple[float, float]]
    faults: list[str]
    adopted: bool = False
    weights: int | None = None


def learn(
    store: Store, policy: Policy, responders: Mapping[str, Responder], by: str, now: datetime, *, is_trial: bool = False
) -> Attempt:
    """Learn from the newest decisions of staff, and adopt the result if it reads the last fifth no worse.

    is_trial: keep nothing.
    """
    past = _read(store)
    if len(past.lessons) < adapt.MIN_DECISIONS:
        what = f"staff made {len(past.lessons)} decisions to learn from; learning begins at {adapt.MIN_DECISIONS}"
        return Attempt(len(past.lessons), 0, 0, None, None, {}, {}, [what])
    learned, attempt = _try(past, policy, responders)
    return attempt if is_trial else _keep(store, attempt, learned, by, now)


def learn_weekly(store: Store, policy: Policy, responders: Mapping[str, Responder], now: datetime) -> Attempt | None:
    """Learn if the policy wants it and a week has passed; not after a person went back, until a person learns again."""
    if not policy.reader.enabled or not policy.reader.learn:
        return None
    with store.read() as connection:
        attempts = reader_weights.list_attempts(connection)
        has_enough = staff_decisions.count_acts(connection, adapt.MIN_DECISIONS) >= adapt.MIN_DECISIONS
    last = attempts[0] if attempts else None
    is_waiting = last is not None and now - last.at < EVERY and _fits(last.base)
    if is_waiting or not has_enough or reader_weights.is_left(attempts):
        return None
    attempt = learn(store, policy, responders, UPKEEP, now)
    if attempt.after is None:  # too little was said: look again in a week, not at every upkeep
        with store.write() as connection:
            reader_weights.refuse(connection, _record(attempt), UPKEEP, now)
    return attempt


def _fits(base: str) -> bool:
    return base == shipped_digest()


def go_back(store: Store, by: str, now: datetime) -> tuple[int, int | None]:
    """Use the weights before, or the shipped ones; return both ids, None for shipped. Raises InputError."""
    with store.write() as connection:
        ids = reader_weights.revert(connection, shipped_digest(), by, now)
    if ids is None:
        raise InputError("the second reader uses the shipped weights", "there is nothing to go back to")
    return ids


@dataclass(frozen=True, slots=True)
class Past:
    """What is learned from. lessons: the newest decisions of staff; signals: of the newest of their mentions."""

    lessons: list[Lesson]
    signals: list[MentionSignals]
    current: Weights | None  # the learned weights in use


def _read(store: Store) -> Past:
    """Read the newest lessons; of most decisions only their features stay in memory."""
    lessons: list[Lesson] = []
    signals: list[MentionSignals] = []
    with store.read() as connection:
        for decided in staff_decisions.read_staff_decisions(connection):
            if (lesson := teach(decided)) is not None:
                lessons.append(lesson)
                signals += _unpack(decided) if len(signals) < COMPARED else ()
            if len(lessons) == MAX_DECISIONS:
                break
        return Past(lessons, signals, read_current(connection))


def _try(past: Past, policy: Policy, responders: Mapping[str, Responder]) -> tuple[Learned, Attempt]:
    """Learn from the older lessons, and measure on the newest: against the weights in use and the shipped ones."""
    bounds, current = (policy.reader.propose_from, policy.reader.hear_from), past.current
    older, newest = adapt.split(past.lessons)
    learned = adapt.learn(older, shipped())
    after = adapt.measure(newest, shipped().changed_by(learned.changes), *bounds)
    rivals = [shipped()] if current is None else [shipped().changed_by(current), shipped()]
    measures = [adapt.measure(newest, weights, *bounds) for weights in rivals]
    faults = list(dict.fromkeys(fault for before in measures for fault in adapt.find_faults(before, after)))
    if learned.changes == current:
        faults = ["the weights in use are these already"]
    changes = compare(past.signals, current, learned.changes, policy, responders)
    sizes = (len(past.lessons), len(older), len(newest))
    return learned, Attempt(*sizes, measures[0], after, changes, largest(learned.changes), faults)


def _keep(store: Store, attempt: Attempt, learned: Learned, by: str, now: datetime) -> Attempt:
    """Adopt the weights, or keep only that the attempt failed."""
    with store.write() as connection:
        if attempt.faults:
            reader_weights.refuse(connection, _record(attempt), by, now)
            return attempt
        changes = learned.changes
        new = replace(_record(attempt), bias=changes.bias, features=changes.features, authors=learned.authors)
        weights_id = reader_weights.adopt(connection, new, by, now)
        fault_point("L1")
    return replace(attempt, adopted=True, weights=weights_id)


def _record(attempt: Attempt) -> NewWeights:
    """Return what is kept of an attempt whatever came of it: numbers and reasons, no word."""
    measures: Json = {name: value for name, value in asdict(attempt).items() if name in ("before", "after", "changes")}
    measures |= {"faults": attempt.faults, "message": "; ".join(attempt.faults) or None}
    return NewWeights(shipped_digest(), attempt.decisions, measures)


def largest(changes: Weights) -> dict[str, tuple[float, float]]:
    """Return the words with the largest changes, the largest first."""
    words = ((name, pair) for name, pair in changes.features.items() if name[0].isalpha())
    return dict(sorted(words, key=lambda word: (-abs(word[1][0] - word[1][1]), word[0]))[:WORDS])


def compare(
    mentions: Sequence[MentionSignals],
    before: Weights | None,
    after: Weights | None,
    policy: Policy,
    responders: Mapping[str, Responder],
) -> dict[str, int]:
    """Count by kind which of these mentions two sets of weights decide differently: "ignore -> escalate"."""
    readers = [SecondReader(shipped(), changes) for changes in (before, after)]
    changed: Counter[str] = Counter()
    for signals in mentions:
        decisions = [decide(_read_again(signals, reader), policy, responders) for reader in readers]
        was, becomes = map(_name, decisions)
        changed[f"{was} -> {becomes}"] += was != becomes
    return {name: number for name, number in changed.most_common() if number}


def _unpack(decided: StaffDecision) -> tuple[MentionSignals, ...]:
    """Return the signals of a decision; none when another version of the program stored them in another form."""
    try:
        return (unpack(decided.signals, decided.mention),)
    except (LookupError, TypeError, ValueError):
        return ()


def _read_again(signals: MentionSignals, reader: SecondReader) -> MentionSignals:
    tokens = tokenize(signals.text)
    return replace(signals, reading=reader.read(tokens, signals.cues, signals.compound, min(signals.sentences)))


def _name(decision: Decision) -> str:
    """Return the kind or action of a decision, and that it is in the auto band."""
    is_auto = decision.draft is not None and decision.draft.auto
    return f"{decision.kind or decision.action}{' (automatic)' if is_auto else ''}"
