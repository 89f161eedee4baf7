"""Approve queued replies: each on its own, by compare-and-swap, with the very words kept."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from listener.errors import DeskError, EarshotError
from listener.faultpoints import fault_point
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.store import events, items, people, replies
from listener.store.engine import Store
from listener.store.records import Approval, Exchange, Reply
from listener.wording import disallowed_hosts

# No keyboard means these: control characters, lone surrogates, and what turns the direction of the text around it.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_VARIABLE = re.compile(r"\{\{.{0,40}|.{0,40}\}\}|\{%.{0,40}")  # of a template: never meant for a customer


@dataclass(frozen=True, slots=True)
class DeskContext:
    """Who acts, by which policy, and how a text will stand on its platform."""

    by: str
    policy: Policy
    preview: Callable[[str, Mention], Preview]
    clock: Callable[[], datetime]

    def signed(self, text: str) -> str:
        """The text with the signature of who acts, once; as it is where the policy has none for this name."""
        signature = self.policy.signatures.get(self.by)
        return text if signature is None or text.endswith(signature) else f"{text} {signature}"

    def unsigned(self, text: str) -> str:
        """The text as it is kept while it is a draft: who approves it signs it, and what goes by itself nobody does."""
        return text.removesuffix(self.policy.signatures.get(self.by, "")).rstrip()


@dataclass(frozen=True, slots=True)
class Target:
    """A reply to approve; with a revision, only if its text is still that one."""

    reply_id: int
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ApprovalResult:
    """What became of one target."""

    reply_id: int
    ok: bool
    error: str | None = None


NO_DELAY = timedelta(0)
CLEAR_HOLD: dict[str, Any] = {"not_before": None, "hold": None, "error": None}  # what held it before is over
CLEAR_LEASE: dict[str, Any] = {"claimed_by": None, "claimed_until": None, "snoozed_until": None}


def approve(
    store: Store, desk: DeskContext, targets: Sequence[Target], wait: timedelta = NO_DELAY
) -> list[ApprovalResult]:
    """Approve each on its own; one that cannot be approved stops no other. wait: so long it can be undone for sure."""
    return [_one(store, desk, target, wait) for target in targets]


def _one(store: Store, desk: DeskContext, target: Target, wait: timedelta) -> ApprovalResult:
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
    """Give the approval, or raise DeskError saying why not. Of two that are needed the first leaves it drafted."""
    reply, now = reply_of(item), desk.clock()
    require_staff(desk)
    _ready(reply, revision)
    require_unclaimed(reply, desk.by, now)
    if people.opted_out(connection, (item.mention.platform, item.mention.author_id)):
        raise DeskError(
            f"the author of reply {reply.id} asked never to be answered", "reject it, or `earshot optout --undo`"
        )
    first = _first(connection, desk, item, reply)
    preview = require_sendable(desk, item.mention, first.text if first else reply.text and desk.signed(reply.text))
    detail = {"revision": reply.revision, "text": preview.text}
    if first is None and needs_second_approval(desk.policy, item):
        done = replies.update_fields(connection, reply, "first_approval", desk.by, now, detail, **CLEAR_LEASE)
    else:
        to = "approved" if item.mention.can_reply else "by_hand"
        who = {"approved_by": desk.by, "approved_at": now, **CLEAR_LEASE, **CLEAR_HOLD, **_undoable(to, now, wait)}
        done = replies.transition(connection, reply, to, by=desk.by, now=now, what="approved", detail=detail, **who)
    if not done:
        raise DeskError(f"reply {reply.id} changed just now", "look at it again")
    events.approved(connection, reply.id, reply.revision, desk.by, preview.text, now)


def _undoable(to: str, now: datetime, wait: timedelta) -> dict[str, Any]:
    return {"not_before": now + wait, "hold": "undo"} if wait and to == "approved" else {}


def _first(connection: Connection, desk: DeskContext, item: Exchange, reply: Reply) -> Approval | None:
    """The approval by another name that already stands. Raises DeskError when two are needed and it is one's own."""
    standing = events.standing(connection, reply.id, reply.revision)
    if needs_second_approval(desk.policy, item) and any(one.by == desk.by for one in standing):
        raise DeskError(f"reply {reply.id} has {desk.by}'s approval", "a second name must approve it too")
    return standing[0] if standing else None


