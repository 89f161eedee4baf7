"""The tables of what the brand says of its own accord: announcements, and what becomes of each on each platform."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from listener.store.columns import OutboundRow, Row, required_time


class AnnouncementRow(Row, table=True):
    """What is announced, and who wrote it."""

    __tablename__ = "announcement"
    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    created_at: datetime = required_time()


class PostingRow(OutboundRow, table=True):
    """An announcement on a platform. It has the states of a reply."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("announcement_id", "platform", name="uq_posting_platform"),
        Index("ix_posting_state", "state", "platform", "at"),
        Index("ix_posting_remote", "remote_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    announcement_id: int = Field(foreign_key="announcement.id")
    platform: str = Field(sa_type=Text)
    at: datetime = required_time()
