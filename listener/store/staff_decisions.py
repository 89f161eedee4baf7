"""What staff decided on each mention, as the second reader learns from it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, text

from listener.model import Mention
from listener.store import decisions
from listener.store.exchange_tables import ACT_OF_STAFF
from listener.store.loading import columns, load
from listener.store.operation_records import StaffDecision
from listener.store.states import GOING
from listener.store.tables import basis, decision, event, mention, reply

# the last of these counts; what undoes an earlier one says nothing itself
DECIDING = ("approved", "rejected", "handled", "escalated", "approval_revoked", "reopened", "edited")
LOOK_BACK = 20_000  # acts of staff that are looked at: a bound, whatever the database's size
# what staff did -> the states of a reply in which that still stands
STANDING = {"approved": (*GOING, "by_hand", "failed"), "rejected": ("closed",), "escalated": ("escalated",)}


def count_acts(connection: Connection, limit: int) -> int:
    """Count what staff did, up to a limit: a quick look before a long one."""
    acts = select(event.c.id).where(text(ACT_OF_STAFF)).limit(limit).subquery()
    return connection.execute(select(func.count()).select_from(acts)).scalar_one()


def read_staff_decisions(connection: Connection) -> Iterator[StaffDecision]:
    """Read the last decision of staff on each of the newest mentions, newest first; those that were undone not."""
    for row in _read_newest(connection):
        if row.what in STANDING and row.state in STANDING[row.what] and row.decided_at <= row.at:
            yield _load(row)


def _read_newest(connection: Connection) -> Iterator[Row[Any]]:
    """Read the last act on each mention, the newest first."""
    seen: set[int] = set()
    for row in connection.execute(_select()):
        if row.mention_key not in seen:
            seen.add(row.mention_key)
            yield row


def _select() -> Select[Any]:
    acts = select(event.c.id).where(text(ACT_OF_STAFF)).order_by(event.c.id.desc()).limit(LOOK_BACK).scalar_subquery()
    stored = (decision.c.action, decision.c.rule, decision.c.kind.label("drafted"), basis.c.signals)
    answered = (reply.c.kind, reply.c.state, decision.c.at.label("decided_at"), mention.c.key.label("mention_key"))
    query = select(event.c.id.label("event_id"), event.c.at, event.c.by, event.c.what, *stored, *answered)
    query = query.add_columns(*columns(Mention, mention, "m_"))
    source = event.join(reply, reply.c.id == event.c.reply_id).join(mention, mention.c.key == reply.c.mention_key)
    source = source.join(decision, decisions.is_latest).join(basis)
    return query.select_from(source).where(event.c.id.in_(acts), event.c.what.in_(DECIDING)).order_by(event.c.id.desc())


def _load(row: Row[Any]) -> StaffDecision:
    post = load(Mention, row, "m_")
    own = ("event_id", "at", "by", "what", "kind", "drafted", "action", "rule", "signals")
    values = {name: getattr(row, name) for name in own}
    return StaffDecision(**values, platform=post.platform, author_id=post.author_id, mention=post)
