"""What staff do with one reply besides approving it: every move by compare-and-swap, with who and when."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from listener.desk.approve import (
    CLEAR_HOLD,
    CLEAR_LEASE,
    DeskContext,
    reply_of,
    require_sendable,
    require_staff,
    require_unclaimed,
    state_text,
)
from listener.errors import DeskError
from listener.store import events, items, mentions, notices, replies
from listener.store.engine import Store
from listener.store.records import Exchange, Reply
from listener.store.states import CLOSABLE, EDITABLE, STANDING, WATCHED

CLEAR_APPROVAL: dict[str, Any] = {"approved_by": None, "approved_at": None, **CLEAR_HOLD}


def act(
    store: Store,
    desk: DeskContext,
    reply_id: int,
    states: tuple[str, ...],
    work: Callable[[Connection, Exchange, Reply], bool],
) -> None:
    """Read, check who may act and on what, work; all in one write transaction. Raises DeskError."""
    with store.write() as connection:
        item = _taken(connection, desk, reply_id, states)
        if not work(connection, item, reply_of(item)):
            raise DeskError(f"reply {reply_id} changed just now", "look at it again")


def _taken(connection: Connection, desk: DeskContext, reply_id: int, states: tuple[str, ...]) -> Exchange:
    require_staff(desk)
    item = items.item(connection, reply_id=reply_id)
    reply = reply_of(item)
    if reply.state not in states:
        raise DeskError(f"reply {reply_id} is {state_text(reply)}", f"this needs one that is {' or '.join(states)}")
    require_unclaimed(reply, desk.by, desk.clock())
    return item


def _move(
    store: Store,
    desk: DeskContext,
    reply_id: int,
    states: tuple[str, ...],
    to: str,
    *,
    what: str | None = None,
    detail: Any = None,
    **changes: Any,
) -> None:
    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        return replies.transition(
            connection, reply, to, by=desk.by, now=desk.clock(), what=what, detail=detail, **changes
        )

    act(store, desk, reply_id, states, work)


def editable(store: Store, desk: DeskContext, reply_id: int) -> Reply:
    """The reply as it stands before an editor is opened on it. Raises DeskError when it could not be edited."""
    with store.read() as connection:
        return reply_of(_taken(connection, desk, reply_id, EDITABLE))


def edit(
    store: Store, desk: DeskContext, reply_id: int, text: str, kind: str | None = None, revision: int | None = None
) -> None:
    """Write a new revision: drafted again; an escalation becomes a draft (of this kind, support by default).

    revision: refuse when the text has changed since.
    """
    words = desk.unsigned(text.replace("\r\n", "\n").strip())

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        if revision is not None and revision != reply.revision:
            raise DeskError(f"reply {reply_id} has changed since revision {revision}", "look at it again")
        shown = require_sendable(desk, item.mention, words and desk.signed(words))
        change = {"text": words, "kind": _kind(desk, reply, kind), **CLEAR_APPROVAL}
        before = desk.preview(desk.signed(reply.text), item.mention) if reply.text else None
        if shown != before or change["kind"] != reply.kind:
            change |= {"variant": None, "auto": False}  # it will read otherwise: a draft of staff's own from here on
        number = reply.revision + 1
        detail = {"before": reply.text, "text": words, "revision": number}
        log: dict[str, Any] = {"by": desk.by, "now": desk.clock(), "what": "edited", "detail": detail}
        return replies.transition(connection, reply, "drafted", **log, revision=number, **change)

    act(store, desk, reply_id, EDITABLE, work)


def _kind(desk: DeskContext, reply: Reply, kind: str | None) -> str:
    named = kind or reply.kind or "support"
    if desk.policy.responder_config(named) is None:
        known = ", ".join(one.kind for one in desk.policy.responders)
        raise DeskError(f"there is no kind {named!r}", f"the policy has {known or 'none'}; --kind names one")
    return named


def reject(store: Store, desk: DeskContext, reply_id: int, reason: str) -> None:
    """Not this reply: closed, with the reason kept."""
    _close(store, desk, reply_id, "rejected", reason)


def close(store: Store, desk: DeskContext, reply_id: int, reason: str) -> None:
    """Nothing more to say: handled elsewhere, or needs nothing."""
    _close(store, desk, reply_id, "handled", reason)


def _close(store: Store, desk: DeskContext, reply_id: int, closed_as: str, reason: str) -> None:
    if not reason.strip():
        raise DeskError("a reason is needed", "--reason says why, for the log and for whoever asks")
    ended = {"closed_as": closed_as, "reason": reason, "hold": None, "not_before": None, **CLEAR_LEASE}
    _move(store, desk, reply_id, CLOSABLE, "closed", what=closed_as, detail={"message": reason}, **ended)


def retry(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Back into the queue after a failure, for a new approval."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        change: dict[str, Any] = {**CLEAR_APPROVAL, "revision": reply.revision + 1, "attempts": 0}
        return replies.transition(connection, reply, "drafted", by=desk.by, now=desk.clock(), what="retried", **change)

    act(store, desk, reply_id, ("failed",), work)


def undo(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Take an approval back, until it is being sent; also the first of two."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        if reply.state == "drafted" and not events.standing(connection, reply.id, reply.revision):
            raise DeskError(f"reply {reply_id} is {state_text(reply)}", "there is no approval to take back")
        return replies.transition(
            connection, reply, "drafted", by=desk.by, now=desk.clock(), what="approval_revoked", **CLEAR_APPROVAL
        )

    act(store, desk, reply_id, WATCHED, work)


def done(store: Store, desk: DeskContext, reply_id: int, remote_id: str | None) -> None:
    """A person posted it by hand."""
    out = {"sent_at": desk.clock(), "remote_id": remote_id or None, "error": None, **CLEAR_LEASE}
    _move(store, desk, reply_id, ("by_hand",), "sent", what="done_by_hand", detail={"remote_id": remote_id}, **out)


def resolve(store: Store, desk: DeskContext, reply_id: int, remote_id: str | None) -> None:
    """A person settles an unknown outcome: it is out as remote_id, or (None) it surely is not."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        now = desk.clock()
        notices.clear(connection, "unconfirmed", item.mention.platform, now, subject=str(reply.id))
        message = "not sent" if remote_id is None else f"sent as {remote_id}"
        log: dict[str, Any] = {"by": desk.by, "now": now, "what": "resolved", "detail": {"message": message}}
        if remote_id is None:
            return replies.transition(connection, reply, "approved", **log, check_count=0, attempts=0, **CLEAR_HOLD)
        sent = {"sent_at": reply.sending_at or now, "remote_id": remote_id, **CLEAR_HOLD}
        return replies.transition(connection, reply, "sent", **log, **sent)

    if remote_id is not None and not remote_id.strip():
        raise DeskError("the id of the post is empty", "--sent takes the id it has on the platform")
    act(store, desk, reply_id, ("unconfirmed",), work)


