"""What goes out without a person: drafts inside their auto band, of a kind the policy lets go, that no hold stops.

A kind with auto = "earned" goes when staff's record on it is long and good enough (store/verdicts.py). A share of its
drafts, drawn from the mention's id, still waits for staff; one of them rejected or changed ends it at once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from listener import holds
from listener.desk.approve import CLEAR_HOLD, DeskContext, needs_second_approval, require_staff, text_problem
from listener.desk.views import AutonomyEnd, Progress, ResumedKind
from listener.errors import DeskError
from listener.model import Json, Mention, Preview
from listener.policy import Policy
from listener.store import draft_reviews, events, items, notices, people, replies
from listener.store.engine import Store
from listener.store.records import Exchange, values

Show = Callable[[str, Mention], Preview]
# reason of a hold -> what to do: each of these opens a notice, which clears when the hold is over
HOLD_ADVICE = {
    "spike": "look what people are angry about; `earshot pause` stops everything, also what staff approve",
    "flood": "look at them together in `earshot queue`, and approve or reject them by hand",
    "duplicate": "add variants to replies.toml, or approve by hand; at midnight UTC it ends by itself",
}


def approve_automatically(store: Store, policy: Policy, preview: Show, platform: str, now: datetime) -> Counter[str]:
    """Approve what may go out by itself; returns how many drafts were held, by reason."""
    with store.read() as connection:
        anger = holds.spike(connection, policy.holds, platform, now)
        kinds = [one.kind for one in policy.responders if _may_auto_send(connection, policy, one.kind)]
        drafts = items.automatic_drafts(connection, platform, kinds, now) if kinds else []
        seen = holds.load_recent_activity(connection, policy.holds, now) if drafts else None
    held, met = Counter[str](), [anger] if anger else []
    waiting = [item for item in drafts if not sampled(policy, item)]
    for number, item in enumerate(waiting):
        # what a crowd holds is told without a transaction of its own: there may be hundreds
        crowd = holds.bulk_hold(seen, policy.holds, item, now) if seen else None
        hold = crowd or _one(store, policy, preview, item, now)
        if hold is not None:
            met.append(hold)
            held[hold.reason] += len(waiting) - number if hold.platform_wide else 1
            if hold.platform_wide:
                break
    _notify(store, platform, met, now)
    return held


def sampled(policy: Policy, item: Exchange) -> bool:
    """True when a draft of a kind that has to earn it goes to staff all the same: always the same ones."""
    responding = policy.responder_config(item.reply.kind or "") if item.reply is not None else None
    if responding is None or responding.auto != "earned":
        return False
    drawn = sha256(f"{item.mention.platform}:{item.mention.id}".encode("utf-8", "replace")).digest()
    return int.from_bytes(drawn[:8]) < policy.autonomy.sample_rate * 2**64


def _may_auto_send(connection: Connection, policy: Policy, kind: str) -> bool:
    config = policy.responder_config(kind)
    auto = "never" if config is None else config.auto
    return auto == "always" or (auto == "earned" and progress(connection, policy, kind).earned)


def progress(connection: Connection, policy: Policy, kind: str) -> Progress:
    """Return how far a kind is on its way to be approved automatically."""
    bounds, standing, config = policy.autonomy, draft_reviews.standing(connection, kind), policy.responder_config(kind)
    reviewed, unchanged = draft_reviews.record(connection, kind, bounds.min_reviews)
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


def _one(store: Store, policy: Policy, preview: Show, item: Exchange, now: datetime) -> holds.Hold | None:
    """Approve one in a transaction of its own, so that the next one's caps count it. Returns what held it."""
    with store.write() as connection:
        hold = holds.paused(connection, item.mention.platform, now) or holds.automatic(connection, policy, item, now)
        if hold is None:
            _give(connection, policy, preview, item, now)
    return hold


def _give(connection: Connection, policy: Policy, preview: Show, item: Exchange, now: datetime) -> None:
    """Never with less care than a person's approval: an opted-out author or an unfit text waits for a person.

    Whether the kind may go is asked again here, in the transaction: a colleague may have ended it just now.
    """
    reply, mention = item.reply, item.mention
    if needs_second_approval(policy, item):
        return
    if reply is None or not reply.text or people.opted_out(connection, (mention.platform, mention.author_id)):
        return
    shown, kind = preview(reply.text, mention), reply.kind or ""
    if text_problem(policy, mention, reply.text, shown) is not None or not _may_auto_send(connection, policy, kind):
        return
    who = {"approved_by": draft_reviews.MACHINE, "approved_at": now, **CLEAR_HOLD}
    detail = {"revision": reply.revision, "text": shown.text}
    log: Json = {"by": draft_reviews.MACHINE, "now": now, "what": "approved", "detail": detail}
    if replies.transition(connection, reply, "approved", **log, **who):
        events.approved(connection, reply.id, reply.revision, draft_reviews.MACHINE, shown.text, now, automatic=True)
        responding = policy.responder_config(kind)
        if responding is not None and responding.auto == "earned":
            draft_reviews.begin(connection, kind, now)


def _notify(store: Store, platform: str, met: Sequence[holds.Hold], now: datetime) -> None:
    """Open a notice for each hold that wants one, and clear those whose hold is over. Writes only when one changes."""
    wanted = {(hold.reason, hold.subject): hold.message for hold in met if hold.reason in HOLD_ADVICE}
    with store.read() as connection:
        open_ = {(one.kind, one.subject) for one in notices.opened(connection) if one.platform == platform}
    over = {(kind, subject) for kind, subject in open_ - wanted.keys() if kind in HOLD_ADVICE}
    if any(hold.platform_wide for hold in met):
        over = {one for one in over if one[0] == "spike"}  # the round broke off: the others were not looked at
    if not over and not wanted.keys() - open_:
        return
    with store.write() as connection:
        for (kind, subject), message in wanted.items():
            notices.open_notice(connection, kind, platform, message, HOLD_ADVICE[kind], now, subject=subject)
        for kind, subject in over:
            notices.clear(connection, kind, platform, now, subject=subject)
