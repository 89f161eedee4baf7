"""What can change between the approval of an announcement and its time: what people go through, and the hour itself."""

from listener import holds
from listener.errors import Held
from listener.outbox import outcome, trouble
from listener.outbox.round import Round
from listener.protocols import Announcer, Platform
from listener.store import rewards
from listener.store.queued import QueuedPosting


def may_be_posted(round_: Round, item: QueuedPosting) -> bool:
    """Check an announcement; one that comes too late or was approved too long ago is a draft again, or it is held.

    Raises DeskError for one with a coupon code: its pool may have been imported since.
    """
    now, posting = round_.clock(), item.posting
    late_at = posting.at + holds.MAX_LATENESS
    if now >= late_at:
        outcome.return_to_staff(round_, item, _lateness(item))
        return False
    if now - (posting.approved_at or now) > holds.APPROVAL_LASTS:
        outcome.return_to_staff(round_, item, "its approval is more than 24 hours old: look at it again")
        return False
    with round_.store.read() as connection:
        rewards.require_no_code(connection, item.text)
        hold = holds.announcement(connection, round_.policy, item, now)
    if hold is not None:
        until = late_at if hold.until is None else min(hold.until, late_at)
        trouble.record_hold(round_, item, hold.reason, hold.message, until)
    return hold is None


def _lateness(item: QueuedPosting) -> str:
    held = f" (held: {item.posting.hold})" if item.posting.hold else ""
    return f"its time, {item.posting.at:%d %b %H:%M} UTC, is more than two hours ago{held}: give it another time"


def require_announcer(platform: Platform) -> Announcer:
    """Return the platform as one that takes announcements. Raises Held: it did when this was approved."""
    if not isinstance(platform, Announcer):
        raise Held("unsupported", f"{platform.name} takes no announcements")
    return platform