def escalate(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Hand it to staff without a draft; its text stays in the log."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        empty: dict[str, Any] = {
            "text": None,
            "kind": None,
            "variant": None,
            "auto": False,
            "revision": reply.revision + 1,
        }
        log: dict[str, Any] = {"by": desk.by, "now": desk.clock(), "what": "escalated"}
        return replies.transition(
            connection, reply, "escalated", **log, detail={"before": reply.text}, **empty, **CLEAR_APPROVAL
        )

    act(store, desk, reply_id, STANDING, work)


def escalate_mention(store: Store, desk: DeskContext, platform: str, mention_id: str) -> int:
    """Put a mention that has no live reply into the queue, without a draft. Returns the new reply's id."""
    with store.write() as connection:
        require_staff(desk)
        key = mentions.locate(connection, platform, mention_id)
        if key is None:
            raise DeskError(f"there is no mention {platform}:{mention_id}", "`earshot log` lists them")
        if mentions.stage(connection, key) == "forgotten":
            raise DeskError(f"the words of {platform}:{mention_id} were erased", "nothing is left to be answered")
        _free(connection, key, f"{platform}:{mention_id}")
        now = desk.clock()
        due = None if desk.policy.limits.escalation_due is None else now + desk.policy.limits.escalation_due
        row = {"mention_key": key, "state": "escalated", "rule": "staff", "auto": False, "urgency": 0, "due_at": due}
        replies.add_all(connection, [{**EMPTY, **row}], now, by=desk.by)
        return reply_of(items.item(connection, key=key)).id


def _free(connection: Connection, key: int, name: str) -> None:
    """Raise DeskError unless triage and staff are done with a mention: it would get a second reply."""
    live = replies.live(connection, key)
    if live is not None:
        raise DeskError(f"{name} has reply {live.id} already, {state_text(live)}", "work on that one")
    if mentions.stage(connection, key) == "new":
        raise DeskError(f"{name} is still to be decided", "wait for the next round, or `earshot once --stage route`")


EMPTY = {"kind": None, "text": None, "variant": None, "assigned_to": None}
