"""Approve queued replies: each on its own, by compare-and-swap, with the exact text kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener import rewarding
from listener.desk.fitness import text_problem
from listener.desk.state_words import advise, describe, look_again
from listener.desk.typed import require_storable
from listener.errors import DeskError, EarshotError
from listener.faultpoints import fault_point
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.store import edits, events, items, mentions, moves, people
from listener.store.engine import Store
from listener.store.records import CLEAR_HOLD, CLEAR_LEASE, Approval, Exchange, Reply, ReplyChanges


@dataclass(frozen=True, slots=True)
class DeskContext:
    """Who acts, by which policy, and how a text will read on its platform."""

    by: str
    policy: Policy
    preview: Callable[[str, Mention], Preview]
    clock: Callable[[], datetime]
    can_whisper: Callable[[Mention], bool] = lambda mention: mention.is_private  # an answer to it can stay private
    acts_of: Callable[[str], tuple[str, ...]] = lambda platform: ()  # of applause that its API can do

    def signed(self, text: str) -> str:
        """Return the text with the signature of who acts, once; unchanged where the policy has none for this name."""
        signature = self.policy.signatures.get(self.by)
        return text if signature is None or text.endswith(signature) else f"{text} {signature}"

    def unsigned(self, text: str) -> str:
        """Return the text as a draft keeps it: who approves it signs it, and an automatic approval does not."""
        return text.removesuffix(self.policy.signatures.get(self.by, "")).rstrip()


@dataclass(frozen=True, slots=True)
class Target:
    """A reply to approve; with a revision, only if its text is still that one."""

    reply_id: int
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ApprovalResult:
    """Whether a target was approved, and if not, why."""

    reply_id: int
    ok: bool
    error: str | None = None


NO_DELAY = timedelta(0)
UNDO = "undo"  # the hold of an approval that can still be undone


def approve(
    store: Store, desk: DeskContext, targets: Sequence[Target], wait: timedelta = NO_DELAY
) -> list[ApprovalResult]:
    """Approve each on its own; one that cannot be approved stops no other. wait: before it is sent, so undo can act."""
    return [_approve(store, desk, target, wait) for target in targets]


def _approve(store: Store, desk: DeskContext, target: Target, wait: timedelta) -> ApprovalResult:
    try:
        with store.write() as connection:
            record_approval(connection, desk, items.item(connection, reply_id=target.reply_id), target.revision, wait)
        fault_point("S0")
    except EarshotError as error:
        return ApprovalResult(target.reply_id, False, str(error))
    return ApprovalResult(target.reply_id, True)


def record_approval(
    connection: Connection, desk: DeskContext, item: Exchange, revision: int | None = None, wait: timedelta = NO_DELAY
) -> None:
    """Record an approval; the first of two that are needed leaves the reply drafted. Raises DeskError."""
    reply, now = reply_of(item), desk.clock()
    require_staff(desk)
    _require_drafted(item, reply, revision)
    require_unclaimed(reply, desk.by, now)
    _require_words_seen(connection, item, reply, revision)
    if people.opted_out(connection, (item.mention.platform, item.mention.author_id)):
        raise DeskError(
            f"the author of reply {reply.id} opted out of replies", "reject it, or run `earshot optout HANDLE --undo`"
        )
    first = _require_first(connection, desk, item, reply)
    preview = require_sendable(desk, item.mention, first.text if first else reply.text and desk.signed(reply.text))
    has_coupon = rewarding.require_fit_coupon(connection, desk.policy.club, reply.id, item.mention, preview.text, now)
    detail = {"revision": reply.revision, "text": preview.text}
    if first is None and needs_second_approval(desk.policy, item):
        is_done = moves.update_fields(connection, reply, "first_approval", desk.by, now, detail, **CLEAR_LEASE)
    else:
        is_open = not has_coupon or desk.can_whisper(item.mention)
        to = "approved" if item.mention.can_reply and is_open else "by_hand"
        changes = _approve_fields(desk.by, to, now, wait)
        is_done = moves.transition(
            connection, reply, to, by=desk.by, now=now, what="approved", detail=detail, **changes
        )
    if not is_done:
        raise DeskError(f"someone else changed reply {reply.id}", look_again(reply.id))
    events.record_approval(connection, reply, desk.by, preview.text, now)


def _approve_fields(by: str, to: str, now: datetime, wait: timedelta) -> ReplyChanges:
    """Return the columns of an approval: free of claims and holds, and not sent before `wait` has passed."""
    delay = hold_for_undo(now, wait if to == "approved" else NO_DELAY)
    return {"approved_by": by, "approved_at": now, **CLEAR_LEASE, **delay}


def hold_for_undo(now: datetime, wait: timedelta) -> ReplyChanges:
    """Return the columns that let what is approved wait before it is sent, so that it can be undone; no wait: no hold.

    The time is for people to read: the sender counts the wait anew by its own clock.
    """
    if not wait:
        return {**CLEAR_HOLD, "undo_seconds": None}
    return {**CLEAR_HOLD, "not_before": now + wait, "hold": UNDO, "undo_seconds": wait.total_seconds()}


def _require_first(connection: Connection, desk: DeskContext, item: Exchange, reply: Reply) -> Approval | None:
    """Return the approval by another name that stands. Raises DeskError when two are needed and it is one's own."""
    standing = events.list_valid_approvals(connection, reply)
    if needs_second_approval(desk.policy, item) and any(approval.by == desk.by for approval in standing):
        raise DeskError(f"{desk.by} has approved reply {reply.id} already", "a second person must approve it too")
    return standing[0] if standing else None


