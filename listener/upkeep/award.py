"""Award points to members for what they wrote and whom they helped; what was awarded before is not awarded again."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.club.tiers import award_help, award_mentions
from listener.policy import Policy
from listener.store import members
from listener.store.engine import Store

LOOK_BACK = timedelta(days=30)  # mentions that were read within this time: longer than upkeep ever rests


def award(store: Store, policy: Policy, now: datetime) -> int:
    """Award what members have earned lately. Returns how many entries are new."""
    if not policy.club.join:
        return 0
    with store.write() as connection:
        return replay(connection, now - LOOK_BACK)


def replay(connection: Connection, since: datetime | None = None) -> int:
    """Append the points of what was read since a time, or of all there is. Returns how many entries are new."""
    entries = [
        entry
        for (platform, author_id), times in members.list_mention_times(connection, since).items()
        for entry in award_mentions(platform, author_id, times)
    ]
    entries += [award_help(*helped) for helped in members.list_help(connection)]
    return members.add_points(connection, entries)
