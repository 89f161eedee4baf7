"""The outbox stage: send what is approved, once.

The intention is committed before the call and the result after it; whatever is neither surely sent nor surely refused
is `unknown` and left to settle.py. Nothing is ever sent again blindly.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from listener import holds
from listener.errors import Held, Indeterminate, NotSent, ReadFailed, Refused, StoreError
from listener.faultpoints import fault_point
from listener.holds import Hold
from listener.intake.text import storable_text
from listener.model import Outgoing, Platform, PostStatus, Prepared
from listener.outbox import outcome, settle
from listener.policy import Policy
from listener.store import events, items, mentions, outgoing, people, platforms, replies
from listener.store.engine import Store
from listener.store.records import Exchange

log = logging.getLogger(__name__)

FRESH: dict[str, Any] = {"check_count": 0, "checked_at": None, "error": None, "not_before": None, "hold": None}
ROUND = 200  # replies of one round; the next one follows within seconds
Clock = Callable[[], datetime]


@dataclass(slots=True)
class SendCounts:
    """What one round of sending did; held counts approved replies by the reason they wait."""

    sent: int = 0
    unconfirmed: int = 0
    failed: int = 0
    held: Counter[str] = field(default_factory=Counter)

    def add(self, other: "SendCounts") -> None:
        """Sum up rounds of one platform; unknown and held are how it stands after the last."""
        self.sent += other.sent
        self.failed += other.failed
        self.unconfirmed, self.held = other.unconfirmed, other.held


@dataclass(frozen=True, slots=True)
class Outbox:
    """What sending needs: approve lets go what the policy allows to go out by itself (desk.autonomy.approve)."""

    policy: Policy
    approve: Callable[[Store, str, datetime], Counter[str]]
    clock: Clock
    stopping: Callable[[], bool] = lambda: False


def send(store: Store, platform: Platform, outbox: Outbox) -> SendCounts:
    """One round on one platform: settle, approve what goes by itself, send what may go now."""
    done, name = SendCounts(), platform.name
    settle.flag_orphans(store, name, outbox.clock())
    done.sent += settle.settle(store, platform, outbox.clock)
    done.held += outbox.approve(store, name, outbox.clock())
    waiting = _waiting(store, name, outbox.clock(), done)
    for number, reply_id in enumerate(waiting):
        trouble = _held_platform(store, name, outbox.clock())
        if trouble is not None:
            done.held[trouble.reason] += len(waiting) - number
            break
        if number == ROUND or outbox.stopping():
            break
        fault_point("S1")
        _one(store, platform, outbox, reply_id, done)
    with store.read() as connection:
        done.unconfirmed = replies.count(connection, name, "unconfirmed")
    return done


def _waiting(store: Store, name: str, now: datetime, done: SendCounts) -> list[int]:
    """The approved replies whose turn it is; those that wait for a time are counted as held."""
    with store.read() as connection:
        held, due = outgoing.held(connection, name, now), outgoing.due(connection, name, now)
        state = platforms.state(connection, name)
    done.held.update(held)
    if not held and not due and state is not None and state.send_after is not None and state.send_after <= now:
        with store.write() as connection:
            outcome.clear_send_error(connection, name, now)
    return due


def _held_platform(store: Store, name: str, now: datetime) -> Hold | None:
    """What stops the whole platform just now: a pause, or a trouble it has not got over."""
    with store.read() as connection:
        pause = holds.paused(connection, name, now)
        state = platforms.state(connection, name)
    if pause is not None or state is None or state.send_after is None or state.send_after <= now:
        return pause
    if state.send_stopped_at is not None and state.send_stopped_at > now:
        return None  # the clock was set back since: that time means nothing any more
    return Hold(state.send_hold or "rate", state.send_error or "", state.send_after)


def _one(store: Store, platform: Platform, outbox: Outbox, reply_id: int, done: SendCounts) -> None:
    """Look again, hold or claim, and call. One that breaks its platform's code goes back to staff, alone."""
    with store.read() as connection:
        item = items.item(connection, reply_id=reply_id)
    if outcome.reply_of(item).state != "approved":
        return
    try:
        prepared = _ready(store, platform, outbox, item, done)
    except StoreError:
        raise
    except Exception as error:
        log.exception("reply %s cannot be prepared", reply_id)
        _give_back(store, item, f"it cannot be prepared: {type(error).__name__}: {error}", outbox.clock())
        return
    if prepared is not None and _claim(store, item, prepared, outbox.clock()):
        fault_point("S3")
        _call(store, platform, item, prepared, outbox.clock, done)


def _ready(store: Store, platform: Platform, outbox: Outbox, item: Exchange, done: SendCounts) -> Prepared | None:
    """The request, when nothing stands in its way any more."""
    now = outbox.clock()
    try:
        if not _still_wanted(store, platform, outbox.policy, item, now) or not _may_go(
            store, outbox.policy, item, now, done
        ):
            return None
        return _prepare(store, platform, item, now)
    except ReadFailed as trouble:
        message, reason = trouble.message, "rate"
    except Held as held:
        message, reason = held.message, held.reason
    done.held[reason] += 1
    log.info("reply %s is held: %s", outcome.reply_of(item).id, message)
    return None


