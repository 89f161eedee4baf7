"""What staff do with one reply besides approving it: every move by compare-and-swap, with who and when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from listener.desk.approve import Desk, allowed, reply_of, sound, told, unclaimed
from listener.errors import DeskError
from listener.store import events, mentions, notices, replies
from listener.store.engine import Store
from listener.store.records import Item, Reply

CLEARED: dict[str, Any] = {"approved_by": None, "approved_at": None, "not_before": None, "hold": None, "error": None}
FREE: dict[str, Any] = {"claimed_by": None, "claimed_until": None, "snoozed_until": None}


def _act(
    store: Store, desk: Desk, reply_id: int, states: tuple[str, ...], work: Callable[[Connection, Item, Reply], bool]
) -> None:
    """Read, check who may act and on what, work; all in one write transaction."""
    with store.write() as connection:
        allowed(desk)
        item = replies.item(connection, reply_id=reply_id)
        reply = reply_of(item)
        if reply.state not in states:
            raise DeskError(f"reply {reply_id} is {told(reply)}", f"this needs one that is {' or '.join(states)}")
        unclaimed(reply, desk.by, desk.clock())
        if not work(connection, item, reply):
            raise DeskError(f"reply {reply_id} changed just now", "look at it again")


def _move(
    store: Store,
    desk: Desk,
    reply_id: int,
    states: tuple[str, ...],
    to: str,
    *,
    what: str | None = None,
    detail: Any = None,
    **changes: Any,
) -> None:
    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        return replies.move(connection, reply, to, by=desk.by, now=desk.clock(), what=what, detail=detail, **changes)

    _act(store, desk, reply_id, states, work)


def edit(store: Store, desk: Desk, reply_id: int, text: str, kind: str | None = None) -> None:
    """Write a new revision: drafted again; an escalation becomes a draft (of this kind, support by default)."""

    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        sound(desk, item.mention, text)
        named = kind or reply.kind or "support"
        if desk.policy.responding(named) is None:
            raise DeskError(
                f"there is no kind {named!r}", f"the policy has {', '.join(one.kind for one in desk.policy.responders)}"
            )
        change = {"text": text, "kind": named, "variant": None, "revision": reply.revision + 1, "auto": False}
        detail = {"before": reply.text, "text": text, "revision": reply.revision + 1}
        return replies.move(
            connection,
            reply,
            "drafted",
            by=desk.by,
            now=desk.clock(),
            what="edited",
            detail=detail,
            **change,
            **CLEARED,
        )

    _act(store, desk, reply_id, ("drafted", "escalated", "approved", "failed"), work)


def reject(store: Store, desk: Desk, reply_id: int, reason: str) -> None:
    """Not this reply: closed, with the reason kept."""
    _close(store, desk, reply_id, ("drafted", "approved", "escalated", "by_hand", "failed"), "rejected", reason)


def close(store: Store, desk: Desk, reply_id: int, reason: str) -> None:
    """Nothing more to say: handled elsewhere, or needs nothing."""
    _close(store, desk, reply_id, ("drafted", "approved", "escalated", "by_hand", "failed"), "handled", reason)


def _close(store: Store, desk: Desk, reply_id: int, states: tuple[str, ...], closed_as: str, reason: str) -> None:
    if not reason.strip():
        raise DeskError("a reason is needed", "--reason says why, for the log and for whoever asks")
    detail = {"says": reason}
    _move(
        store,
        desk,
        reply_id,
        states,
        "closed",
        what=closed_as,
        detail=detail,
        closed_as=closed_as,
        reason=reason,
        **FREE,
    )


def retry(store: Store, desk: Desk, reply_id: int) -> None:
    """Back into the queue after a failure, for a new approval."""

    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        change: dict[str, Any] = {**CLEARED, "revision": reply.revision + 1, "attempts": 0}
        return replies.move(connection, reply, "drafted", by=desk.by, now=desk.clock(), what="retried", **change)

    _act(store, desk, reply_id, ("failed",), work)


def undo(store: Store, desk: Desk, reply_id: int) -> None:
    """Take an approval back, until it is being sent."""
    _move(store, desk, reply_id, ("approved", "by_hand"), "drafted", what="undone", **CLEARED)


def done(store: Store, desk: Desk, reply_id: int, remote_id: str | None) -> None:
    """A person posted it by hand."""
    now = desk.clock()
    _move(
        store,
        desk,
        reply_id,
        ("by_hand",),
        "sent",
        what="done_by_hand",
        detail={"remote_id": remote_id},
        sent_at=now,
        remote_id=remote_id,
    )


def resolve(store: Store, desk: Desk, reply_id: int, remote_id: str | None) -> None:
    """A person settles an unknown outcome: it is out as remote_id, or (None) it surely is not."""

    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        now = desk.clock()
        notices.clear(connection, "unknown", item.mention.platform, now, subject=str(reply.id))
        if remote_id is None:
            return replies.move(
                connection,
                reply,
                "approved",
                by=desk.by,
                now=now,
                what="resolved",
                detail={"says": "not sent"},
                looks=0,
                attempts=0,
                error=None,
            )
        sent = {"sent_at": reply.sending_at or now, "remote_id": remote_id, "error": None}
        return replies.move(
            connection,
            reply,
            "sent",
            by=desk.by,
            now=now,
            what="resolved",
            detail={"says": f"sent as {remote_id}"},
            **sent,
        )

    _act(store, desk, reply_id, ("unknown",), work)


WAITING = ("drafted", "escalated", "by_hand", "approved", "failed", "unknown")


def claim(store: Store, desk: Desk, reply_id: int) -> None:
    """Take the lease on a reply, so that no colleague works on it too."""

    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        now = desk.clock()
        until = now + desk.policy.limits.claim_lease
        taken = replies.claim(connection, reply.id, desk.by, until, now)
        events.add(connection, "claimed", desk.by, now, mention_key=item.key, reply_id=reply.id)
        return taken

    _act(store, desk, reply_id, WAITING, work)


def release(store: Store, desk: Desk, reply_id: int) -> None:
    """Give the lease back; only whose it is."""
    _mark(store, desk, reply_id, "released", claimed_by=None, claimed_until=None)


def assign(store: Store, desk: Desk, reply_id: int, name: str) -> None:
    """Make it somebody's."""
    if desk.policy.staff and name not in desk.policy.staff:
        raise DeskError(f"{name} is not on the staff list", f"`[staff] names` has {', '.join(desk.policy.staff)}")
    _mark(store, desk, reply_id, "assigned", {"to": name}, assigned_to=name)


