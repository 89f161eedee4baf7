"""The tables of the club: what staff marked about people."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from listener.store.columns import Row, required_time


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
