"""The outbox stage: send what is approved, once.

The intent is committed before the call and the result after it; a reply that was neither surely sent nor surely
refused is `unconfirmed` and left to settle.py. Nothing is ever sent again blindly.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from listener import elapsed, holds, interruptions, rewarding, send_permit
from listener.codes import MASKED
from listener.errors import BookError, DeskError, Held, NotSent, ReadFailed, Refused, StoreError, describe
from listener.faultpoints import fault_point
from listener.model import Announcement, Outgoing, Prepared
from listener.outbox import announcing, applauding, backoff, outcome, permit, settle, trouble
from listener.outbox.checks import keep_back_reply
from listener.outbox.round import Round, SendCounts
from listener.store import events, moves, notices, outgoing, people, platforms, replies, reward_book, rewards
from listener.store.engine import Store
from listener.store.outgoing import DueItem
from listener.store.queued import Queued, QueuedAct, QueuedPosting, QueuedReply
from listener.store.records import ReplyChanges

log = logging.getLogger(__name__)

CLEARED: ReplyChanges = {
    "check_count": 0, "checked_at": None, "error": None, "not_before": None, "hold": None, "trouble_count": 0,
}  # fmt: skip
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
    for number, item in enumerate(due):
        interruptions.end_waits_after_new_secrets(store, round_.platform, round_.clock())
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
        _send_item(round_, item)
    with store.read() as connection:
        counts.unconfirmed = outgoing.count_in_state(connection, name, "unconfirmed")
    return counts


def _due(round_: Round) -> list[DueItem]:
    """Return what is approved and whose time has come; count what waits as held."""
    name, now = round_.platform.name, round_.clock()
    _start_undo_waits(round_, name, now)
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


def _start_undo_waits(round_: Round, name: str, now: datetime) -> None:
    with round_.store.read() as connection:
        unstarted = outgoing.list_unstarted(connection, name)
    if unstarted:
        with round_.store.write() as connection:
            outgoing.start_undo_waits(connection, unstarted, now)


def _send_item(round_: Round, due: DueItem) -> None:
    """Check and post a reply or an announcement; the intent to send it is committed in between."""
    with round_.store.read() as connection:
        item = outgoing.read_due(connection, due)
    if item.outbound.state != "approved":
        return
    began, prepared = elapsed.seconds(), _check_and_prepare(round_, item)
    if prepared is not None and _commit_intent(round_, item, prepared):
        fault_point("S3")
        _post(round_, item, prepared, began)


def _check_and_prepare(round_: Round, item: Queued) -> Prepared | None:
    """Return the request; None when it may not be sent now. What breaks its platform's code goes back to staff, so that
    it stops no other.
    """
    try:
        return None if _keep_back(round_, item) else _prepare(round_, item)
    except ReadFailed as error:
        trouble.record_failure(round_, item, error)
    except Held as hold:
        trouble.hold_item(round_, item, hold.reason, hold.message, hold.until)
    except StoreError:
        raise
    except DeskError as error:  # its coupon is not fit any more
        outcome.return_to_staff(round_, item, str(error))
    except Exception as error:
        log.exception("%(item)s cannot be prepared", {"event": "reply_not_prepared", "item": item.label})
        outcome.return_to_staff(round_, item, f"it cannot be prepared: {describe(error)}")
    return None


def _keep_back(round_: Round, item: Queued) -> bool:
    if isinstance(item, QueuedReply):
        return keep_back_reply(round_, item)
    if isinstance(item, QueuedAct):
        return applauding.keep_back_act(round_, item)
    return announcing.keep_back_posting(round_, item)


def _prepare(round_: Round, item: Queued) -> Prepared | None:
    """Return the request for the very words that were approved, or give them back to staff. Raises Held."""
    if isinstance(item, QueuedAct):
        return applauding.prepare(round_, item)
    seen, now = item.outbound, round_.clock()
    approved, text = _read_words(round_, item)
    if text is None:
        outcome.return_to_staff(round_, item, _explain_missing_words(item, has_approval=approved is not None))
        return None
    if isinstance(item, QueuedPosting):
        announcement = Announcement(seen.id, seen.revision, text, seen.created_at)
        return announcing.require_announcer(round_.platform).prepare_announcement(announcement, now)
    has_code = text != approved
    prepared = round_.platform.prepare(Outgoing(seen.id, seen.revision, text, item.mention, is_private=has_code), now)
    if has_code and not (prepared.is_private or item.mention.is_private):
        outcome.return_to_staff(round_, item, f"{round_.platform.name} would show its coupon to everybody")
        return None
    return prepared


def _read_words(round_: Round, item: QueuedReply | QueuedPosting) -> tuple[str | None, str | None]:
    """Read what was approved, and the same with the code of its coupon; None where either is missing.

    Raises DeskError for a coupon that may not be sent any more.
    """
    seen = item.outbound
    with round_.store.read() as connection:
        texts = [given.text for given in events.approvals(connection, seen) if given.revision == seen.revision]
        if not texts:
            return None, None
        if isinstance(item, QueuedPosting):
            return texts[-1], texts[-1]
        club, now = round_.policy.club, round_.clock()
        rewarding.require_fit_coupon(connection, club, seen.id, item.mention, texts[-1], now)
        return texts[-1], rewards.reveal(connection, seen.id, texts[-1])


def _explain_missing_words(item: Queued, *, has_approval: bool) -> str:
    """Say why it must not be sent in the words that it has now."""
    if has_approval:
        return "its coupon is not this reply's any more"
    is_edited = isinstance(item, QueuedReply) and item.edited_at is not None
    return "the mention was edited after the approval" if is_edited else "no approval is stored for this text"


def _commit_intent(round_: Round, item: Queued, prepared: Prepared) -> bool:
    """Commit the intent to send. Returns False when a pause, an opt-out or a colleague came first.

    A coupon that may not leave goes back to staff with its reply, and stops no other.
    """
    try:
        return _move_to_sending(round_, item, prepared)
    except (DeskError, BookError) as refusal:
        outcome.return_to_staff(round_, item, str(refusal))
        if isinstance(refusal, BookError):
            with round_.store.write() as connection:
                reward_book.open_notice(connection, refusal, round_.clock())
        return False


def _move_to_sending(round_: Round, item: Queued, prepared: Prepared) -> bool:
    now = round_.clock()
    with round_.store.write() as connection:
        if holds.paused(connection, item.platform, now) is not None or _has_opted_out(connection, item):
            return False
        _require_fit_coupon(round_, connection, item, now)
        intent: ReplyChanges = {"attempts": item.outbound.attempts + 1, "sending_at": now, **CLEARED}
        intent |= {"prepared_key": prepared.key, "request": prepared.request}
        intent |= {"sending_by": round_.store.holder, "sending_epoch": round_.store.epoch}
        is_ours = moves.transition(connection, item.outbound, "sending", by="outbox", now=now, **intent)
        notices.clear(connection, replies.UNCHECKED, item.platform, now, subject=item.subject)
        fault_point("S2")
    return is_ours


def _require_fit_coupon(round_: Round, connection: Connection, item: Queued, now: datetime) -> None:
    """Raise DeskError for a coupon that became unfit since the reply was checked."""
    if isinstance(item, QueuedReply) and MASKED in (item.reply.text or ""):
        text, club = item.reply.text or "", round_.policy.club
        rewarding.require_fit_coupon(connection, club, item.reply.id, item.mention, text, now)


def _has_opted_out(connection: Connection, item: Queued) -> bool:
    if isinstance(item, QueuedPosting):
        return False
    return people.opted_out(connection, (item.platform, item.mention.author_id)) is not None


def _post(round_: Round, item: Queued, prepared: Prepared, began: float) -> None:
    """Post it, and commit what came of it: after anything unexpected nobody knows whether it arrived."""
    try:
        with send_permit.required(permit.since(round_, began)):
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
        fields = {"event": "reply_unconfirmed", "item": item.label, "why": repr(error)}
        log.warning("%(item)s may not have been sent: %(why)s", fields)
        outcome.record_lost_answer(round_, item, describe(error))
        if round_.can_repeat(item):
            settle.settle(round_)
    else:
        fault_point("S7")
        outcome.record_sent(round_, item, receipt)
    fault_point("S9")
