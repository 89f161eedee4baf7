"""Announcements, and their postings: one a platform."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, and_, case, func, insert, or_, select, update

from listener.errors import DeskError
from listener.store import events
from listener.store.due import is_due
from listener.store.loading import columns, load
from listener.store.queued import QueuedPosting
from listener.store.records import Posting
from listener.store.states import UNDER_WAY
from listener.store.tables import announcement, decision, mention, posting


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced, by whom, and its postings by platform."""

    id: int
    text: str
    by: str
    created_at: datetime
    postings: tuple[Posting, ...]


def add(connection: Connection, text: str, at: datetime, platforms: Sequence[str], by: str, now: datetime) -> int:
    """Keep a new announcement, drafted on each of these platforms. Returns its id."""
    row = {"text": text, "by": by, "created_at": now}
    announcement_id = int(
        connection.execute(insert(announcement).values(row).returning(announcement.c.id)).scalar_one()
    )
    fresh = {"revision": 1, "attempts": 0, "check_count": 0, "trouble_count": 0, "created_at": now, "changed_at": now}
    for name in platforms:
        values = {"announcement_id": announcement_id, "platform": name, "at": at, "state": "drafted", **fresh}
        connection.execute(insert(posting).values(values))
    detail = {"announcement": announcement_id, "text": text, "at": at.isoformat()}
    for item in get(connection, announcement_id).postings:
        events.add_of(connection, item, "drafted", by, now, detail)
    return announcement_id


def get(connection: Connection, announcement_id: int) -> Announcement:
    """Read an announcement. Raises DeskError when there is none of this id."""
    row = connection.execute(select(announcement).where(announcement.c.id == announcement_id)).one_or_none()
    if row is None:
        raise DeskError(f"there is no announcement {announcement_id}", "`earshot announce list` lists the ids")
    query = select(*columns(Posting, posting)).where(posting.c.announcement_id == announcement_id)
    postings = tuple(load(Posting, line) for line in connection.execute(query.order_by(posting.c.platform)))
    return Announcement(row.id, row.text, row.by, row.created_at, postings)


def find_by_subject(connection: Connection, subject: str, platform: str) -> Posting:
    """Read the posting that a notice of a platform is about. subject: as `QueuedPosting.subject` names it."""
    _, _, number = subject.rpartition(" ")
    return next(item for item in get(connection, int(number)).postings if item.platform == platform)


def list_newest(connection: Connection, limit: int | None) -> list[Announcement]:
    """List announcements, the newest first."""
    ids = connection.execute(select(announcement.c.id).order_by(announcement.c.id.desc()).limit(limit)).scalars()
    return [get(connection, announcement_id) for announcement_id in ids.all()]


def change(connection: Connection, seen: Announcement, text: str, at: datetime, by: str, now: datetime) -> None:
    """Change the words of an announcement, and the time of what is not over; those postings are drafts again."""
    connection.execute(update(announcement).where(announcement.c.id == seen.id).values(text=text))
    for item in seen.postings:
        if item.state in UNSENT:
            fresh = {"at": at, "revision": item.revision + 1, "attempts": 0, "error": None, "closed_as": None}
            changed = {**fresh, "state": "drafted", "changed_at": now, "approved_by": None, "approved_at": None}
            waits = {"not_before": None, "hold": None, "reason": None}
            connection.execute(update(posting).where(posting.c.id == item.id).values({**changed, **waits}))
            events.revoke(connection, item, now)
            events.add_of(
                connection, item, "edited", by, now, {"before": seen.text, "text": text, "at": at.isoformat()}
            )


UNSENT = ("drafted", "approved", "by_hand", "failed")  # not out, not on its way and not over
NOT_OUT = ("drafted", "by_hand", "failed")  # waits for a person


def queued(connection: Connection, posting_id: int) -> QueuedPosting:
    """Read a posting with what it says."""
    return _load_queued(connection.execute(_select().where(posting.c.id == posting_id)).one())


def list_of_platform(connection: Connection, platform: str, state: str) -> list[QueuedPosting]:
    """List the postings of a platform in a state, oldest first."""
    query = _select().where(posting.c.platform == platform, posting.c.state == state).order_by(posting.c.id)
    return [_load_queued(row) for row in connection.execute(query)]


def list_due(connection: Connection, platform: str, now: datetime) -> list[int]:
    """List the ids of approved postings that may be posted now, the oldest first."""
    query = _select_approved(platform).where(is_due(posting, now)).order_by(posting.c.at, posting.c.id)
    return list(connection.execute(query.where(posting.c.at <= now)).scalars())


