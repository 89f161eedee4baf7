"""The triage stage: decide every new mention, and keep facts, decision and reply in one transaction.

A mention that crashes a rule is tried again, then quarantined; the others of its batch go on.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from listener.model import (
    Decision,
    History,
    Json,
    Mention,
    MentionSignals,
    Preview,
    QuarantinedItem,
    Responder,
    RuleResult,
)
from listener.policy import Policy
from listener.store import events, mentions, notices, people, policies, replies, sentiment_buckets
from listener.store.engine import Store
from listener.triage.decide import decide, hits
from listener.triage.signals import SignalExtractor, pack
from listener.wording import first_fitting

log = logging.getLogger(__name__)

BATCH = 500  # mentions a transaction
URGENCY_IMMEDIATE = 2  # the highest urgency
TRIES = 3  # crashes before a mention is set aside


@dataclass(frozen=True, slots=True)
class Triage:
    """What decides: the policy, its ears and responders, and each platform's preview."""

    policy: Policy
    responders: Mapping[str, Responder]
    preview: Callable[[str, Mention], Preview]
    version: str
    ears: SignalExtractor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ears", SignalExtractor(self.policy))

    def decide(self, mention: Mention, history: History, now: datetime) -> "TriageResult":
        """Pure but for the collaborators: the same mention, history and time give the same verdict."""
        facts = self.ears.facts(mention, history, now)
        decision = decide(facts, self.policy, self.responders)
        chosen = first_fitting(decision.draft, lambda text: self.preview(text, mention)) if decision.draft else None
        return TriageResult(facts, decision, chosen[0].variant if chosen else None, chosen[0].text if chosen else None)


@dataclass(frozen=True, slots=True)
class TriageResult:
    """A decision with the wording that fits; a draft of which none fits goes to a person."""

    facts: MentionSignals
    decision: Decision
    variant: str | None
    text: str | None

    @property
    def state(self) -> str | None:
        """The state its reply begins in, or None when there is none."""
        if self.decision.action == "ignore":
            return None
        return "drafted" if self.text is not None else "escalated"


@dataclass(slots=True)
class TriageCounts:
    """How many mentions went where."""

    drafted: int = 0
    escalated: int = 0
    ignored: int = 0
    quarantined: int = 0
    deferred: int = 0  # the machine, not the mention, stood in the way: decided in a later round

    def add(self, other: "TriageCounts") -> None:
        """Sum up batches."""
        self.drafted += other.drafted
        self.escalated += other.escalated
        self.ignored += other.ignored
        self.quarantined += other.quarantined
        self.deferred = other.deferred


