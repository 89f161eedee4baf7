"""The result of deciding a mention, and the rows by which it is stored."""

from dataclasses import asdict, dataclass
from datetime import datetime

from listener.calendar import response_due
from listener.model import Decision, MentionSignals
from listener.policy import Policy
from listener.store.loading import Data
from listener.store.records import NewReply, StoredHit
from listener.triage.decide import hits
from listener.triage.signals import pack


@dataclass(frozen=True, slots=True)
class TriageResult:
    """A decision with the wording that fits; a draft of which none fits is escalated."""

    signals: MentionSignals
    decision: Decision
    variant: str | None
    text: str | None

    @property
    def state(self) -> str | None:
        """The state its reply begins in, or None when there is none."""
        if self.decision.action == "ignore":
            return None
        return "drafted" if self.text is not None else "escalated"


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """What decided: the policy by its hash, the program's version, the learned weights (None: the shipped ones)."""

    policy_hash: str
    version: str
    weights_id: int | None


def decision_row(key: int, result: TriageResult, by: DecidedBy, now: datetime) -> Data:
    """Return the row of the decision; a draft of which no wording fits is stored as an escalation."""
    decision, signals, is_drafted = result.decision, result.signals, result.state == "drafted"
    has_no_fit = result.state == "escalated" and decision.action != "escalate"
    return {
        "mention_key": key,
        "at": now,
        "action": "escalate" if has_no_fit else decision.action,
        "kind": decision.kind if is_drafted else None,
        "rule": "no_variant_fits" if has_no_fit else decision.rule,
        "compound": signals.compound,
        "lang": signals.lang,
        "auto": bool(decision.draft and decision.draft.auto and is_drafted),
        "urgency": decision.urgency,
        "signals": pack(signals),
        "hits": _hit_rows(decision),
        **asdict(by),
    }


def _hit_rows(decision: Decision) -> list[StoredHit]:
    """Return the rules that matched; the last, which drafted, with the kinds of need that its draft answers."""
    rows: list[StoredHit] = [
        {"rule": hit.rule, "hit": hit.hit, "words": list(hit.words), "message": hit.message} for hit in hits(decision)
    ]
    if decision.draft is not None and decision.draft.needs:
        rows[-1]["needs"] = list(decision.draft.needs)
    return rows


def event_row(key: int, result: TriageResult, now: datetime) -> Data:
    """Return the row of the event that a mention was decided."""
    detail = {"action": result.decision.action, "rule": result.decision.rule}
    return {"at": now, "what": "decided", "by": "policy", "mention_key": key, "reply_id": None, "detail": detail}


def reply_row(key: int, result: TriageResult, policy: Policy, share: float = 1.0) -> NewReply:
    """Return the row of a new reply, drafted or escalated. share: of the usual time until it is due, for a member."""
    decision, is_drafted = result.decision, result.state == "drafted"
    return {
        "mention_key": key,
        "state": result.state,
        "kind": decision.kind if is_drafted else None,
        "rule": decision.rule,
        "text": result.text,
        "variant": result.variant,
        "auto": bool(decision.draft and decision.draft.auto and is_drafted),
        "urgency": decision.urgency,
        "assigned_to": decision.assign_to,
        "due_at": due(result, policy, result.signals.mention.age_start_at, share),
    }


def due(result: TriageResult, policy: Policy, since: datetime, share: float = 1.0) -> datetime | None:
    """Return when the reply of a result is due, counted from when the words were written. share: as in reply_row."""
    decision = result.decision
    kind = decision.kind if result.state == "drafted" else None
    return response_due(policy, kind, decision.urgency, since, share)
