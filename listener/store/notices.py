"""What an operator must know: notices, gaps and quarantined items."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, bindparam, func, insert, select, update

from listener.errors import DeskError
from listener.feed_page import Gap, QuarantinedItem
from listener.store.dialect import upsert
from listener.store.loading import chunks, columns, load, load_all, values
from listener.store.operation_records import Notice, Quarantined
from listener.store.quarantine import FORGOTTEN
from listener.store.tables import gap, notice
from listener.store.tables import quarantine as quarantined

ADVICE = {  # for a cause that brought none of its own
    "unreachable": "Earshot keeps trying; check the network, DNS and the platform's status page",
    "account": "run `earshot check --online`, and replace the secrets that are refused",
    "billing": "look at credits and limits in the platform's console",
}
EVERYWHERE = "*"  # the platform of a notice that concerns none in particular
BY_HAND = ("gap", "edited_after_reply")  # kinds that a person clears; the others clear when their cause ends


def advice(kind: str, do: str | None) -> str:
    """Return what to do about a notice: its own advice, else that of its kind."""
    usual = "read the log of `earshot run`, and the notices in docs/operations.md"
    return (do or "").strip() or ADVICE.get(kind, usual)


def open_notice(
    connection: Connection, kind: str, platform: str, what: str, do: str, now: datetime, *, subject: str = ""
) -> bool:
    """Open a notice, or refresh the words of the one that is open for this cause. Returns True when it is new."""
    return _open_notice(connection, kind, platform, what, do, now, subject) is not None


def _open_notice(
    connection: Connection, kind: str, platform: str, what: str, do: str, now: datetime, subject: str
) -> int | None:
    """Return the id of the new notice, or None when one was open already."""
    same_cause = (
        notice.c.kind == kind,
        notice.c.platform == platform,
        notice.c.subject == subject,
        notice.c.cleared_at.is_(None),
    )
    do = advice(kind, do)
    if connection.execute(update(notice).where(*same_cause).values(what=what, do=do)).rowcount:
        return None
    row = {"kind": kind, "platform": platform, "subject": subject, "since": now, "what": what, "do": do}
    return int(connection.execute(insert(notice).values(row).returning(notice.c.id)).scalar_one())


def clear(
    connection: Connection,
    kind: str | tuple[str, ...],
    platform: str,
    now: datetime,
    *,
    subject: str | None = None,
    keep: Collection[str] = (),
) -> None:
    """Clear the notices of a kind, or of several, whose cause has ended.

    subject: of this one alone. keep: what those say whose cause lasts.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    wanted = {"kinds": kinds, "on": platform, "kept": list(keep), "now": now}
    if subject is None:
        connection.execute(_clear_all(), wanted)
    else:
        connection.execute(_clear_subject(), wanted | {"about": subject})


@cache
def _clear_all() -> Update:
    """Clear what has ended, in one statement for all calls: each stage asks for several whenever it runs."""
    is_meant = notice.c.kind.in_(bindparam("kinds", expanding=True)), notice.c.platform == bindparam("on")
    is_over = notice.c.cleared_at.is_(None), notice.c.what.not_in(bindparam("kept", expanding=True))
    return update(notice).where(*is_meant, *is_over).values(cleared_at=bindparam("now"), cleared_by="cause ended")


@cache
def _clear_subject() -> Update:
    return _clear_all().where(notice.c.subject == bindparam("about"))


def clear_by_hand(connection: Connection, notice_id: int, by: str, now: datetime) -> None:
    """Clear a notice that a person has dealt with. Raises DeskError for one that clears by itself or is not open."""
    row = connection.execute(select(notice.c.kind, notice.c.cleared_at).where(notice.c.id == notice_id)).one_or_none()
    if row is None or row.cleared_at is not None:
        raise DeskError(f"there is no open notice {notice_id}", "`earshot notices` lists them")
    if row.kind not in BY_HAND:
        raise DeskError(f"notice {notice_id} ({row.kind}) clears when its cause ends", "follow its advice")
    connection.execute(update(notice).where(notice.c.id == notice_id).values(cleared_at=now, cleared_by=by))