def needs_second_approval(policy: Policy, item: Exchange) -> bool:
    """Return True when `[staff] needs_second_approval` names the reply's kind, a rule that hit, or a cue."""
    if not policy.needs_second_approval:
        return False
    reply, decided = item.reply, item.decided
    names = {reply.kind, reply.rule} if reply else set()
    if decided is not None:
        names |= {decided.rule, *(hit["rule"] for hit in decided.hits), *decided.signals.get("cues", {})}
    return not names.isdisjoint(policy.needs_second_approval)


def _require_drafted(item: Exchange, reply: Reply, revision: int | None) -> None:
    if reply.state != "drafted":
        raise DeskError(f"reply {reply.id} {describe(reply)}", advise(item, reply))
    if revision is not None and revision != reply.revision:
        changed = f"reply {reply.id} has changed since revision {revision} (it is {reply.revision} now)"
        raise DeskError(changed, look_again(reply.id))


def _require_words_seen(connection: Connection, item: Exchange, reply: Reply, revision: int | None) -> None:
    """Raise DeskError while edited words are not decided yet, or when nobody said that they have read them."""
    show = f"read the new words with `earshot show {reply.id}`"
    if item.edited_at is not None:
        _require_words_decided(mentions.read_stage(connection, item.key), item, reply, show)
    if revision is None and edits.is_changed_under(item):
        what = f"the author edited the mention after reply {reply.id} was first made"
        raise DeskError(what, f"{show}, then give the revision: `earshot approve {reply.id}@{reply.revision}`")


def _require_words_decided(stage: str, item: Exchange, reply: Reply, show: str) -> None:
    if stage == "new":
        what = f"the author has just edited the mention of reply {reply.id}, and it is not decided again yet"
        raise DeskError(what, f"wait for the next round, then {show}")
    if stage == "quarantined" and edits.is_changed_under(item):
        what = f"the author edited the mention of reply {reply.id}, and its new words could not be decided"
        raise DeskError(what, "run `earshot quarantine --retry ID`; or reject the reply, then escalate the mention")


def require_staff(desk: DeskContext) -> None:
    """Raise DeskError unless the name may act at the desk (an empty list of staff lets anyone)."""
    if desk.policy.staff and desk.by not in desk.policy.staff:
        raise DeskError(f"{desk.by} is not on the staff list", "use --as with one of `[staff] names` in policy.toml")


def find_live_claim(reply: Reply, by: str, now: datetime) -> tuple[str, datetime] | None:
    """Return which colleague has claimed the reply, and until when; None when nobody but `by` has."""
    name, until = reply.claimed_by, reply.claimed_until
    return (name, until) if name is not None and name != by and until is not None and until > now else None


def require_unclaimed(reply: Reply, by: str, now: datetime) -> None:
    """Raise DeskError when a colleague has claimed the reply."""
    if claim := find_live_claim(reply, by, now):
        raise DeskError(f"reply {reply.id} is claimed by {claim[0]} until {claim[1]:%H:%M} UTC", "ask them, or wait")


def require_sendable(desk: DeskContext, mention: Mention, text: str | None) -> Preview:
    """Return how the text will read. Raises DeskError for a text that must not be sent (see `text_problem`)."""
    if text is None or not text.strip():
        raise DeskError("the reply has no text", "write one with `earshot edit`")
    require_storable(text, "the text")  # no platform could count it either
    preview = desk.preview(text, mention)
    problem = text_problem(desk.policy, mention, text, preview)
    if problem is not None:
        raise DeskError(*problem)
    return preview


def reply_of(item: Exchange) -> Reply:
    """Return the reply of an item that was read by its reply. Raises DeskError."""
    if item.reply is None:
        name = f"{item.mention.platform}:{item.mention.id}"
        raise DeskError(f"{name} has no reply", f"put it in the queue: `earshot escalate {name}`")
    return item.reply
