"""The club: what staff marked about people."""

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


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
