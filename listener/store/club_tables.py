"""The tables of the club: what staff marked, members with their accounts and points, coupons and who got them."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from listener.store.columns import Row, optional_text, optional_time, required_time
from listener.store.dialect import partial_index

CARRIED = "released_at IS NULL AND replaced_at IS NULL"


class MarkRow(Row, table=True):
    """What staff know of a person until a time: a role, or that they helped somebody; the newest of a kind counts."""

    __tablename__ = "mark"
    __table_args__ = (Index("ix_mark_author", "platform", "author_id"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    author_id: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    is_set: bool
    mention_key: int | None = Field(default=None, foreign_key="mention.key")
    by: str = Field(sa_type=Text)
    at: datetime = required_time()
    until: datetime = required_time()
    why: str = Field(sa_type=Text)


class MemberRow(Row, table=True):
    """Somebody who joined by an act of their own. evidence_key, words: their mention; terms: what they agreed to."""

    __tablename__ = "member"
    id: int | None = Field(default=None, primary_key=True)
    since: datetime = required_time()
    ended_at: datetime | None = optional_time()
    evidence_key: int | None = Field(default=None, foreign_key="mention.key")
    words: str | None = optional_text()
    terms: str = Field(sa_type=Text)


class AccountRow(Row, table=True):
    """An account of a member. proof: joined (the member joined with it) | said (both accounts named each other)."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_member", "member_id"),)
    platform: str = Field(primary_key=True, sa_type=Text)
    author_id: str = Field(primary_key=True, sa_type=Text)
    member_id: int = Field(foreign_key="member.id")
    proof: str = Field(sa_type=Text)
    evidence_key: int | None = Field(default=None, foreign_key="mention.key")
    at: datetime = required_time()
    by: str = Field(sa_type=Text)


class PointsRow(Row, table=True):
    """An entry of points; a member's are those of their accounts. Append-only until a person leaves or is forgotten."""

    __tablename__ = "points"
    __table_args__ = (
        UniqueConstraint("what", "source", name="uq_points_source"),
        Index("ix_points_author", "platform", "author_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    author_id: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    amount: int
    source: str = Field(sa_type=Text)
    at: datetime = required_time()


class CouponRow(Row, table=True):
    """A code of the shop. digest: of the casefolded code; free: nobody has it; used_at: the shop has seen it."""

    __tablename__ = "coupon"
    __table_args__ = (
        Index("uq_coupon_digest", "digest", unique=True),
        partial_index("ix_coupon_free", "pool", "id", where="free"),
    )
    id: int | None = Field(default=None, primary_key=True)
    pool: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    cents: int
    expires_at: datetime | None = optional_time()
    free: bool
    void_at: datetime | None = optional_time()
    used_at: datetime | None = optional_time()
    why: str | None = optional_text()


class RewardRow(Row, table=True):
    """A coupon that is somebody's; it is what its reply is. person: a digest, which outlives their words.

    out_at: from then on the code may be known; released_at: it surely was not, and is free again; lifted_at: staff let
    the person have another one of this offer; replaced_at: it is void, and its reply carries another one.
    """

    __tablename__ = "reward"
    __table_args__ = (
        Index("ix_reward_person", "person"),
        partial_index("uq_reward_coupon", "coupon_id", where="released_at IS NULL", unique=True),
        partial_index("uq_reward_reply", "reply_id", where=CARRIED, unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    offer: str = Field(sa_type=Text)
    person: str = Field(sa_type=Text)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    coupon_id: int = Field(foreign_key="coupon.id")
    reply_id: int = Field(foreign_key="reply.id")
    at: datetime = required_time()
    by: str = Field(sa_type=Text)
    why: str | None = optional_text()
    out_at: datetime | None = optional_time()
    released_at: datetime | None = optional_time()
    lifted_at: datetime | None = optional_time()
    replaced_at: datetime | None = optional_time()


class PoolHomeRow(Row, table=True):
    """Where the coupons of a pool are known whole: on a server, which restore of it (value_dialect.read_home).

    written_by: the transaction that wrote the row. A pool of reward_home.MARK stands for the whole database.
    """

    __tablename__ = "pool_home"
    pool: str = Field(primary_key=True, sa_type=Text)
    home: str = Field(sa_type=Text)
    written_by: str | None = optional_text()


class OfferTurnRow(Row, table=True):
    """A person who has had an offer, by a reward of theirs or of another account of their member. person: a digest."""

    __tablename__ = "offer_turn"
    __table_args__ = (Index("ix_offer_turn_reward", "reward_id"),)
    offer: str = Field(primary_key=True, sa_type=Text)
    person: str = Field(primary_key=True, sa_type=Text)
    reward_id: int = Field(foreign_key="reward.id")
