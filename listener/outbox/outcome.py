"""What came of a call or a check, committed: sent, not sent, refused, unconfirmed, withdrawn, returned to staff."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Unpack

from sqlalchemy import Connection

from listener.errors import Held, NotSent, Refused
from listener.faultpoints import fault_point
from listener.model import Receipt
from listener.outbox import backoff
from listener.outbox.backoff import RETRY_DELAY
from listener.outbox.round import Round
from listener.store import edits, events, gone, ledger, mentions, moves, notices, replies
from listener.store.queued import Queued, QueuedAct, QueuedPosting, QueuedReply
from listener.store.records import Reply, ReplyChanges

log = logging.getLogger(__name__)

Answering = QueuedReply | QueuedAct  # what needs a mention that is still there
MISSING_FOR = timedelta(minutes=10)  # between the two checks after which a mention is believed to be gone
MAX_ITEM_REFUSALS = 3  # temporary refusals of one reply, before it fails and staff decide


def move(
    connection: Connection,
    item: Queued,
    to: str,
    now: datetime,
    *,
    expect: str = "sending",
    what: str | None = None,
    message: str = "",
    **changes: Unpack[ReplyChanges],
) -> bool:
    """Move it on. Returns False when it is not what this stage left: staff may have settled it meanwhile."""
    stored = moves.read_again(connection, item.outbound)
    if (stored.state, stored.revision) != (expect, item.outbound.revision):
        fields = {"event": "reply_left_unchanged", "item": item.label, "state": stored.state, "expected": expect}
        log.info("%(item)s is %(state)s by now, not %(expected)s: left unchanged", fields)
        return False
    if isinstance(stored, Reply) and stored.prepared_key is not None:
        ledger.attribute(connection, item.platform, stored.prepared_key, stored.id)
    detail = {"message": message} if message else None
    return moves.transition(connection, stored, to, by="outbox", now=now, what=what, detail=detail, **changes)


def record_sent(round_: Round, item: Queued, receipt: Receipt) -> None:
    """Mark it sent; clear the send error."""
    now, name = round_.clock(), item.platform
    with round_.store.write() as connection:
        mark_sent(connection, item, receipt, now, now)
        backoff.clear(connection, name, now)
        fault_point("S8")
    round_.counts.sent += 1


def mark_sent(
    connection: Connection,
    item: Queued,
    receipt: Receipt,
    sent_at: datetime,
    now: datetime,
    expect: str = "sending",
) -> bool:
    """Mark it sent and clear its notice. Returns False when staff settled it meanwhile."""
    notices.clear(connection, "unconfirmed", item.platform, now, subject=item.subject)
    post: ReplyChanges = {"remote_id": receipt.remote_id, "remote_url": receipt.url, "sent_at": sent_at, "error": None}
    return move(connection, item, "sent", now, expect=expect, **post)


def record_not_sent(round_: Round, item: Queued, error: NotSent) -> None:
    """Put the reply back to approved, to be tried again later; after MAX_ITEM_REFUSALS of its own it fails.

    An error of the whole platform stops its sending, and costs this reply no attempt.
    """
    now = round_.clock()
    until = error.retry_at or now + RETRY_DELAY
    with round_.store.write() as connection:
        attempts = moves.read_again(connection, item.outbound).attempts
        has_failed = error.cause == "item" and attempts >= MAX_ITEM_REFUSALS
        if has_failed:
            has_failed = move(connection, item, "failed", now, message=error.message, error=error.message)
        elif error.cause == "item":
            _put_back(connection, item, error.message, now, not_before=until, hold="retry")
        else:
            _put_back(connection, item, error.message, now, attempts=max(attempts - 1, 0))
            backoff.stop(connection, item.platform, error, now)
        fault_point("S8")
    if has_failed:
        round_.counts.failed += 1
    else:
        round_.counts.held[backoff.HOLD_OF_CAUSE[error.cause]] += 1


def record_held(round_: Round, item: Queued, hold: Held) -> None:
    """Put the reply back to approved: nothing was called, for a reason that concerns this reply alone."""
    now = round_.clock()
    until = hold.until or now + RETRY_DELAY
    with round_.store.write() as connection:
        attempts = max(moves.read_again(connection, item.outbound).attempts - 1, 0)
        _put_back(connection, item, hold.message, now, not_before=until, hold=hold.reason, attempts=attempts)
        fault_point("S8")
    round_.counts.held[hold.reason] += 1


def _put_back(
    connection: Connection, item: Queued, message: str, now: datetime, **changes: Unpack[ReplyChanges]
) -> None:
    """Move to approved again what was surely not sent."""
    changes["error"] = message
    move(connection, item, "approved", now, what="not_sent", message=message, **changes)


def record_refused(round_: Round, item: Queued, refusal: Refused) -> None:
    """Move it on as the platform's refusal asks: failed, by hand, back to staff, or withdrawn with the mention gone."""
    now, message, to = round_.clock(), refusal.message, refusal.next_state
    with round_.store.write() as connection:
        if to == "withdrawn" and not isinstance(item, QueuedPosting):
            _hold_or_withdraw(round_, connection, item, message, now, expect="sending")
        elif to == "drafted":
            _settle_duplicate(connection, item, message, now)
        else:
            to = "failed" if to == "withdrawn" else to  # a posting answers nothing that could be gone
            if move(connection, item, to, now, message=message, error=message):
                round_.counts.failed += to == "failed"
        fault_point("S8")


