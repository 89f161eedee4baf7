"""The tables of what the brand says of its own accord: announcements, and what becomes of each on each platform."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from listener.store.columns import Row, json_column, optional_message, optional_text, optional_time, required_time


class AnnouncementRow(Row, table=True):
    """What is announced, and who wrote it."""

    __tablename__ = "announcement"
    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    created_at: datetime = required_time()


class PostingRow(Row, table=True):
    """An announcement on a platform. It has the states of a reply, and of its columns those that the outbox needs."""

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
    state: str = Field(sa_type=Text)
    revision: int
    approved_by: str | None = optional_text()
    approved_at: datetime | None = optional_time()
    created_at: datetime = required_time()
    changed_at: datetime = required_time()
    not_before: datetime | None = optional_time()
    hold: str | None = optional_text()
    sending_at: datetime | None = optional_time()
    sending_by: str | None = optional_text()
    sending_epoch: int | None = None
    sent_at: datetime | None = optional_time()
    remote_id: str | None = optional_text()
    remote_url: str | None = optional_text()
    error: str | None = optional_message()
    closed_as: str | None = optional_text()
    reason: str | None = optional_text()
    prepared_key: str | None = optional_text()
    request: dict[str, object] | None = Field(default=None, sa_column=json_column())
    attempts: int
    check_count: int
    checked_at: datetime | None = optional_time()
    trouble_count: int
