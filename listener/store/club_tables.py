"""The tables of the club: what staff marked about people, members with their accounts, and their points."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from listener.store.columns import Row, optional_text, optional_time, required_time


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
