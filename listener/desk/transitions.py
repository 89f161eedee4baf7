"""Move one reply, besides approving it."""

from datetime import timedelta

from sqlalchemy import Connection

from listener.calendar import response_due
from listener.desk.acting import CLEAR_APPROVAL, act, move, move_on, require_item
from listener.desk.answerable import require_reopenable, require_unanswered
from listener.desk.approve import (
    NO_DELAY,
    DeskContext,
    hold_for_undo,
    reply_of,
    require_sendable,
    require_staff,
)
from listener.desk.state_words import describe, look_again
from listener.desk.typed import require_storable
from listener.errors import DeskError
from listener.store import events, items, ledger, mentions, notices, replies, rewards
from listener.store.engine import Store
from listener.store.records import CLEAR_HOLD, CLEAR_LEASE, Exchange, Reply, ReplyChanges
from listener.store.states import CLOSABLE, EDITABLE, STANDING, WATCHED


def editable(store: Store, desk: DeskContext, reply_id: int) -> Reply:
    """Return the reply before an editor is opened on it. Raises DeskError when it could not be edited."""
    with store.read() as connection:
        return reply_of(require_item(connection, desk, reply_id, EDITABLE))


def edit(
    store: Store, desk: DeskContext, reply_id: int, text: str, kind: str | None = None, revision: int | None = None
) -> None:
    """Write a new revision, drafted again; an escalation becomes a draft (of this kind, support by default).

    revision: refuse when the text has changed since. Raises DeskError.
    """
    unsigned = desk.unsigned(text.replace("\r\n", "\n").strip())

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        if revision is not None and revision != reply.revision:
            raise DeskError(f"reply {reply_id} has changed since revision {revision}", look_again(reply_id))
        shown = require_sendable(desk, item.mention, unsigned and desk.signed(unsigned))
        rewards.require_own_code(connection, reply.id, shown.text)
        change: ReplyChanges = {"text": unsigned, "kind": _require_kind(desk, reply, kind), **CLEAR_APPROVAL}
        before = desk.preview(desk.signed(reply.text), item.mention) if reply.text else None
        if shown != before or change["kind"] != reply.kind:
            change |= {"variant": None, "auto": False}  # the text differs: from here on it is a draft of staff's own
        number = reply.revision + 1
        detail = {"before": reply.text, "text": unsigned, "revision": number}
        return move_on(connection, desk, reply, "drafted", "edited", {**change, "revision": number}, detail)

    act(store, desk, reply_id, EDITABLE, work)


def _require_kind(desk: DeskContext, reply: Reply, kind: str | None) -> str:
    name = kind or reply.kind or "support"
    if desk.policy.responder_config(name) is None:
        known = ", ".join(config.kind for config in desk.policy.responders)
        raise DeskError(f"the policy has no kind {name!r}", f"choose one with --kind: {known or 'it has none'}")
    return name


def reject(store: Store, desk: DeskContext, reply_id: int, reason: str) -> None:
    """Close a reply that must not be sent. Raises DeskError."""
    _close(store, desk, reply_id, "rejected", reason)


def close(store: Store, desk: DeskContext, reply_id: int, reason: str) -> None:
    """Close a reply that is not needed any more. Raises DeskError."""
    _close(store, desk, reply_id, "handled", reason)


def _close(store: Store, desk: DeskContext, reply_id: int, closed_as: str, reason: str) -> None:
    if not reason.strip():
        raise DeskError("a reason is needed", "add --reason TEXT")
    require_storable(reason, "the reason")
    ended: ReplyChanges = {"closed_as": closed_as, "reason": reason, "hold": None, "not_before": None, **CLEAR_LEASE}
    move(store, desk, reply_id, CLOSABLE, "closed", closed_as, ended, {"message": reason})