def snooze(store: Store, desk: Desk, reply_id: int, span: timedelta) -> None:
    """Out of sight for a while."""
    until = desk.clock() + span
    _mark(store, desk, reply_id, "snoozed", {"until": f"{until:%FT%TZ}"}, snoozed_until=until)


def _mark(
    store: Store, desk: Desk, reply_id: int, what: str, detail: dict[str, Any] | None = None, **changes: Any
) -> None:
    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        replies.mark(connection, reply, what, desk.by, desk.clock(), detail, **changes)
        return True

    _act(store, desk, reply_id, WAITING, work)


def escalate(store: Store, desk: Desk, reply_id: int) -> None:
    """Hand it to staff without a draft; its text stays in the log."""

    def work(connection: Connection, item: Item, reply: Reply) -> bool:
        change: dict[str, Any] = {
            **CLEARED,
            "text": None,
            "kind": None,
            "variant": None,
            "auto": False,
            "revision": reply.revision + 1,
        }
        detail = {"before": reply.text}
        return replies.move(
            connection, reply, "escalated", by=desk.by, now=desk.clock(), what="escalated", detail=detail, **change
        )

    _act(store, desk, reply_id, ("drafted", "approved"), work)


def escalate_mention(store: Store, desk: Desk, platform: str, mention_id: str) -> int:
    """Put a mention that has no live reply into the queue, without a draft. Returns the new reply's id."""
    with store.write() as connection:
        allowed(desk)
        key = mentions.locate(connection, platform, mention_id)
        if key is None:
            raise DeskError(f"there is no mention {platform}:{mention_id}", "`earshot log` lists them")
        live = replies.live(connection, key)
        if live is not None:
            raise DeskError(f"{platform}:{mention_id} has reply {live.id} already, {told(live)}", "work on that one")
        now = desk.clock()
        due = None if desk.policy.limits.escalation_due is None else now + desk.policy.limits.escalation_due
        row = {"mention_key": key, "state": "escalated", "rule": "staff", "auto": False, "urgency": 0, "due_at": due}
        replies.add_all(connection, [{**EMPTY, **row}], now, by=desk.by)
        made = replies.live(connection, key)
        return made.id if made else 0


EMPTY = {"kind": None, "text": None, "variant": None, "variants": None, "assigned_to": None}
