"""What the declarations of tables share: the base of a row and the usual columns."""

from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from listener.store.dialect import MessageText, UtcTime


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
