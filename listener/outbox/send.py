"""The outbox stage: send what is approved, once.

The intention is committed before the call and the result after it; a reply that was neither surely sent nor surely
refused is `unconfirmed` and left to settle.py. Nothing is ever sent again blindly.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from listener import holds
from listener.errors import Held, NotSent, ReadFailed, Refused, StoreError, describe
from listener.faultpoints import fault_point
from listener.model import Outgoing, Prepared
from listener.outbox import backoff, outcome, settle, trouble
from listener.outbox.checks import may_be_sent
from listener.outbox.round import Round, SendCounts
from listener.store import events, items, notices, outgoing, people, platforms, replies, rewards
from listener.store.engine import Store
from listener.store.records import QueuedReply, Reply, ReplyChanges

log = logging.getLogger(__name__)

CLEARED: ReplyChanges = {
    "check_count": 0, "checked_at": None, "error": None, "not_before": None, "hold": None, "trouble_count": 0,
}  # fmt: skip
CALL_SECONDS = 35.0  # the total deadline of a call, and a margin
LEASE_WAIT = timedelta(seconds=10)  # by then the lease is renewed, or another process holds it
MAX_REPLIES_PER_ROUND = 200  # the next round follows within seconds
Approve = Callable[[Store, str, datetime], Counter[str]]  # approves what may go out automatically: desk/autonomy.py


def send(round_: Round, approve: Approve) -> SendCounts:
    """Settle unconfirmed replies, approve what may go out automatically, and send what is due.

    A round ends by number and by time, after a reply at least: polls of the same platform come between two rounds.
    """
    store, name, counts = round_.store, round_.platform.name, round_.counts
    settle.flag_orphans(round_)
    settle.settle(round_)
    counts.held += approve(store, name, round_.clock())
    due = _due(round_)
    for number, reply_id in enumerate(due):
        hold = backoff.platform_hold(round_)
        if hold is not None:
            counts.held[hold.reason] += len(due) - number
            break
        if round_.stopping():
            break
        if number == MAX_REPLIES_PER_ROUND or (number and round_.is_over):
            counts.more = True
            break
        fault_point("S1")
        _send_reply(round_, reply_id)
    with store.read() as connection:
        counts.unconfirmed = replies.count_in_state(connection, name, "unconfirmed")
    return counts


def _due(round_: Round) -> list[int]:
    """Return the approved replies whose time has come; count those that wait as held."""
    name, now = round_.platform.name, round_.clock()
    with round_.store.read() as connection:
        held, due = outgoing.count_held(connection, name, now), outgoing.list_due(connection, name, now)
        round_.counts.next_at = outgoing.read_next_time(connection, name, now) if held else None
        state = platforms.read_state(connection, name)
    round_.counts.held.update(held)
    is_over = state is not None and state.send_after is not None and state.send_after <= now
    if is_over and not held and not due:
        with round_.store.write() as connection:
            backoff.clear(connection, name, now)
    return due


def _send_reply(round_: Round, reply_id: int) -> None:
    """Check, claim and post a reply."""
    with round_.store.read() as connection:
        item = items.queued(connection, reply_id)
    if item.reply.state != "approved":
        return
    prepared = _check_and_prepare(round_, item)
    if prepared is not None and _claim(round_, item, prepared):
        fault_point("S3")
        _post(round_, item, prepared)


def _check_and_prepare(round_: Round, item: QueuedReply) -> Prepared | None:
    """Return the request; None when the reply may not be sent now. One that breaks its platform's code goes back to
    staff, so that it stops no other.
    """
    try:
        return _prepare(round_, item) if may_be_sent(round_, item) else None
    except ReadFailed as error:
        trouble.record_failure(round_, item, error)
    except Held as hold:
        trouble.record_hold(round_, item, hold.reason, hold.message, hold.until)
    except StoreError:
        raise
    except Exception as error:
        log.exception("reply %(reply)s cannot be prepared", {"event": "reply_not_prepared", "reply": item.reply.id})
        outcome.return_to_staff(round_, item, f"the reply cannot be prepared: {describe(error)}")
    return None


def _prepare(round_: Round, item: QueuedReply) -> Prepared | None:
    """Return the request for the very words that were approved, or give the reply back to staff. Raises Held."""
    approved, text = _read_words(round_, item.reply)
    if text is None:
        is_edited = item.edited_at is not None
        why = "the mention was edited after the approval" if is_edited else "no approval is stored for this text"
        why = "its coupon is not this reply's any more" if approved is not None else why
        outcome.return_to_staff(round_, item, why)
        return None
    has_code = text != approved
    outgoing_ = Outgoing(item.reply.id, item.reply.revision, text, item.mention, is_private=has_code)
    prepared = round_.platform.prepare(outgoing_, round_.clock())
    if has_code and not (prepared.is_private or item.mention.is_private):
        outcome.return_to_staff(round_, item, f"{round_.platform.name} would show its coupon to everybody")
        return None
    return prepared


def _read_words(round_: Round, reply: Reply) -> tuple[str | None, str | None]:
    """Read what was approved, and the same with the code of its coupon; None where either is missing."""
    with round_.store.read() as connection:
        texts = [given.text for given in events.approvals(connection, reply.id) if given.revision == reply.revision]
        return (texts[-1], rewards.reveal(connection, reply.id, texts[-1])) if texts else (None, None)


def _claim(round_: Round, item: QueuedReply, prepared: Prepared) -> bool:
    """Commit the intention to send. Returns False when a pause, an opt-out or a colleague came first."""
    now, mention = round_.clock(), item.mention
    with round_.store.write() as connection:
        is_paused = holds.paused(connection, mention.platform, now) is not None
        if is_paused or people.opted_out(connection, (mention.platform, mention.author_id)) is not None:
            return False
        claim: ReplyChanges = {"attempts": item.reply.attempts + 1, "sending_at": now, **CLEARED}
        claim |= {"prepared_key": prepared.key, "request": prepared.request}
        claimed = replies.transition(connection, item.reply, "sending", by="outbox", now=now, **claim)
        notices.clear(connection, replies.UNCHECKED, mention.platform, now, subject=str(item.reply.id))
        fault_point("S2")
    return claimed


def _require_lock(round_: Round) -> None:
    """Raise NotSent when another process might take over before the call ends: this one may have stood still."""
    if not round_.store.can_call(CALL_SECONDS):
        message = "the lease of this process on the database may end before the call does"
        raise NotSent(message, "nothing: it is tried again", cause="item", retry_at=round_.clock() + LEASE_WAIT)


def _post(round_: Round, item: QueuedReply, prepared: Prepared) -> None:
    """Post the reply, and commit what came of it: after anything unexpected nobody knows whether it arrived."""
    try:
        _require_lock(round_)
        receipt = round_.platform.post(prepared)
    except NotSent as error:
        fault_point("S7")
        outcome.record_not_sent(round_, item, error)
    except Held as hold:
        fault_point("S7")
        outcome.record_held(round_, item, hold)
    except Refused as refusal:
        fault_point("S7")
        outcome.record_refused(round_, item, refusal)
    except Exception as error:  # noqa: BLE001 -- anything else means that nobody knows
        fields = {"event": "reply_unconfirmed", "reply": item.reply.id, "why": repr(error)}
        log.warning("reply %(reply)s may not have been sent: %(why)s", fields)
        outcome.record_lost_answer(round_, item, describe(error))
        if round_.repeat_is_safe:
            settle.settle(round_)
    else:
        fault_point("S7")
        outcome.record_sent(round_, item, receipt)
    fault_point("S9")