def list_open(connection: Connection) -> list[Notice]:
    """List the open notices, oldest first."""
    query = select(*columns(Notice, notice)).where(notice.c.cleared_at.is_(None)).order_by(notice.c.id)
    return load_all(Notice, connection.execute(query))


def record_gap(connection: Connection, platform: str, stretch: Gap, now: datetime) -> None:
    """Keep a stretch that could not be read, with the notice that stays until a person clears it."""
    subject = f"{stretch.feed}:{stretch.from_id}:{stretch.to_id}"
    do = "check the platform for mentions from that time, then run `earshot notices --clear ID`"
    notice_id = _open_notice(connection, "gap", platform, stretch.description, do, now, subject)
    if notice_id is not None:
        row = {**values(stretch), "platform": platform, "at": now, "notice_id": notice_id}
        connection.execute(insert(gap), [row])


def gap_counts(connection: Connection) -> dict[str, int]:
    """Count each platform's gaps that no person has cleared."""
    query = (
        select(gap.c.platform, func.count())
        .join(notice, notice.c.id == gap.c.notice_id)
        .where(notice.c.cleared_at.is_(None))
        .group_by(gap.c.platform)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def quarantine(
    connection: Connection, platform: str, stage: str, items: Sequence[QuarantinedItem], now: datetime
) -> int:
    """Quarantine items with their raw text. Returns how many were not in quarantine already."""
    count = 0
    for item in items:
        fixed = {"error": item.error, "raw": item.raw, "at": now, "resolved_at": None}
        row = {"platform": platform, "mention_id": item.mention_id, "stage": stage, **fixed}
        query = select(quarantined.c.resolved_at, quarantined.c.error).where(_match_items(platform, stage))
        stored = connection.execute(query.where(quarantined.c.mention_id == item.mention_id)).one_or_none()
        if stored is not None and stored.error == FORGOTTEN:  # erased words do not come back
            continue
        if stored is None or stored.resolved_at is not None:
            count += 1
        merge = upsert(connection, quarantined).values(row)
        connection.execute(merge.on_conflict_do_update(index_elements=["platform", "mention_id", "stage"], set_=fixed))
    return count


def quarantined_items(connection: Connection, limit: int | None = 50, after: int | None = None) -> list[Quarantined]:
    """List quarantined items, oldest first."""
    query = _select_open().order_by(quarantined.c.id).limit(limit)
    return load_all(Quarantined, connection.execute(query if after is None else query.where(quarantined.c.id > after)))


def quarantined_item(connection: Connection, quarantine_id: int) -> Quarantined:
    """Read one quarantined item. Raises DeskError."""
    row = connection.execute(_select_open().where(quarantined.c.id == quarantine_id)).one_or_none()
    if row is None:
        raise DeskError(f"there is no quarantined item {quarantine_id}", "`earshot quarantine` lists the ids")
    return load(Quarantined, row)


def resolve_quarantined(connection: Connection, quarantine_id: int, now: datetime) -> None:
    """Mark a quarantined item as resolved: it is decided again."""
    connection.execute(update(quarantined).where(quarantined.c.id == quarantine_id).values(resolved_at=now))


def resolve_repaired(connection: Connection, platform: str, ids: Sequence[str], now: datetime) -> None:
    """Mark items that the poll quarantined as resolved where they have since been read."""
    open_items = _match_items(platform, "poll") & quarantined.c.resolved_at.is_(None)
    for piece in chunks(ids):
        repaired = update(quarantined).where(open_items, quarantined.c.mention_id.in_(piece))
        connection.execute(repaired.values(resolved_at=now))


def _select_open() -> Select[Any]:
    return select(*columns(Quarantined, quarantined)).where(quarantined.c.resolved_at.is_(None))


def _match_items(platform: str, stage: str) -> ColumnElement[bool]:
    return and_(quarantined.c.platform == platform, quarantined.c.stage == stage)
