"""What the declarations of tables share: the base of a row and the usual columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from listener.store.dialect import MessageText, OptionalJson, UtcTime


def json_column(default: str | None = None) -> Column[Any]:
    """Declare a JSON column; it may be null unless there is a default."""
    return Column(JSON(none_as_null=True), nullable=default is None)


def optional_text() -> Any:
    """Declare a text that may be null."""
    return Field(default=None, sa_type=Text)


def required_message() -> Any:
    """Declare a message for people."""
    return Field(sa_type=MessageText)


def optional_message() -> Any:
    """Declare a message for people that may be null."""
    return Field(default=None, sa_type=MessageText)


def optional_time() -> Any:
    """Declare a time that may be null."""
    return Field(default=None, sa_type=UtcTime)


def required_time() -> Any:
    """Declare a time."""
    return Field(sa_type=UtcTime)


class Row(SQLModel):
    """What the tables share: validators are built when first used, which is never, as no row is made through them."""

    model_config = {"defer_build": True}


class OutboundRow(Row):
    """What the outbox needs of whatever it sends: a state, and what became of calls."""

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
    request: dict[str, object] | None = Field(default=None, sa_type=OptionalJson)
    attempts: int
    check_count: int
    checked_at: datetime | None = optional_time()
    trouble_count: int
