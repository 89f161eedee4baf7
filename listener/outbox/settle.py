"""Find out whether an unconfirmed reply arrived.

Found: it is sent. Absent in two checks, the last after the platform's listings have caught up: it surely did not
arrive and is approved again; where a repeat makes no second post, one check is enough. What the platform cannot say, a
person settles.
"""

import logging
from datetime import datetime

from listener.errors import NEEDS_PERSON, HoldName, Indeterminate, ReadFailed, StoreError, describe
from listener.model import Prepared
from listener.outbox import outcome
from listener.outbox.round import Round
from listener.outbox.trouble import postpone, record_reply_trouble
from listener.store import ledger, moves, notices, outgoing, platforms
from listener.store.queued import Queued
from listener.store.records import ReplyChanges

log = logging.getLogger(__name__)

MANUAL: HoldName = "manual_check"  # a person must look: the platform cannot say, or too many sendings are unconfirmed
CALL_LASTS_S = 35.0  # the total deadline of a call, and a margin
MAX_UNCONFIRMED_SENDINGS = 4  # before a person must check


def flag_orphans(round_: Round) -> None:
    """Mark unconfirmed what is `sending` without a call: the process that made it died, or its lease is over.

    One that was claimed under an earlier lease waits a little longer: a process that stood still writes nothing after
    its lease, but what it wrote just before may still be on its way.
    """
    with round_.store.read() as connection:
        orphans = outgoing.list_of_platform(connection, round_.platform.name, "sending")
    for item in orphans:
        if _may_be_on_its_way(round_, item):
            round_.counts.held["retry"] += 1
            continue
        with round_.store.write() as connection:
            outcome.mark_unconfirmed(connection, item, "Earshot stopped during the call", round_.clock())


def _may_be_on_its_way(round_: Round, item: Queued) -> bool:
    lease = round_.store.lease
    if lease is None or lease.free_for >= CALL_LASTS_S:
        return False
    claim = (item.outbound.sending_by, item.outbound.sending_epoch)
    return claim != (round_.store.holder, lease.epoch)  # a number alone may be that of the lease on everything


def settle(round_: Round) -> None:
    """Check everything unconfirmed whose time has come, until the platform cannot be read."""
    platform, clock = round_.platform, round_.clock
    with round_.store.read() as connection:
        waiting = outgoing.list_of_platform(connection, platform.name, "unconfirmed")
        state = platforms.read_state(connection, platform.name)
    if state is not None and state.cause == "transient" and state.read_after and state.read_after > clock():
        return  # a platform that cannot be read cannot be checked either
    for item in waiting:
        if round_.stopping() or round_.is_over:
            return
        try:
            if _is_due(round_, item, clock()):
                _check(round_, item)
        except ReadFailed as error:
            fields = {"event": "reply_not_checked", "item": item.label, "why": error}
            log.warning("%(item)s could not be checked: %(why)s", fields)
            if error.cause in NEEDS_PERSON:
                _notice_unchecked(round_, item, error)
            if error.cause == "item":
                record_reply_trouble(round_, item, error)
            else:  # it stands in the way of the others too
                postpone(round_, waiting, error)
                return


def _notice_unchecked(round_: Round, item: Queued, error: ReadFailed) -> None:
    """Say in the reply's notice that Earshot cannot look for it just now, and why."""
    what = f"{item.label} may not have been sent, and cannot be checked: {error.message}"
    do = f"{error.do or 'solve the problem named above'}; or look on the platform, then run `{item.resolve_command}`"
    with round_.store.write() as connection:
        notices.open_notice(connection, "unconfirmed", item.platform, what, do, round_.clock(), subject=item.subject)


def _is_due(round_: Round, item: Queued, now: datetime) -> bool:
    """Return True for the first check at once, and for the last when the platform's listings have caught up."""
    not_before = item.outbound.not_before
    if item.outbound.hold == MANUAL or (not_before and now < not_before and item.outbound.changed_at <= now):
        return False
    return item.outbound.check_count == 0 or _is_listed_by(round_, item, now)


def _is_listed_by(round_: Round, item: Queued, now: datetime) -> bool:
    """Return True when a post that arrived would be listed.

    Counted from when the outcome became unknown: the call may have hung for long before it was cut.
    """
    return now >= item.outbound.changed_at + round_.platform.settle_after


def _check(round_: Round, item: Queued) -> None:
    """Look for the reply on the platform. Raises ReadFailed, StoreError."""
    reply, now = item.outbound, round_.clock()
    try:
        receipt = round_.platform.find_reply(Prepared(reply.prepared_key or "", reply.request or {}))
    except Indeterminate as error:
        _ask_for_manual_check(round_, item, f"the platform cannot say whether it arrived: {error.message}", now)
        return
    except (ReadFailed, StoreError):
        raise
    except Exception as error:  # the others go on
        raise ReadFailed(describe(error), cause="item") from error
    if receipt is None:
        _record_absence(round_, item, now)
        return
    with round_.store.write() as connection:
        sent_at = reply.sending_at or now
        round_.counts.sent += outcome.mark_sent(connection, item, receipt, sent_at, now, expect="unconfirmed")
        if round_.can_repeat(item):  # its answers are lost, but what is sent arrives
            platforms.record(connection, item.platform, send_failures=0)


def _record_absence(round_: Round, item: Queued, now: datetime) -> None:
    """Count the check; after the last one the reply is approved again."""
    reply = item.outbound
    is_last = round_.can_repeat(item) or (reply.check_count >= 1 and _is_listed_by(round_, item, now))
    if is_last and reply.attempts >= MAX_UNCONFIRMED_SENDINGS:
        _ask_for_manual_check(round_, item, f"{reply.attempts} sendings are unconfirmed", now)
        return
    with round_.store.write() as connection:
        if not is_last:
            count: ReplyChanges = {"check_count": reply.check_count + 1, "checked_at": now, "trouble_count": 0}
            detail = {"message": "not listed"}
            moves.update_fields(connection, reply, "arrival_checked", "outbox", now, detail, **count)
            return
        message = f"not listed in {'a check' if round_.can_repeat(item) else 'two checks'}: it did not arrive"
        again: ReplyChanges = {"error": message, "not_before": None, "trouble_count": 0, "check_count": 0, "hold": None}
        if outcome.move(
            connection, item, "approved", now, expect="unconfirmed", what="absent", message=message, **again
        ):
            notices.clear(connection, "unconfirmed", item.platform, now, subject=item.subject)
            ledger.cancel(connection, item.platform, reply.prepared_key)


def _ask_for_manual_check(round_: Round, item: Queued, why: str, now: datetime) -> None:
    """Leave the reply to a person, with a notice."""
    reply, name = item.outbound, item.platform
    what = f"{item.label} needs a manual check ({why})"
    do = f"look on the platform, then run `{item.resolve_command} {item.resolve_options}"
    waits: ReplyChanges = {"hold": MANUAL, "checked_at": now, "error": why}
    with round_.store.write() as connection:
        if moves.update_fields(connection, reply, "manual_check_needed", "outbox", now, {"message": why}, **waits):
            notices.open_notice(connection, "unconfirmed", name, what, do, now, subject=item.subject)