def count_held(connection: Connection, platform: str, now: datetime) -> dict[str, int]:
    """Count the approved postings of a platform that are not due yet, by reason: `scheduled`, or what holds them."""
    reason = case((posting.c.at > now, "scheduled"), else_=func.coalesce(posting.c.hold, "retry"))
    is_later = or_(posting.c.at > now, ~is_due(posting, now))
    waiting = _select_approved(platform).where(is_later).with_only_columns(reason, func.count()).group_by(reason)
    return {row[0]: row[1] for row in connection.execute(waiting)}


def read_next_time(connection: Connection, platform: str, now: datetime) -> datetime | None:
    """Return when the next approved posting that is not due yet may be; None where none waits."""
    time = case((posting.c.at > now, posting.c.at), else_=posting.c.not_before)
    is_later = or_(posting.c.at > now, ~is_due(posting, now))
    waiting = _select_approved(platform).where(is_later).with_only_columns(func.min(time))
    next_time: datetime | None = connection.execute(waiting).scalar_one()
    return next_time


def list_waiting(connection: Connection) -> list[QueuedPosting]:
    """List what waits for a person: drafts, what failed, what is to be posted by hand, and what is unconfirmed."""
    query = _select().where(posting.c.state.in_((*NOT_OUT, "unconfirmed")))
    return [_load_queued(row) for row in connection.execute(query.order_by(posting.c.at, posting.c.id))]


def list_overdue(connection: Connection, now: datetime) -> list[QueuedPosting]:
    """List what should have been posted by now, is not out, and waits for a person or is held."""
    is_left = or_(posting.c.state.in_(NOT_OUT), and_(posting.c.state == "approved", posting.c.hold.is_not(None)))
    query = _select().where(posting.c.at <= now, is_left)
    return [_load_queued(row) for row in connection.execute(query.order_by(posting.c.id))]


def list_alike(connection: Connection, text: str, platforms: Collection[str]) -> list[Posting]:
    """List the postings of these very words on these platforms that were not cancelled."""
    query = _select().where(announcement.c.text == text, posting.c.platform.in_(platforms), posting.c.state != "closed")
    return [_load_queued(row).posting for row in connection.execute(query)]


def list_published(connection: Connection, limit: int) -> list[tuple[str, str | None, str | None, str]]:
    """List the newest postings that are out, or may be, as platform, id, link and words."""
    chosen = (posting.c.platform, posting.c.remote_id, posting.c.remote_url, announcement.c.text)
    source = posting.join(announcement, announcement.c.id == posting.c.announcement_id)
    query = select(*chosen).select_from(source).where(posting.c.state.in_(("sent", "by_hand", *UNDER_WAY)))
    return [tuple(row) for row in connection.execute(query.order_by(posting.c.id.desc()).limit(limit))]


def count_by_state(connection: Connection) -> dict[str, int]:
    """Count the postings in each state."""
    query = select(posting.c.state, func.count()).group_by(posting.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def count_of_period(connection: Connection, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """Count the postings whose time is in a period, by platform and state; a cancelled one is `cancelled`."""
    state = func.coalesce(posting.c.closed_as, posting.c.state)
    query = select(posting.c.platform, state, func.count()).where(posting.c.at >= since, posting.c.at < until)
    rows = connection.execute(query.group_by(posting.c.platform, state).order_by(posting.c.platform, state))
    return {(row[0], row[1]): row[2] for row in rows}


def count_in_state(connection: Connection, platform: str, state: str) -> int:
    """Count the postings of a platform in a state."""
    query = select(func.count()).select_from(posting)
    return connection.execute(query.where(posting.c.platform == platform, posting.c.state == state)).scalar_one()


def authors_hit(connection: Connection, rules: Collection[str], since: datetime, after: datetime) -> list[datetime]:
    """List when different people last wrote what these rules ended, newest first: seen since both times."""
    newest = func.max(decision.c.at)
    query = select(newest).select_from(decision.join(mention, mention.c.key == decision.c.mention_key))
    query = query.where(decision.c.rule.in_(rules), mention.c.seen_at >= max(since, after))
    grouped = query.group_by(mention.c.platform, mention.c.author_id).order_by(newest.desc())
    return [row[0] for row in connection.execute(grouped)]


def _select() -> Select[tuple[object, ...]]:
    source = posting.join(announcement, announcement.c.id == posting.c.announcement_id)
    return select(*columns(Posting, posting, "p_"), announcement.c.text).select_from(source)


def _load_queued(row: Row[tuple[object, ...]]) -> QueuedPosting:
    return QueuedPosting(load(Posting, row, "p_"), row._mapping["text"])


def _select_approved(platform: str) -> Select[int]:
    return select(posting.c.id).where(posting.c.platform == platform, posting.c.state == "approved")
