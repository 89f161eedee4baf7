"""The triage stage: decide every new mention, and keep signals, decision and reply in one transaction.

A mention that crashes a rule is tried again, then quarantined; the others of its batch go on.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from listener.feed_page import QuarantinedItem
from listener.model import History, Mention, Preview
from listener.policy import Policy
from listener.protocols import Responder
from listener.reader.in_use import ReaderInUse
from listener.store import decisions, events, mentions, notices, outgoing, people, policies, replies, sentiment_buckets
from listener.store.draft_reviews import MACHINE
from listener.store.engine import Store
from listener.store.histories import load_histories
from listener.store.ledger import start_of_day
from listener.store.records import Reply
from listener.store.states import DECIDED_AGAIN
from listener.triage import again, claims, settled, tiers
from listener.triage.decide import decide
from listener.triage.result import DecidedBy, TriageResult, decision_row, due, event_row, reply_row
from listener.triage.signals import SignalExtractor
from listener.wording import first_fitting

log = logging.getLogger(__name__)

Used = dict[str, set[str]]  # platform -> wordings of today, as History has them
Batch = Mapping[int, tuple[Mention, int]]  # key -> the mention, and how often it crashed before
BATCH = 500  # mentions per transaction
TRIES = 3  # crashes before a mention is quarantined


@dataclass(frozen=True, slots=True)
class Triage:
    """What decides: the policy, its signal extractor and responders, and each platform's preview."""

    policy: Policy
    responders: Mapping[str, Responder]
    preview: Callable[[str, Mention], Preview]
    version: str
    reader: ReaderInUse = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reader", ReaderInUse(SignalExtractor(self.policy)))

    def decide(self, mention: Mention, history: History, now: datetime) -> TriageResult:
        """Decide on a mention. Pure but for the collaborators: the same arguments give the same result."""
        signals = self.reader.extractor.extract(mention, history, now)
        decision = decide(signals, self.policy, self.responders)
        fitting = first_fitting(decision.draft, lambda text: self.preview(text, mention)) if decision.draft else None
        signals = replace(signals, history=_keep_wordings(history, decision.kind))
        if fitting is None:
            return TriageResult(signals, decision, None, None)
        return TriageResult(signals, decision, fitting[0].variant, fitting[0].text)


def _keep_wordings(history: History, kind: str | None) -> History:
    """Keep, of the wordings of today, those of the kind that was drafted: the others chose nothing."""
    used = _choose_kind(history.variants_today, kind)
    return replace(history, variants_today=used) if used != history.variants_today else history


@lru_cache(maxsize=64)
def _choose_kind(variants_today: tuple[str, ...], kind: str | None) -> tuple[str, ...]:
    """Return those of a kind; remembered, since many mentions are decided between two new wordings."""
    return tuple(name for name in variants_today if name.startswith(f"{kind}/"))


@dataclass(slots=True)
class TriageCounts:
    """How many mentions were drafted, escalated, ignored, quarantined or deferred."""

    drafted: int = 0
    escalated: int = 0
    ignored: int = 0
    quarantined: int = 0
    deferred: int = 0  # the machine, not the mention, was the problem: a later round decides them

    def add(self, other: "TriageCounts") -> None:
        """Add a later batch; deferred is what that batch left."""
        self.drafted += other.drafted
        self.escalated += other.escalated
        self.ignored += other.ignored
        self.quarantined += other.quarantined
        self.deferred = other.deferred