def needs_second_approval(policy: Policy, item: Exchange) -> bool:
    """True when `[staff] needs_second_approval` names the reply's kind, a rule that hit, or a cue of the mention."""
    if not policy.needs_second_approval:
        return False
    reply, decided = item.reply, item.decided
    about = {reply.kind, reply.rule} if reply else set()
    if decided is not None:
        about |= {decided.rule, *(hit["rule"] for hit in decided.hits), *decided.signals.get("cues", {})}
    return not about.isdisjoint(policy.needs_second_approval)


def _ready(reply: Reply, revision: int | None) -> None:
    if reply.state != "drafted":
        raise DeskError(f"reply {reply.id} is {state_text(reply)}, not drafted", _instead(reply))
    if revision is not None and revision != reply.revision:
        raise DeskError(
            f"reply {reply.id} has changed since revision {revision} (it is {reply.revision} now)", "look at it again"
        )


def _instead(reply: Reply) -> str:
    ways = {
        "escalated": f"`earshot edit {reply.id}` writes a text first",
        "failed": f"`earshot retry {reply.id}` puts it back in the queue",
        "by_hand": f"post it on the platform, then `earshot done {reply.id}`",
        "unconfirmed": f"`earshot resolve {reply.id}` settles it",
    }
    return ways.get(reply.state, "nothing was changed")


def state_text(reply: Reply) -> str:
    """The state in words, with who did it."""
    by = f" by {reply.approved_by}" if reply.approved_by and reply.state in ("approved", "sending", "sent") else ""
    return f"{reply.state}{f' ({reply.closed_as})' if reply.closed_as else ''}{by}"


def require_staff(desk: DeskContext) -> None:
    """Raise DeskError unless the name may act at the desk (an empty list of staff lets anyone)."""
    if desk.policy.staff and desk.by not in desk.policy.staff:
        raise DeskError(
            f"{desk.by} is not on the staff list", "act as one of `[staff] names` in policy.toml (--as NAME)"
        )


def require_unclaimed(reply: Reply, by: str, now: datetime) -> None:
    """Raise DeskError when a colleague's lease on the reply is live."""
    if reply.claimed_by not in (None, by) and reply.claimed_until is not None and reply.claimed_until > now:
        raise DeskError(
            f"reply {reply.id} is claimed by {reply.claimed_by} until {reply.claimed_until:%H:%M} UTC",
            "ask them, or wait",
        )


def require_sendable(desk: DeskContext, mention: Mention, text: str | None) -> Preview:
    """How the text will stand. Raises DeskError for a text that may not go out (see `fault`)."""
    if text is None or not text.strip():
        raise DeskError("the reply has no text", "`earshot edit` writes one")
    preview = desk.preview(text, mention)
    wrong = text_problem(desk.policy, mention, text, preview)
    if wrong is not None:
        raise DeskError(*wrong)
    return preview


def text_problem(policy: Policy, mention: Mention, text: str, preview: Preview) -> tuple[str, str] | None:
    """Why a text may not go out, and what to do: too long, unprintable, or a link that is not on the allow-list."""
    if open_ := _VARIABLE.search(text):
        return f"the text holds {open_[0]}, which nobody filled in", "write what it stands for"
    if unfit := _UNFIT.search(text):
        return f"the text holds a character that cannot be shown (U+{ord(unfit[0]):04X})", "write it without"
    if not preview.fits:
        return f"the text is {preview.length} long, {mention.platform} takes {preview.limit}", "shorten it"
    if bad := disallowed_hosts(text, policy):
        return f"the text links to {', '.join(bad)}", "only hosts of `[links] allow` in policy.toml may go out"
    return None


def reply_of(item: Exchange) -> Reply:
    """The reply of an item that was read by its reply."""
    if item.reply is None:
        raise DeskError(
            f"{item.mention.platform}:{item.mention.id} has no reply", "`earshot escalate` puts it in the queue"
        )
    return item.reply
