"""Find out whether a reply of unknown outcome arrived: found is sent; absent in two looks, the last after the
platform's listings have caught up, is surely not sent; what a platform cannot tell, a person settles."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from listener.errors import Indeterminate, ReadFailed
from listener.model import Platform, Prepared
from listener.outbox import outcome
from listener.store import items, notices, platforms, replies
from listener.store.engine import Store
from listener.store.records import Exchange

log = logging.getLogger(__name__)

MANUAL_ONLY = -1  # looks: the platform cannot tell, or it has been tried too often
ATTEMPTS = 4  # sendings of unknown outcome before a person is asked


def flag_orphans(store: Store, platform: str, now: datetime) -> int:
    """Replies in `sending` that no call of this process is about: whoever held the lock before died in the call."""
    with store.read() as connection:
        found = items.of_platform(connection, platform, "sending")
    for item in found:
        with store.write() as connection:
            outcome.mark_unconfirmed(connection, item, "Earshot ended in the middle of the call", now)
    return len(found)


def settle(store: Store, platform: Platform, clock: Callable[[], datetime]) -> int:
    """Look for every reply of unknown outcome whose time has come, until the platform cannot be read.

    Returns how many were found sent.
    """
    with store.read() as connection:
        waiting = items.of_platform(connection, platform.name, "unconfirmed")
        state = platforms.state(connection, platform.name)
    if state is not None and state.cause == "transient" and state.read_after and state.read_after > clock():
        return 0  # what cannot be read cannot be looked at either
    found = 0
    for item in waiting:
        try:
            found += _due(item, platform, clock()) and _look(store, platform, item, clock())
        except ReadFailed as error:
            log.warning("reply %s could not be looked for: %s", outcome.reply_of(item).id, error)
            if error.cause != "item":  # whatever it is, it stands in the way of the others too
                break
    return found


def _due(item: Exchange, platform: Platform, now: datetime) -> bool:
    """The first look at once, the last not before the platform's listings have caught up.

    Reckoned from when the outcome became unknown: the call may have hung for long before it was cut.
    """
    reply = outcome.reply_of(item)
    if reply.check_count == MANUAL_ONLY:
        return False
    return reply.check_count == 0 or now >= reply.changed_at + platform.settle_after


def _look(store: Store, platform: Platform, item: Exchange, now: datetime) -> bool:
    reply = outcome.reply_of(item)
    prepared = Prepared(reply.prepared_key or "", reply.request or {})
    try:
        receipt = platform.find_reply(prepared)
    except Indeterminate as error:
        _ask(store, item, f"the platform cannot tell: {error.message}", now)
        return False
    except ReadFailed:
        raise
    except Exception as error:  # noqa: BLE001 -- a look that fails is made again; the others go on
        log.warning("reply %s could not be looked for: %s", reply.id, error)
        return False
    if receipt is None:
        _absent(store, platform, item, now)
        return False
    with store.write() as connection:
        return outcome.mark_sent(connection, item, receipt, reply.sending_at or now, now, expect="unconfirmed")


def _absent(store: Store, platform: Platform, item: Exchange, now: datetime) -> None:
    """Count the look; when it was the last one, the reply may be sent again."""
    reply = outcome.reply_of(item)
    last = reply.check_count + 1 >= 2 and now >= reply.changed_at + platform.settle_after
    if last and reply.attempts >= ATTEMPTS:
        _ask(store, item, f"{reply.attempts} sendings of unknown outcome", now)
        return
    with store.write() as connection:
        if not last:
            seen = {"check_count": reply.check_count + 1, "checked_at": now}
            replies.update_fields(
                connection, reply, "arrival_checked", "settle", now, {"message": "not listed"}, **seen
            )
            return
        message = "not listed in two looks: it did not arrive"
        back: dict[str, Any] = {"error": message, "check_count": 0}
        if outcome.move(
            connection, item, "approved", now, expect="unconfirmed", what="absent", message=message, **back
        ):
            notices.clear(connection, "unconfirmed", item.mention.platform, now, subject=str(reply.id))


def _ask(store: Store, item: Exchange, why: str, now: datetime) -> None:
    """Leave it to a person."""
    reply = outcome.reply_of(item)
    what = f"reply {reply.id} to {item.mention.platform}:{item.mention.id} must be settled by a person ({why})"
    do = f"look on the platform, then `earshot resolve {reply.id} --sent REMOTE_ID` or `--not-sent`"
    seen = {"check_count": MANUAL_ONLY, "checked_at": now, "error": why}
    with store.write() as connection:
        if replies.update_fields(connection, reply, "manual_check_needed", "settle", now, {"message": why}, **seen):
            notices.open_notice(connection, "unconfirmed", item.mention.platform, what, do, now, subject=str(reply.id))