def route(
    store: Store, triage: Triage, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> TriageCounts:
    """Decide all that waits, batch by batch."""
    total = TriageCounts()
    while not stopping():
        with store.read() as connection:
            batch = mentions.undecided_mentions(connection, BATCH)
            if not batch:
                break
            histories = load_histories(connection, {key: mention for key, (mention, _) in batch.items()})
            used = outgoing.list_variants(connection, start_of_day(clock()))
            triage.reader.refresh(connection)
        counts = _route_batch(store, triage, batch, histories, used, clock())
        total.add(counts)
        if counts.deferred == len(batch):
            break
    return total


def _route_batch(
    store: Store, triage: Triage, batch: Batch, histories: Mapping[int, History], used: Used, now: datetime
) -> TriageCounts:
    """Decide a batch and keep what came of it, but for mentions whose words changed meanwhile."""
    results, crashes, deferred = _decide_batch(triage, batch, histories, used, now)
    with store.write() as connection:
        unchanged = mentions.filter_unchanged(connection, {key: mention for key, (mention, _) in batch.items()})
        results = {key: result for key, result in results.items() if key in unchanged}
        policies.keep(connection, triage.policy.hash, triage.policy.texts, now)
        _keep_results(connection, triage, results, now)
        quarantined = sum(
            _count_crash(connection, key, *batch[key], error, now) for key, error in crashes.items() if key in unchanged
        )
    states = [result.state for result in results.values()]
    return TriageCounts(states.count("drafted"), states.count("escalated"), states.count(None), quarantined, deferred)


def _decide_batch(
    triage: Triage, batch: Batch, histories: Mapping[int, History], used: Used, now: datetime
) -> tuple[dict[int, TriageResult], dict[int, Exception], int]:
    """Return the results, the crashes, and how many mentions are deferred; whatever crashes, the others go on."""
    results: dict[int, TriageResult] = {}
    crashes: dict[int, Exception] = {}
    deferred = 0
    today = {mention.platform: tuple(sorted(used.get(mention.platform, ()))) for mention, _ in batch.values()}
    for key, (mention, _) in batch.items():
        try:
            wordings = today[mention.platform]
            result = results[key] = triage.decide(mention, replace(histories[key], variants_today=wordings), now)
            if result.variant is not None and (name := f"{result.decision.kind}/{result.variant}") not in wordings:
                today[mention.platform] = tuple(sorted((*wordings, name)))
        except (OSError, MemoryError) as error:  # a full disk is not the mention's fault
            fields = {"event": "decision_postponed", "platform": mention.platform, "id": mention.id, "why": repr(error)}
            log.error("mention %(platform)s:%(id)s could not be decided, tried again later: %(why)s", fields)
            deferred += 1
        except Exception as error:  # noqa: BLE001 -- whatever a rule does to a mention, the others go on
            fields = {"event": "triage_crashed", "platform": mention.platform, "id": mention.id, "why": repr(error)}
            log.error("mention %(platform)s:%(id)s crashed triage: %(why)s", fields)
            crashes[key] = error
    return results, crashes, deferred


def _keep_results(connection: Connection, triage: Triage, results: Mapping[int, TriageResult], now: datetime) -> None:
    pairs = results.items()
    by = DecidedBy(triage.policy.hash, triage.version, triage.reader.weights_id)
    decisions.add_all(connection, [decision_row(key, result, by, now) for key, result in pairs])
    events.add_all(connection, [event_row(key, result, now) for key, result in pairs])
    live = replies.list_live(connection, list(results))
    shares = tiers.read_shares(connection, triage.policy.club, results, now)
    new = [
        reply_row(key, result, triage.policy, shares.get(key, 1.0))
        for key, result in pairs
        if result.state and key not in live
    ]
    replies.add_all(connection, new, now)
    for key, reply in live.items():
        _follow_words(connection, reply, results[key], triage.policy, shares.get(key, 1.0), now)
    claims.reserve_claims(connection, triage.policy.club, results, now)
    settled.withdraw(connection, results, now)
    scores = [(result.signals.mention.platform, result.signals.compound) for result in results.values()]
    sentiment_buckets.add(connection, scores, now)
    for result in results.values():
        if result.decision.opt_out:
            mention = result.signals.mention
            people.opt_out(connection, (mention.platform, mention.author_id), "author", mention.text, now)
    mentions.set_stage(connection, list(results), "routed")


def _follow_words(
    connection: Connection, reply: Reply, result: TriageResult, policy: Policy, share: float, now: datetime
) -> None:
    """Let the reply that waits follow what its mention's new words ask for; they were written now."""
    row = reply_row(reply.mention_key, result, policy) | {"due_at": due(result, policy, now, share)}
    if reply.state not in DECIDED_AGAIN:
        again.report_late_edit(connection, result.signals.mention.platform, reply, row, now)
    else:
        is_silenced = result.decision.opt_out or result.signals.history.opted_out
        again.follow(connection, reply, row, result.decision, is_silenced=is_silenced, now=now)


def _count_crash(
    connection: Connection, key: int, mention: Mention, tries: int, error: Exception, now: datetime
) -> bool:
    """Count the crash; after the last try quarantine the mention. Returns True when it was quarantined."""
    mentions.count_crash(connection, key)
    if tries + 1 < TRIES:
        return False
    mentions.set_stage(connection, [key], "quarantined")
    item = QuarantinedItem(mention.id, mention.text, f"{type(error).__name__}: {error}")
    notices.quarantine(connection, mention.platform, "route", [item], now)
    events.add(connection, "quarantined", MACHINE, now, mention_key=key, detail={"error": item.error})
    return True
