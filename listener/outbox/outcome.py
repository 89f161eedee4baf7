"""What came of a call, committed: sent, surely not sent, refused, or unknown."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from listener.errors import NotSent, Refused
from listener.faultpoints import reach
from listener.model import Receipt
from listener.store import ledger, mentions, notices, platforms, replies
from listener.store.engine import Store
from listener.store.records import Item, Reply

log = logging.getLogger(__name__)

HOLD_OF = {"rate": "rate", "transient": "rate", "billing": "budget", "account": "paused"}  # cause -> word of `held`
PATIENCE = timedelta(minutes=1)  # before a platform in trouble is tried again, when it named no time
ITEM_TRIES = 3  # refusals of one reply that may pass, before it is parked for a person


def move(
    connection: Connection,
    item: Item,
    to: str,
    now: datetime,
    *,
    expect: str = "sending",
    what: str | None = None,
    says: str = "",
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
    return replies.move(
        connection, seen, to, by="outbox", now=now, what=what, detail={"says": says} if says else None, **changes
    )


def sent(store: Store, item: Item, receipt: Receipt, now: datetime) -> bool:
    """It is out."""
    with store.write() as connection:
        arrived(connection, item, receipt, now, now)
        platforms.record(connection, item.mention.platform, send_after=None, send_hold=None, send_error=None)
        for kind in ("account", "billing"):
            notices.clear(connection, kind, item.mention.platform, now, subject="sending")
        reach("S8")
    return True


def arrived(
    connection: Connection, item: Item, receipt: Receipt, when: datetime, now: datetime, *, expect: str = "sending"
) -> bool:
    """Mark a reply as sent; an unknown outcome is settled by it."""
    notices.clear(connection, "unknown", item.mention.platform, now, subject=_subject(item))
    sent: dict[str, Any] = {"sent_at": when, "remote_id": receipt.remote_id, "remote_url": receipt.url, "error": None}
    return move(connection, item, "sent", now, expect=expect, **sent)


def not_sent(store: Store, item: Item, trouble: NotSent, now: datetime) -> bool:
    """Surely not out: back to approved with a time. A trouble of the whole platform stops its sending until then.

    Returns True when the reply is parked as failed.
    """
    until = trouble.retry_at or now + PATIENCE
    with store.write() as connection:
        seen = replies.get(connection, item.reply.id) if item.reply else None
        if trouble.cause == "item" and seen is not None and seen.attempts >= ITEM_TRIES:
            return move(connection, item, "failed", now, says=trouble.says, error=trouble.says)
        tried = 0 if seen is None else seen.attempts
        mine: dict[str, Any] = (
            {"not_before": until, "hold": "rate"} if trouble.cause == "item" else {"attempts": max(tried - 1, 0)}
        )
        move(connection, item, "approved", now, what="not_sent", says=trouble.says, error=trouble.says, **mine)
        if trouble.cause != "item":
            _stop_platform(connection, item.mention.platform, trouble, until, now)
        reach("S8")
    return False


def _stop_platform(connection: Connection, name: str, trouble: NotSent, until: datetime, now: datetime) -> None:
    hold = HOLD_OF[trouble.cause]
    platforms.record(connection, name, send_after=until, send_stopped_at=now, send_hold=hold, send_error=trouble.says)
    if trouble.cause in ("account", "billing"):
        notices.open_notice(connection, trouble.cause, name, trouble.says, trouble.do, now, subject="sending")


def refused(store: Store, item: Item, refusal: Refused, now: datetime) -> bool:
    """Never out. Returns True when the reply is parked as failed."""
    with store.write() as connection:
        if refusal.then == "withdrawn":
            mentions.gone(connection, item.key, now)
            move(
                connection,
                item,
                "closed",
                now,
                what="withdrawn",
                says=refusal.says,
                closed_as="withdrawn",
                reason=refusal.says,
            )
        else:
            move(connection, item, refusal.then, now, says=refusal.says, error=refusal.says)
        reach("S8")
    return refusal.then == "failed"


def unknown(store: Store, item: Item, why: str, now: datetime) -> None:
    """Nobody knows whether it is out: settle looks, and until then a person is told."""
    with store.write() as connection:
        flag(connection, item, why, now)
        reach("S8")


def flag(connection: Connection, item: Item, why: str, now: datetime) -> None:
    """Move a reply under way to unknown, with its notice."""
    if move(connection, item, "unknown", now, says=why, error=why):
        what = (
            f"nobody knows whether reply {_subject(item)} to {item.mention.platform}:{item.mention.id} went out ({why})"
        )
        do = (
            "Earshot looks for it; `earshot show "
            + _subject(item)
            + "` tells more, `earshot resolve` settles it by hand"
        )
        notices.open_notice(connection, "unknown", item.mention.platform, what, do, now, subject=_subject(item))


def _subject(item: Item) -> str:
    return str(item.reply.id) if item.reply else ""


def reply_of(item: Item) -> Reply:
    """The reply of an item that was read by its reply."""
    if item.reply is None:
        raise LookupError(f"mention {item.key} has no reply")
    return item.reply