def _settle_duplicate(connection: Connection, item: Queued, message: str, now: datetime) -> None:
    """Return to staff what the platform has in the same words; after a lost answer they may be ours, so look first."""
    if events.has_event(connection, item.outbound, "unconfirmed"):
        mark_unconfirmed(connection, item, message, now)
        return
    _return(connection, item, message, now, expect="sending", attempts=0)


def record_lost_answer(round_: Round, item: Queued, why: str) -> None:
    """Mark it unconfirmed and let the platform rest; settle.py finds out whether it arrived."""
    now = round_.clock()
    with round_.store.write() as connection:
        mark_unconfirmed(connection, item, why, now)
        can_repeat = round_.can_repeat(item)
        backoff.stop_after_lost_answer(connection, item.platform, why, now, repeat_is_safe=can_repeat)
        fault_point("S8")


def mark_unconfirmed(connection: Connection, item: Queued, why: str, now: datetime) -> None:
    """Move what is under way to unconfirmed, with its notice."""
    if move(connection, item, "unconfirmed", now, message=why, error=why):
        what = f"{item.label} may not have been sent ({why})"
        do = f"Earshot is checking the platform; `{item.show_command}` shows it, `{item.resolve_command}` settles it"
        notices.open_notice(connection, "unconfirmed", item.platform, what, do, now, subject=item.subject)


def withdraw(round_: Round, item: Answering, why: str) -> None:
    """Close an approved reply or act as withdrawn."""
    with round_.store.write() as connection:
        _close_withdrawn(connection, item, why, round_.clock(), expect="approved")


def record_missing(round_: Round, item: Answering) -> None:
    """Hold an approved reply or act whose mention a check did not find; withdraw it when a later check agrees."""
    with round_.store.write() as connection:
        _hold_or_withdraw(round_, connection, item, gone.GONE, round_.clock(), expect="approved")


def _hold_or_withdraw(
    round_: Round, connection: Connection, item: Answering, message: str, now: datetime, *, expect: str
) -> None:
    """Believe that a mention is gone only after two checks with a pause between them: one may fail in passing."""
    missing_at = gone.note_missing(connection, item.key, item.outbound.approved_at or now, now)
    if now - missing_at >= MISSING_FOR:
        mentions.record_deletion(connection, item.key, now)
        _close_withdrawn(connection, item, gone.GONE, now, expect=expect, error=message)
        return
    again_at = missing_at + MISSING_FOR
    wait: ReplyChanges = {"not_before": again_at, "hold": "missing", "error": message}
    note = f"{message}; checked again at {again_at:%H:%M} UTC"
    if expect == "sending":
        move(connection, item, "approved", now, what="not_sent", message=note, **wait)
    else:
        wait["changed_at"] = now  # by this clock: that of whoever approved it may be ahead
        moves.update_fields(connection, item.outbound, "held", "outbox", now, {"message": note}, **wait)
    round_.counts.held["missing"] += 1


def _close_withdrawn(
    connection: Connection, item: Answering, why: str, now: datetime, *, expect: str, **changes: Unpack[ReplyChanges]
) -> None:
    ending: ReplyChanges = {"closed_as": "withdrawn", "reason": why, **changes}
    move(connection, item, "closed", now, expect=expect, what="withdrawn", message=why, **ending)


def return_edited_to_staff(round_: Round, item: QueuedReply, text: str | None = None) -> None:
    """Return a reply to staff because its mention was edited, so that it is decided again. text: words not kept yet."""
    now, mention = round_.clock(), item.mention
    with round_.store.write() as connection:
        reply = replies.get(connection, item.reply.id)
        if (reply.state, reply.revision) != ("approved", item.reply.revision):
            fields = {"event": "edited_reply_left_unchanged", "reply": reply.id, "state": reply.state}
            log.info("reply %(reply)s is %(state)s by now, not approved: left unchanged", fields)
        elif text is None:
            edits.return_reply(connection, reply, "outbox", now)
        else:
            newer = replace(mention, id=mention.reply_target_id, text=text)
            edits.record(connection, item.key, mention.text, newer, by="outbox", now=now)


def return_to_staff(round_: Round, item: Queued, why: str) -> None:
    """Take the approval back, so that staff look at it again; an act has no draft, so a person does it."""
    with round_.store.write() as connection:
        _return(connection, item, why, round_.clock(), expect="approved")


def _return(
    connection: Connection, item: Queued, why: str, now: datetime, *, expect: str, **changes: Unpack[ReplyChanges]
) -> None:
    returned: ReplyChanges = {**moves.UNAPPROVED, "error": why, **changes}
    to = "by_hand" if isinstance(item, QueuedAct) else "drafted"
    move(connection, item, to, now, expect=expect, what="returned_to_staff", message=why, **returned)
