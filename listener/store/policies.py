"""The policy's files as they read when a decision was made, once per hash."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from listener.store.dialect import upsert
from listener.store.tables import decision, policy


def keep(connection: Connection, policy_hash: str, texts: Mapping[str, str], now: datetime) -> None:
    """Keep the texts of a policy, unless they are kept already."""
    row = upsert(connection, policy).values(hash=policy_hash, texts=dict(texts), first_used_at=now)
    connection.execute(row.on_conflict_do_nothing())


def latest(connection: Connection) -> dict[str, str] | None:
    """Return the texts of the policy that made the last decision; None before the first one."""
    newest = select(decision.c.policy_hash).order_by(decision.c.id.desc()).limit(1).scalar_subquery()
    return connection.execute(select(policy.c.texts).where(policy.c.hash == newest)).scalar_one_or_none()


def texts(connection: Connection, policy_hash: str) -> dict[str, str] | None:
    """Return the texts behind a hash; None when no decision was made with it."""
    return connection.execute(select(policy.c.texts).where(policy.c.hash == policy_hash)).scalar_one_or_none()
