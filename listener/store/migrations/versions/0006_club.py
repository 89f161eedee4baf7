"""The club: what staff marked about people, members with their accounts, and their points."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the club."""
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("platform", "author_id", "what", "by", "at", "until", "why"),
        sa.Column("is_set", sa.Boolean, nullable=False),
        sa.Column("mention_key", sa.Integer, sa.ForeignKey("mention.key")),
    )
    op.create_index("ix_mark_author", "mark", ["platform", "author_id"])
    op.create_table(
        "member",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("since", "terms"),
        sa.Column("ended_at", sa.Text),
        sa.Column("words", sa.Text),
        sa.Column("evidence_key", sa.Integer, sa.ForeignKey("mention.key")),
    )
    op.create_table(
        "account",
        *_texts("platform", "author_id", "proof", "at", "by"),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("evidence_key", sa.Integer, sa.ForeignKey("mention.key")),
        sa.PrimaryKeyConstraint("platform", "author_id"),
    )
    op.create_index("ix_account_member", "account", ["member_id"])
    op.create_table(
        "points",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("platform", "author_id", "what", "source", "at"),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.UniqueConstraint("what", "source", name="uq_points_source"),
    )
    op.create_index("ix_points_author", "points", ["platform", "author_id"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
