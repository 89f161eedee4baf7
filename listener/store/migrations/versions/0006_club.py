"""The club: what staff marked, members with their accounts and points, coupons and who got them."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import partial_index
from listener.store.migrations.types import text_or_time

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
    _create_members()
    _create_rewards()


def _create_members() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("since", "terms"),
        sa.Column("ended_at", text_or_time("ended_at")),
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


def _create_rewards() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("pool", "code", "digest"),
        sa.Column("cents", sa.Integer, nullable=False),
        sa.Column("free", sa.Boolean, nullable=False),
        *(sa.Column(name, text_or_time(name)) for name in ("expires_at", "void_at", "used_at", "why")),
        partial_index("ix_coupon_free", "pool", "id", where="free"),
    )
    op.create_index("uq_coupon_digest", "coupon", ["digest"], unique=True)
    live, held = "released_at IS NULL", "released_at IS NULL AND lifted_at IS NULL"
    op.create_table(
        "reward",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("offer", "person", "at", "by"),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id")),
        sa.Column("coupon_id", sa.Integer, sa.ForeignKey("coupon.id"), nullable=False),
        sa.Column("reply_id", sa.Integer, sa.ForeignKey("reply.id"), nullable=False),
        *(sa.Column(name, text_or_time(name)) for name in ("why", "out_at", "released_at", "lifted_at")),
        partial_index("uq_reward_coupon", "coupon_id", where=live, unique=True),
        partial_index("uq_reward_reply", "reply_id", where=live, unique=True),
        partial_index("uq_reward_person", "offer", "person", where=held, unique=True),
        partial_index("uq_reward_member", "offer", "member_id", where=held, unique=True),
    )
    op.create_index("ix_reward_person", "reward", ["person"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text_or_time(name), nullable=False) for name in names]