def _still_wanted(store: Store, platform: Platform, policy: Policy, item: Exchange, now: datetime) -> bool:
    """What can change is looked at just before the call: opt-out, the mention gone or edited, a person's answer.

    Raises Unavailable.
    """
    with store.read() as connection:
        silent = people.opted_out(connection, (item.mention.platform, item.mention.author_id))
    if silent is not None:
        return _withdraw(store, item, "this person asked never to be answered", now)
    if item.answered_remotely is not None:
        return _withdraw(store, item, f"a person answered on the platform (post {item.answered_remotely})", now)
    approved = outcome.reply_of(item).approved_at or now
    if item.edited_at is not None and item.edited_at >= approved:
        return _give_back(store, item, "the mention was edited after the approval", now)
    if now - approved > policy.limits.draft_expires:
        return _give_back(store, item, "the approval is too old to send unseen", now)
    try:
        return _stands(store, item, platform.check_post(item.mention), now)
    except Indeterminate:
        return _own_posts_were_read(store, item)


def _own_posts_were_read(store: Store, item: Exchange) -> bool:
    """Where a look is not free the own posts tell of a colleague's answer. What nobody has looked at waits for them.

    Raises Held.
    """
    reply = outcome.reply_of(item)
    with store.read() as connection:
        state = platforms.state(connection, item.mention.platform)
    seen = state.own_posts_read_at if state else None
    if reply.approved_by == "policy" and (seen is None or seen <= reply.created_at):
        raise Held("rate", "our own posts are read first: a colleague may have answered")
    return True


def _stands(store: Store, item: Exchange, standing: PostStatus, now: datetime) -> bool:
    if not standing.is_present:
        with store.write() as connection:
            mentions.gone(connection, item.key, now)
        return _withdraw(store, item, "the mention is no longer on the platform", now)
    if standing.answer_post_id is not None:
        return _withdraw(store, item, f"a person answered on the platform (post {standing.answer_post_id})", now)
    if standing.text is not None and storable_text(standing.text, standing.is_html) != item.mention.text:
        return _give_back(store, item, "the mention was edited", now)
    return True


def _withdraw(store: Store, item: Exchange, why: str, now: datetime) -> bool:
    """Nobody is answered against their wish, or twice."""
    ended = {"closed_as": "withdrawn", "reason": why}
    with store.write() as connection:
        outcome.move(connection, item, "closed", now, expect="approved", what="withdrawn", message=why, **ended)
    return False


def _give_back(store: Store, item: Exchange, why: str, now: datetime) -> bool:
    """It needs a second look by a person."""
    back = {**replies.UNAPPROVED, "error": why}
    with store.write() as connection:
        outcome.move(connection, item, "drafted", now, expect="approved", what="returned_to_staff", message=why, **back)
    return False


def _may_go(store: Store, policy: Policy, item: Exchange, now: datetime, done: SendCounts) -> bool:
    """Holds for what goes out by itself: one with an end waits, one without gives the reply back to staff."""
    if item.reply is None or item.reply.approved_by != "policy":
        return True
    with store.read() as connection:
        hold = holds.automatic(connection, policy, item, now)
    if hold is None:
        return True
    done.held[hold.reason] += 1
    if hold.until is None:
        return _give_back(store, item, hold.message, now)
    with store.write() as connection:
        replies.update_fields(
            connection,
            item.reply,
            "held",
            "outbox",
            now,
            {"message": hold.message},
            not_before=hold.until,
            hold=hold.reason,
        )
    return False


def _prepare(store: Store, platform: Platform, item: Exchange, now: datetime) -> Prepared | None:
    """The request, of the very words that were approved."""
    reply = outcome.reply_of(item)
    with store.read() as connection:
        words = [one.text for one in events.approvals(connection, reply.id) if one.revision == reply.revision]
    if not words:
        edited = "the mention was edited after the approval"
        _give_back(store, item, edited if item.edited_at else "no approval is kept for these words", now)
        return None
    return platform.prepare(Outgoing(reply.id, reply.revision, words[-1], item.mention), now)


def _claim(store: Store, item: Exchange, prepared: Prepared, now: datetime) -> bool:
    """Commit the intention, unless a pause, an opt-out or a colleague came first."""
    reply = outcome.reply_of(item)
    with store.write() as connection:
        if not _is_unblocked(connection, item, now):
            return False
        change: dict[str, Any] = {**FRESH, "attempts": reply.attempts + 1, "sending_at": now}
        change |= {"prepared_key": prepared.key, "request": prepared.request}
        claimed = replies.transition(connection, reply, "sending", by="outbox", now=now, **change)
        fault_point("S2")
    return claimed


def _is_unblocked(connection: Connection, item: Exchange, now: datetime) -> bool:
    person = (item.mention.platform, item.mention.author_id)
    return holds.paused(connection, item.mention.platform, now) is None and people.opted_out(connection, person) is None


def _call(store: Store, platform: Platform, item: Exchange, prepared: Prepared, clock: Clock, done: SendCounts) -> None:
    """Post, and commit what came of it."""
    try:
        receipt = platform.post(prepared)
    except NotSent as trouble:
        fault_point("S7")
        done.failed += outcome.not_sent(store, item, trouble, clock())
        done.held[outcome.HOLD_OF.get(trouble.cause, "rate")] += 1
    except Held as hold:
        fault_point("S7")
        outcome.held(store, item, hold, clock())
        done.held[hold.reason] += 1
    except Refused as refusal:
        fault_point("S7")
        done.failed += outcome.refused(store, item, refusal, clock())
    except Exception as error:  # noqa: BLE001 -- anything else means that nobody knows
        log.warning("reply %s: nobody knows whether it went out: %r", item.reply.id if item.reply else "?", error)
        outcome.record_lost_answer(
            store, item, getattr(error, "message", None) or f"{type(error).__name__}: {error}", clock()
        )
    else:
        fault_point("S7")
        done.sent += outcome.sent(store, item, receipt, clock())
    fault_point("S9")
