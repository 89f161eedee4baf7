"""What came of a call, committed: sent, surely not sent, refused, or unknown."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from listener.errors import Held, NotSent, Refused
from listener.faultpoints import fault_point
from listener.model import Receipt
from listener.store import ledger, mentions, notices, platforms, replies
from listener.store.engine import Store
from listener.store.records import Exchange, Reply

log = logging.getLogger(__name__)

HOLD_OF = {"rate": "rate", "transient": "rate", "billing": "budget", "account": "paused"}  # cause -> word of `held`
RETRY_DELAY = timedelta(minutes=1)  # before a platform in trouble is tried again, when it named no time
LOST_ANSWER_BACKOFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=30))
"""Pauses of a platform's sending after lost answers in a row: in an outage few replies become unknown."""
ITEM_TRIES = 3  # refusals of one reply that may pass, before it is parked for a person


def move(
    connection: Connection,
    item: Exchange,
    to: str,
    now: datetime,
    *,
    expect: str = "sending",
    what: str | None = None,
    message: str = "",
    **changes: Any,
) -> bool:
    """Move the item's reply on, if it still stands where this stage left it: staff may have settled it meanwhile."""
    if item.reply is None:
        return False
    seen = replies.get(connection, item.reply.id)
    if (seen.state, seen.revision) != (expect, item.reply.revision):
        log.info("reply %s is %s by now, not %s: left as it is", seen.id, seen.state, expect)
        return False
    if seen.prepared_key is not None:
        ledger.attribute(connection, item.mention.platform, seen.prepared_key, seen.id)
    return replies.transition(
        connection,
        seen,
        to,
        by="outbox",
        now=now,
        what=what,
        detail={"message": message} if message else None,
        **changes,
    )


def sent(store: Store, item: Exchange, receipt: Receipt, now: datetime) -> bool:
    """It is out."""
    with store.write() as connection:
        mark_sent(connection, item, receipt, now, now)
        clear_send_error(connection, item.mention.platform, now)
        platforms.record(connection, item.mention.platform, send_lost=0)
        fault_point("S8")
    return True


def mark_sent(
    connection: Connection, item: Exchange, receipt: Receipt, when: datetime, now: datetime, *, expect: str = "sending"
) -> bool:
    """Mark a reply as sent; an unknown outcome is settled by it."""
    notices.clear(connection, "unconfirmed", item.mention.platform, now, subject=_subject(item))
    sent: dict[str, Any] = {"sent_at": when, "remote_id": receipt.remote_id, "remote_url": receipt.url, "error": None}
    return move(connection, item, "sent", now, expect=expect, **sent)


def not_sent(store: Store, item: Exchange, trouble: NotSent, now: datetime) -> bool:
    """Surely not out: back to approved with a time. A trouble of the whole platform stops its sending until then.

    Returns True when the reply is parked as failed.
    """
    until = trouble.retry_at or now + RETRY_DELAY
    with store.write() as connection:
        seen = replies.get(connection, item.reply.id) if item.reply else None
        if trouble.cause == "item" and seen is not None and seen.attempts >= ITEM_TRIES:
            return move(connection, item, "failed", now, message=trouble.message, error=trouble.message)
        tried = 0 if seen is None else seen.attempts
        mine: dict[str, Any] = (
            {"not_before": until, "hold": "rate"} if trouble.cause == "item" else {"attempts": max(tried - 1, 0)}
        )
        move(connection, item, "approved", now, what="not_sent", message=trouble.message, error=trouble.message, **mine)
        if trouble.cause != "item":
            _stop_platform(connection, item.mention.platform, trouble, until, now)
        fault_point("S8")
    return False


def held(store: Store, item: Exchange, hold: Held, now: datetime) -> None:
    """Nothing was called, for a reason that concerns this reply alone: it waits, and the others go on."""
    with store.write() as connection:
        tried = replies.get(connection, item.reply.id).attempts if item.reply else 0
        waits: dict[str, Any] = {
            "not_before": hold.until or now + RETRY_DELAY,
            "hold": hold.reason,
            "error": hold.message,
        }
        waits |= {"attempts": max(tried - 1, 0)}
        move(connection, item, "approved", now, what="not_sent", message=hold.message, **waits)
        fault_point("S8")


def clear_send_error(connection: Connection, name: str, now: datetime) -> None:
    """What stood in the way of sending does so no more."""
    platforms.record(connection, name, send_after=None, send_hold=None, send_error=None)
    for kind in ("account", "billing"):
        notices.clear(connection, kind, name, now, subject="sending")


def _stop_platform(connection: Connection, name: str, trouble: NotSent, until: datetime, now: datetime) -> None:
    hold = HOLD_OF[trouble.cause]
    platforms.record(
        connection, name, send_after=until, send_stopped_at=now, send_hold=hold, send_error=trouble.message
    )
    if trouble.cause in ("account", "billing"):
        notices.open_notice(connection, trouble.cause, name, trouble.message, trouble.do, now, subject="sending")


def refused(store: Store, item: Exchange, refusal: Refused, now: datetime) -> bool:
    """Never out. Returns True when the reply is parked as failed."""
    with store.write() as connection:
        if refusal.next_state == "withdrawn":
            mentions.gone(connection, item.key, now)
            move(
                connection,
                item,
                "closed",
                now,
                what="withdrawn",
                message=refusal.message,
                closed_as="withdrawn",
                reason=refusal.message,
            )
        else:
            move(connection, item, refusal.next_state, now, message=refusal.message, error=refusal.message)
        fault_point("S8")
    return refusal.next_state == "failed"


def record_lost_answer(store: Store, item: Exchange, why: str, now: datetime) -> None:
    """Nobody knows whether it is out: settle looks, and until then a person is told."""
    with store.write() as connection:
        mark_unconfirmed(connection, item, why, now)
        _back_off(connection, item.mention.platform, why, now)
        fault_point("S8")


def _back_off(connection: Connection, name: str, why: str, now: datetime) -> None:
    """Whatever swallowed one answer would swallow the next."""
    state = platforms.state(connection, name)
    lost = state.send_lost if state else 0
    rest = {
        "send_after": now + LOST_ANSWER_BACKOFF[min(lost, len(LOST_ANSWER_BACKOFF) - 1)],
        "send_stopped_at": now,
        "send_hold": "rate",
    }
    platforms.record(connection, name, send_lost=lost + 1, send_error=f"an answer was lost ({why})", **rest)


def mark_unconfirmed(connection: Connection, item: Exchange, why: str, now: datetime) -> None:
    """Move a reply under way to unknown, with its notice."""
    if move(connection, item, "unconfirmed", now, message=why, error=why):
        what = (
            f"nobody knows whether reply {_subject(item)} to {item.mention.platform}:{item.mention.id} went out ({why})"
        )
        do = (
            "Earshot looks for it; `earshot show "
            + _subject(item)
            + "` tells more, `earshot resolve` settles it by hand"
        )
        notices.open_notice(connection, "unconfirmed", item.mention.platform, what, do, now, subject=_subject(item))


def _subject(item: Exchange) -> str:
    return str(item.reply.id) if item.reply else ""


def reply_of(item: Exchange) -> Reply:
    """The reply of an item that was read by its reply."""
    if item.reply is None:
        raise LookupError(f"mention {item.key} has no reply")
    return item.reply