def reopen(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Open a reply that staff closed, with its last text, for a new approval, due anew; without a text escalated.

    One inside its auto band is assigned to somebody, so that it is not approved automatically. Raises DeskError.
    """

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        require_reopenable(connection, item, reply)
        to = "drafted" if reply.text else "escalated"
        assigned_to = reply.assigned_to or (desk.by if reply.auto else None)
        due = response_due(desk.policy, reply.kind, reply.urgency, desk.clock())
        changes: ReplyChanges = {**CLEAR_APPROVAL, "closed_as": None, "reason": None, "attempts": 0, "due_at": due}
        detail = {"message": f"{describe(reply)}: {reply.reason or 'no reason kept'}"}
        changes |= {"assigned_to": assigned_to, "revision": reply.revision + 1}
        return move_on(connection, desk, reply, to, "reopened", changes, detail)

    act(store, desk, reply_id, ("closed",), work)


def retry(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Put a reply that failed back into the queue, for a new approval. Raises DeskError."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        change: ReplyChanges = {**CLEAR_APPROVAL, "revision": reply.revision + 1, "attempts": 0}
        return move_on(connection, desk, reply, "drafted", "retried", change)

    act(store, desk, reply_id, ("failed",), work)


def undo(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Undo an approval, until the reply is being sent; also the first of two. Raises DeskError."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        if reply.state == "drafted" and not events.list_valid_approvals(connection, reply):
            what = f"reply {reply_id} {describe(reply)}; there is no approval to undo"
            raise DeskError(what, f"approve it with `earshot approve {reply_id}`")
        return move_on(connection, desk, reply, "drafted", "approval_revoked", CLEAR_APPROVAL)

    act(store, desk, reply_id, WATCHED, work)


def done(store: Store, desk: DeskContext, reply_id: int, remote_id: str | None) -> None:
    """Mark a reply as posted by a person. Raises DeskError."""
    require_storable(remote_id, "the id of the post")
    sent: ReplyChanges = {"sent_at": desk.clock(), "remote_id": remote_id or None, "error": None, **CLEAR_LEASE}
    move(store, desk, reply_id, ("by_hand",), "sent", "done_by_hand", sent, {"remote_id": remote_id})


def resolve(store: Store, desk: DeskContext, reply_id: int, remote_id: str | None, wait: timedelta = NO_DELAY) -> None:
    """Settle an unconfirmed reply: it was sent as remote_id, or (None) it was not sent. Raises DeskError.

    wait: before it is sent again, so that this can be undone.
    """

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        notices.clear(connection, "unconfirmed", item.mention.platform, desk.clock(), subject=str(reply.id))
        if remote_id is None:
            ledger.cancel(connection, item.mention.platform, reply.prepared_key)
            again: ReplyChanges = {"check_count": 0, "attempts": 0, "trouble_count": 0}
            again |= hold_for_undo(desk.clock(), wait)
            return move_on(connection, desk, reply, "approved", "resolved", again, {"message": "not sent"})
        sent: ReplyChanges = {"sent_at": reply.sending_at or desk.clock(), "remote_id": remote_id, **CLEAR_HOLD}
        return move_on(connection, desk, reply, "sent", "resolved", sent, {"message": f"sent as {remote_id}"})

    if remote_id is not None and not remote_id.strip():
        raise DeskError("the id of the post is empty", "give --sent the id of the post on the platform")
    require_storable(remote_id, "the id of the post")
    act(store, desk, reply_id, ("unconfirmed",), work)


def escalate(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Hand a reply to staff, whose text is offered to whoever answers. Raises DeskError."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        empty: ReplyChanges = {
            "text": None,
            "kind": None,
            "variant": None,
            "auto": False,
            "revision": reply.revision + 1,
        }
        offered = {"before": reply.text, "by_staff": reply.variant is None, "kind": reply.kind}
        kept = {"message": "its text is kept", **offered}
        return move_on(connection, desk, reply, "escalated", "escalated", {**empty, **CLEAR_APPROVAL}, kept)

    act(store, desk, reply_id, STANDING, work)


def escalate_mention(store: Store, desk: DeskContext, platform: str, mention_id: str) -> int:
    """Put a mention without a live reply into the queue, without a draft. Returns the reply's id. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        key = mentions.locate(connection, platform, mention_id)
        if key is None:
            raise DeskError(f"there is no mention {platform}:{mention_id}", "`earshot log` lists them")
        return queue_mention(connection, desk, key, f"{platform}:{mention_id}").id


def queue_mention(connection: Connection, desk: DeskContext, key: int, name: str) -> Reply:
    """Put a mention without a live reply into the queue. Returns the reply. Raises DeskError."""
    require_unanswered(connection, key, name)
    now = desk.clock()
    decided = items.item(connection, key=key).decided
    urgency = decided.urgency if decided else 0
    due = response_due(desk.policy, None, urgency, now)
    row = {"mention_key": key, "state": "escalated", "rule": "staff", "auto": False, "urgency": urgency, "due_at": due}
    replies.add_all(connection, [{**EMPTY, **row}], now, by=desk.by)
    return reply_of(items.item(connection, key=key))


EMPTY = {"kind": None, "text": None, "variant": None, "assigned_to": None}
