"""Coupons in the place of void ones, whose turn is used up, where a pool is whole; waits that the sender counts."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import partial_index
from listener.store.migrations.types import text_or_time
from listener.store.value_dialect import read_home

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
REWARD = ("id", "offer", "person", "released_at", "lifted_at")
TURN = ("offer", "person", "reward_id")


def upgrade() -> None:
    """Let a reply carry another coupon once its own is void; keep turns by themselves."""
    op.add_column("reward", sa.Column("replaced_at", text_or_time("replaced_at")))
    op.drop_index("uq_reward_reply", "reward")
    carried = "released_at IS NULL AND replaced_at IS NULL"
    _create(partial_index("uq_reward_reply", "reply_id", where=carried, unique=True))
    _create_turns()
    _create_homes()
    op.add_column("reply", sa.Column("undo_seconds", sa.Float))


def _create(index: sa.Index) -> None:
    sa.Table("reward", sa.MetaData(), sa.Column("reply_id", sa.Integer), index)
    index.create(op.get_bind())


def _create_turns() -> None:
    op.create_table(
        "offer_turn",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("offer", "person")),
        sa.Column("reward_id", sa.Integer, sa.ForeignKey("reward.id"), nullable=False),
        sa.PrimaryKeyConstraint("offer", "person"),
    )
    op.create_index("ix_offer_turn_reward", "offer_turn", ["reward_id"])
    reward, turn = sa.table("reward", *map(sa.column, REWARD)), sa.table("offer_turn", *map(sa.column, TURN))
    held = sa.select(reward.c.offer, reward.c.person, reward.c.id)
    held = held.where(reward.c.released_at.is_(None), reward.c.lifted_at.is_(None))
    op.execute(turn.insert().from_select(TURN, held))
    for name in ("uq_reward_person", "uq_reward_member"):
        op.drop_index(name, "reward")


def _create_homes() -> None:
    op.create_table(
        "pool_home", sa.Column("pool", sa.Text, primary_key=True), sa.Column("home", sa.Text, nullable=False)
    )
    home = read_home(op.get_bind())
    if home is not None:
        pools = sa.select(sa.column("pool", sa.Text()), sa.literal(home)).select_from(sa.table("coupon")).distinct()
        op.execute(
            sa.table("pool_home", sa.column("pool"), sa.column("home")).insert().from_select(["pool", "home"], pools)
        )
