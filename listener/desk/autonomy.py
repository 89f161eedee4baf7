"""Approve without a person: drafts inside their auto band, of a kind that the policy allows, that no hold stops.

A kind with auto = "earned" is approved when staff's record on it is long and good enough (store/draft_reviews.py). A
share of its drafts, drawn from the mention's id, still waits for staff; one rejected or changed ends it at once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from listener import holds
from listener.desk.approve import DeskContext, needs_second_approval, require_staff
from listener.desk.autonomy_views import AutonomyEnd, Progress, ResumedKind
from listener.desk.fitness import text_problem
from listener.desk.views import values
from listener.errors import DeskError
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.store import draft_reviews, events, items, moves, notices, people
from listener.store.engine import Store
from listener.store.queued import QueuedReply
from listener.store.records import CLEAR_HOLD, ReplyChanges

MakePreview = Callable[[str, Mention], Preview]
# reason of a hold -> what to do: each of these opens a notice, which clears when the hold is over
HOLD_ADVICE = {
    "spike": "find out what people are angry about; `earshot pause` stops everything, also what staff approve",
    "flood": "look at them together in `earshot queue`, and approve or reject them by hand",
    "duplicate": "add variants to replies.toml, or approve by hand; it ends by itself at midnight UTC",
}


def approve_automatically(
    store: Store, policy: Policy, preview: MakePreview, platform: str, now: datetime
) -> Counter[str]:
    """Approve what may be sent automatically. Returns how many drafts were held, by reason."""
    with store.read() as connection:
        anger = holds.spike(connection, policy.holds, platform, now)
        kinds = [config.kind for config in policy.responders if _may_auto_send(connection, policy, config.kind)]
        drafts = items.automatic_drafts(connection, platform, kinds, now) if kinds else []
        recent = holds.load_recent_activity(connection, policy.holds, now) if drafts else None
    held, met = Counter[str](), [anger] if anger else []
    waiting = [item for item in drafts if not sampled(policy, item)]
    for number, item in enumerate(waiting):
        # what a crowd holds needs no transaction of its own: there may be hundreds
        crowd = holds.bulk_hold(recent, policy.holds, item, now) if recent else None
        hold = crowd or _approve(store, policy, preview, item, now)
        if hold is not None:
            met.append(hold)
            held[hold.reason] += len(waiting) - number if hold.platform_wide else 1
            if hold.platform_wide:
                break
    _notify(store, platform, met, now)
    return held


def sampled(policy: Policy, item: QueuedReply) -> bool:
    """Return True when a draft of an earned kind goes to staff all the same: always the same ones."""
    config = policy.responder_config(item.reply.kind or "")
    if config is None or config.auto != "earned":
        return False
    drawn = sha256(f"{item.mention.platform}:{item.mention.id}".encode("utf-8", "replace")).digest()
    return int.from_bytes(drawn[:8]) < policy.autonomy.sample_rate * 2**64


def _may_auto_send(connection: Connection, policy: Policy, kind: str) -> bool:
    config = policy.responder_config(kind)
    auto = "never" if config is None else config.auto
    return auto == "always" or (auto == "earned" and progress(connection, policy, kind).earned)


def progress(connection: Connection, policy: Policy, kind: str) -> Progress:
    """Return how far a kind is on its way to be approved automatically."""
    bounds, standing, config = (
        policy.autonomy,
        draft_reviews.read_autonomy(connection, kind),
        policy.responder_config(kind),
    )
    reviewed, unchanged = draft_reviews.count_reviews(connection, kind, bounds.min_reviews)
    ended = None
    if standing is not None and standing.ended_at is not None:
        ended = AutonomyEnd(standing.ended_at, standing.ended_by, standing.why)
    is_good = reviewed >= bounds.min_reviews and reviewed - unchanged <= bounds.max_changes
    return Progress(
        auto="never" if config is None else config.auto,
        reviewed=reviewed,
        approved_unchanged=unchanged,
        earned=ended is None and is_good,
        needs=bounds.min_reviews,
        ended=ended,
    )


def resume_kind(store: Store, desk: DeskContext, kind: str) -> ResumedKind:
    """Let a kind be approved automatically again, as soon as its record allows. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        if not draft_reviews.resume(connection, kind, desk.by, desk.clock()):
            raise DeskError(f"{kind} was not stopped", "`earshot status` shows how far each kind is")
        return ResumedKind(kind=kind, **values(progress(connection, desk.policy, kind)))


def _approve(store: Store, policy: Policy, preview: MakePreview, item: QueuedReply, now: datetime) -> holds.Hold | None:
    """Approve a draft in a transaction of its own, so that the next one's caps count it. Returns what held it."""
    with store.write() as connection:
        hold = holds.paused(connection, item.mention.platform, now) or holds.automatic(connection, policy, item, now)
        if hold is None:
            _record_automatic(connection, policy, preview, item, now)
    return hold


def _record_automatic(
    connection: Connection, policy: Policy, preview: MakePreview, item: QueuedReply, now: datetime
) -> None:
    """Record the approval, unless a person's would be refused too: an opted-out author, an unfit text.

    Whether the kind may be sent is read again here, in the transaction: a colleague may have ended it just now.
    """
    reply, mention = item.reply, item.mention
    if needs_second_approval(policy, item):
        return
    if not reply.text or people.opted_out(connection, (mention.platform, mention.author_id)):
        return
    shown, kind = preview(reply.text, mention), reply.kind or ""
    if text_problem(policy, mention, reply.text, shown) is not None or not _may_auto_send(connection, policy, kind):
        return
    by = draft_reviews.MACHINE
    changes: ReplyChanges = {"approved_by": by, "approved_at": now, **CLEAR_HOLD}
    detail = {"revision": reply.revision, "text": shown.text}
    if moves.transition(connection, reply, "approved", by=by, now=now, what="approved", detail=detail, **changes):
        events.record_approval(connection, reply, by, shown.text, now, automatic=True)
        config = policy.responder_config(kind)
        if config is not None and config.auto == "earned":
            draft_reviews.begin(connection, kind, now)


def _notify(store: Store, platform: str, met: Sequence[holds.Hold], now: datetime) -> None:
    """Open a notice for each hold that wants one, and clear those whose hold is over. Writes only when one changes."""
    wanted: dict[tuple[str, str], str] = {
        (hold.reason, hold.subject): hold.message for hold in met if hold.reason in HOLD_ADVICE
    }
    with store.read() as connection:
        opened = {
            (notice.kind, notice.subject) for notice in notices.list_open(connection) if notice.platform == platform
        }
    over = {(kind, subject) for kind, subject in opened - wanted.keys() if kind in HOLD_ADVICE}
    if any(hold.platform_wide for hold in met):
        over = {key for key in over if key[0] == "spike"}  # the round broke off: the others were not checked
    if not over and not wanted.keys() - opened:
        return
    with store.write() as connection:
        for (kind, subject), message in wanted.items():
            notices.open_notice(connection, kind, platform, message, HOLD_ADVICE[kind], now, subject=subject)
        for kind, subject in over:
            notices.clear(connection, kind, platform, now, subject=subject)
