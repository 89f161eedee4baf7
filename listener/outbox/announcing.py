"""What can change between the approval of an announcement and its time: what people go through, and the hour itself."""

from listener import holds
from listener.capabilities import Announcer
from listener.errors import Held
from listener.outbox import outcome, trouble
from listener.outbox.round import Round
from listener.protocols import Platform
from listener.store import rewards
from listener.store.queued import QueuedPosting


def keep_back_posting(round_: Round, item: QueuedPosting) -> bool:
    """Make an announcement that comes too late, or was approved too long ago, a draft again; or hold it.

    Returns False when nothing keeps it back. Raises DeskError for one with a coupon code: its pool may have been
    imported since.
    """
    now, posting = round_.clock(), item.posting
    late_at = posting.at + holds.MAX_LATENESS
    if now >= late_at:
        outcome.return_to_staff(round_, item, _lateness(item))
        return True
    if now - (posting.approved_at or now) > holds.APPROVAL_LASTS:
        outcome.return_to_staff(round_, item, "its approval is more than 24 hours old: look at it again")
        return True
    with round_.store.read() as connection:
        rewards.require_no_code(connection, item.text)
        hold = holds.announcement(connection, round_.policy, item, now)
    if hold is not None:
        until = late_at if hold.until is None else min(hold.until, late_at)
        trouble.hold_item(round_, item, hold.reason, hold.message, until)
    return hold is not None


def _lateness(item: QueuedPosting) -> str:
    held = f" (held: {item.posting.hold})" if item.posting.hold else ""
    return f"its time, {item.posting.at:%d %b %H:%M} UTC, is more than two hours ago{held}: give it another time"


def require_announcer(platform: Platform) -> Announcer:
    """Return the platform as one that takes announcements. Raises Held: it did when this was approved."""
    if not isinstance(platform, Announcer):
        raise Held("unsupported", f"{platform.name} takes no announcements")
    return platform
