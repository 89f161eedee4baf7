"""Coupons that took the place of a void one."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import partial_index
from listener.store.migrations.types import text_or_time

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a reply carry another coupon once its own is void."""
    op.add_column("reward", sa.Column("replaced_at", text_or_time("replaced_at")))
    op.drop_index("uq_reward_reply", "reward")
    carried = "released_at IS NULL AND replaced_at IS NULL"
    _create(partial_index("uq_reward_reply", "reply_id", where=carried, unique=True))


def _create(index: sa.Index) -> None:
    sa.Table("reward", sa.MetaData(), sa.Column("reply_id", sa.Integer), index)
    index.create(op.get_bind())