def route(
    store: Store, triage: Triage, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> TriageCounts:
    """Decide all that waits, batch by batch."""
    done = TriageCounts()
    while not stopping():
        with store.read() as connection:
            batch = mentions.pending(connection, BATCH)
            past = mentions.histories(connection, {key: one for key, (one, _) in batch.items()})
        if not batch:
            break
        found = _batch(store, triage, batch, past, clock())
        done.add(found)
        if found.deferred == len(batch):
            break
    return done


def _batch(
    store: Store, triage: Triage, batch: Mapping[int, tuple[Mention, int]], past: Mapping[int, History], now: datetime
) -> TriageCounts:
    verdicts: dict[int, TriageResult] = {}
    crashed: dict[int, Exception] = {}
    deferred = 0
    for key, (mention, _) in batch.items():
        try:
            verdicts[key] = triage.decide(mention, past[key], now)
        except (OSError, MemoryError) as error:  # a full disk is no fault of the mention
            log.error("mention %s:%s could not be decided just now: %r", mention.platform, mention.id, error)
            deferred += 1
        except Exception as error:  # noqa: BLE001 -- whatever a rule does to one mention, the others go on
            log.error("mention %s:%s crashed triage: %r", mention.platform, mention.id, error)
            crashed[key] = error
    with store.write() as connection:
        same = mentions.unchanged(connection, {key: mention for key, (mention, _) in batch.items()})
        verdicts = {key: one for key, one in verdicts.items() if key in same}
        crashed = {key: one for key, one in crashed.items() if key in same}
        policies.keep(connection, triage.policy.hash, triage.policy.texts, now)
        _keep(connection, triage, verdicts, now)
        quarantined = sum(_crashed(connection, key, *batch[key], error, now) for key, error in crashed.items())
    states = [verdict.state for verdict in verdicts.values()]
    return TriageCounts(states.count("drafted"), states.count("escalated"), states.count(None), quarantined, deferred)


def _keep(connection: Connection, triage: Triage, verdicts: Mapping[int, TriageResult], now: datetime) -> None:
    replies.decide_all(connection, [_decision(key, one, triage, now) for key, one in verdicts.items()])
    events.add_all(connection, [_event(key, one, now) for key, one in verdicts.items()])
    replies.add_all(connection, [_reply(key, one, triage.policy) for key, one in verdicts.items() if one.state], now)
    sentiment_buckets.add(
        connection, [(one.facts.mention.platform, one.facts.compound) for one in verdicts.values()], now
    )
    for verdict in verdicts.values():
        if verdict.decision.opt_out:
            mention = verdict.facts.mention
            people.opt_out(connection, (mention.platform, mention.author_id), "author", mention.text, now)
    mentions.set_stage(connection, list(verdicts), "routed")


def _decision(key: int, verdict: TriageResult, triage: Triage, now: datetime) -> Json:
    decision, facts = verdict.decision, verdict.facts
    return {
        "mention_key": key,
        "at": now,
        "action": "escalate" if verdict.state == "escalated" else decision.action,
        "kind": decision.kind if verdict.state == "drafted" else None,
        "rule": decision.rule if verdict.state != "escalated" or decision.action == "escalate" else "no_variant_fits",
        "compound": facts.compound,
        "lang": facts.lang,
        "auto": bool(decision.draft and decision.draft.auto and verdict.state == "drafted"),
        "urgency": decision.urgency,
        "signals": pack(facts),
        "hits": [_line(one) for one in hits(decision)],
        "policy_hash": triage.policy.hash,
        "version": triage.version,
    }


def _line(hit: RuleResult) -> Json:
    return {"rule": hit.rule, "hit": hit.hit, "words": list(hit.words), "message": hit.message}


def _event(key: int, verdict: TriageResult, now: datetime) -> Json:
    detail = {"action": verdict.decision.action, "rule": verdict.decision.rule}
    return {"at": now, "what": "decided", "by": "policy", "mention_key": key, "reply_id": None, "detail": detail}


def _reply(key: int, verdict: TriageResult, policy: Policy) -> Json:
    decision, drafted = verdict.decision, verdict.state == "drafted"
    draft = decision.draft
    return {
        "mention_key": key,
        "state": verdict.state,
        "kind": decision.kind if drafted else None,
        "rule": decision.rule,
        "text": verdict.text,
        "variant": verdict.variant,
        "auto": bool(draft and draft.auto and drafted),
        "urgency": decision.urgency,
        "assigned_to": decision.assign_to,
        "due_at": due(verdict, policy),
    }


def due(verdict: TriageResult, policy: Policy) -> datetime | None:
    """The response target of its kind, reckoned from the mention's age: half of it when it is urgent.

    What cannot wait (urgency 2) is due in a quarter of the shortest target there is, whatever its kind.
    """
    decision = verdict.decision
    responding = policy.responder_config(decision.kind) if decision.kind and verdict.state == "drafted" else None
    target = responding.due if responding else policy.limits.escalation_due
    if decision.urgency >= URGENCY_IMMEDIATE:
        targets = [one.due for one in policy.responders] + [target]
        target = min((one for one in targets if one is not None), default=None)
    return (
        None
        if target is None
        else verdict.facts.mention.age_start_at + target / 2 ** min(decision.urgency, URGENCY_IMMEDIATE)
    )


def _crashed(connection: Connection, key: int, mention: Mention, tries: int, error: Exception, now: datetime) -> bool:
    """Count the crash; after the last try set the mention aside. Returns True when it was set aside."""
    mentions.count_crash(connection, key)
    if tries + 1 < TRIES:
        return False
    mentions.set_stage(connection, [key], "quarantined")
    item = QuarantinedItem(mention.id, mention.text, f"{type(error).__name__}: {error}")
    notices.quarantine(connection, mention.platform, "route", [item], now)
    events.add(connection, "quarantined", "route", now, mention_key=key, detail={"error": item.error})
    return True
