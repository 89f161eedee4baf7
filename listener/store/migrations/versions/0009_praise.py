"""Applause and testimonials."""

import sqlalchemy as sa
from alembic import op

from listener.store.migrations.types import text_or_time

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OUTBOUND = (
    *("approved_by", "approved_at", "not_before", "hold", "sending_at", "sent_at", "remote_id", "remote_url", "error"),
    *("closed_as", "reason", "prepared_key", "checked_at"),
)
CONSENT = ("consent", "confirmed_by", "confirmed_at", "withdrawn_by", "withdrawn_at")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mention_key", sa.Integer, sa.ForeignKey("mention.key"), nullable=False),
        *_required("what", "state", "created_at", "changed_at"),
        *(sa.Column(name, text_or_time(name)) for name in OUTBOUND),
        sa.Column("request", sa.JSON),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("revision", "attempts", "check_count")),
        sa.Column("trouble_count", sa.Integer, nullable=False),
        sa.UniqueConstraint("mention_key", "what", name="uq_act_mention"),
    )
    op.create_index("ix_act_state", "act", ["state"])
    op.create_index("ix_act_sent", "act", ["sent_at"])
    op.create_table(
        "testimonial",
        sa.Column("mention_key", sa.Integer, sa.ForeignKey("mention.key"), primary_key=True),
        sa.Column("reply_id", sa.Integer, sa.ForeignKey("reply.id"), nullable=False),
        sa.Column("words", sa.Text),
        *_required("asked_by", "asked_at"),
        sa.Column("consent_key", sa.Integer, sa.ForeignKey("mention.key")),
        *(sa.Column(name, text_or_time(name)) for name in CONSENT),
    )
    op.create_index("ix_testimonial_consent", "testimonial", ["consent_key"])


def _required(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, text_or_time(name), nullable=False) for name in names]
