"""Digests that are sent once for each period, and how each webhook stands."""

import sqlalchemy as sa
from alembic import op

from listener.store.migrations.types import text_or_time

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "digest",
        *_texts("channel", "until", "since", "state", "changed_at"),
        *_optional("error", "not_before"),
        *_numbers("attempts"),
        sa.PrimaryKeyConstraint("channel", "until"),
    )
    op.create_table(
        "webhook",
        *_texts("name", "url", "token", "changed_at"),
        *_optional("error", "not_before", "stopped_at"),
        *_numbers("cursor", "attempts", "sent", "skipped"),
        sa.PrimaryKeyConstraint("name"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text_or_time(name), nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text_or_time(name)) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]
