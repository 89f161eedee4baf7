"""What holds an approved reply before anything is called for it, and calls that fail for a reply or its platform.

A failure of the whole platform stops its sending, as a failing post does. One that concerns a reply alone counts on
that reply, which waits longer each time; the others go on.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Unpack

from sqlalchemy import Connection

from listener.errors import HoldName, ReadFailed
from listener.outbox import backoff
from listener.outbox.round import Round
from listener.pauses import growing_pause
from listener.store import moves, notices, replies
from listener.store.queued import Queued
from listener.store.records import ReplyChanges

log = logging.getLogger(__name__)

NOTICE_AFTER_TROUBLES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)  # between two tries at a reply in trouble


def hold_item(round_: Round, item: Queued, reason: HoldName, message: str, until: datetime | None = None) -> None:
    """Hold what waits to be sent until a time; None: until the next round. Logged when the reason changes only."""
    round_.counts.held[reason] += 1
    if (item.outbound.hold, item.outbound.not_before) == (reason, until):
        return
    with round_.store.write() as connection:
        _hold(connection, item, message, round_.clock(), item.outbound.hold != reason, not_before=until, hold=reason)


def _hold(
    connection: Connection,
    item: Queued,
    message: str,
    now: datetime,
    is_news: bool,
    **changes: Unpack[ReplyChanges],
) -> bool:
    """Change what waits, with an event where there is something new to tell.

    An approved one counts from now, by this clock: that of whoever approved it may be ahead.
    """
    if item.outbound.state == "approved":
        changes["changed_at"] = now
    if not is_news:
        return moves.set_fields(connection, item.outbound, **changes)
    log.info("%(item)s is held: %(why)s", {"event": "reply_held", "item": item.label, "why": message})
    return moves.update_fields(connection, item.outbound, "held", "outbox", now, {"message": message}, **changes)


def record_failure(round_: Round, item: Queued, error: ReadFailed) -> None:
    """Let the platform rest, or the reply alone, when a check or the preparation of a reply failed."""
    if error.cause == "item":
        record_reply_trouble(round_, item, error)
        return
    now, hold = round_.clock(), backoff.HOLD_OF_CAUSE[error.cause]
    fields = {"event": "sending_rests", "platform": item.platform, "why": error.message}
    log.warning("sending on %(platform)s rests: %(why)s", fields)
    with round_.store.write() as connection:
        backoff.stop(connection, item.platform, error, now)
    round_.counts.held[hold] += 1


def postpone(round_: Round, waiting: Sequence[Queued], error: ReadFailed) -> None:
    """Let unconfirmed replies wait that cannot be checked, because the platform does not answer."""
    now = round_.clock()
    with round_.store.write() as connection:
        for item in waiting:
            count = item.outbound.trouble_count + 1
            until = error.retry_at or now + growing_pause(count, FIRST_PAUSE, LONGEST_PAUSE)
            moves.set_fields(connection, item.outbound, trouble_count=count, not_before=until)


def record_reply_trouble(round_: Round, item: Queued, error: ReadFailed) -> None:
    """Count a failure that concerns this reply alone; after five in a row a person is told."""
    now, reply = round_.clock(), item.outbound
    count = reply.trouble_count + 1
    until = error.retry_at or now + growing_pause(count, FIRST_PAUSE, LONGEST_PAUSE)
    changes: ReplyChanges = {"trouble_count": count, "error": error.message, "not_before": until, "hold": "retry"}
    with round_.store.write() as connection:
        held = _hold(connection, item, error.message, now, reply.error != error.message, **changes)
        if held and count >= NOTICE_AFTER_TROUBLES and reply.state == "approved":  # else `unconfirmed` is open already
            what = f"{item.label} could not be checked {count} times in a row: {error.message}"
            do = error.do or f"look on the platform; to answer there yourself, take it back: `{item.undo_command}`"
            name = item.platform
            notices.open_notice(connection, replies.UNCHECKED, name, what, do, now, subject=item.subject)
    round_.counts.held["retry"] += 1
