"""The tables of what leaves for people and programs besides replies: alerts, digests, and how each webhook stands."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from listener.store.columns import Row, optional_message, optional_text, optional_time, required_time
from listener.store.dialect import UtcTime, partial_index


class AlertRow(Row, table=True):
    """A message to a channel about a cause. event: opened | reminder | ended; dropped_at: it need not go out."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_cause", "channel", "kind", "platform", "subject", "id"),
        partial_index("ix_alert_due", "channel", "id", where="sent_at IS NULL AND dropped_at IS NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    platform: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    event: str = Field(sa_type=Text)
    severity: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    do: str = Field(sa_type=Text)
    created_at: datetime = required_time()
    not_before: datetime | None = optional_time()
    attempts: int
    error: str | None = optional_text()
    sent_at: datetime | None = optional_time()
    dropped_at: datetime | None = optional_time()


class DigestRow(Row, table=True):
    """A digest of since to until for a channel; the figures are computed when it is sent, so no words are kept here.

    state: start (the channel's first digest begins here) | waiting | sending | sent | unconfirmed (perhaps it arrived).
    """

    __tablename__ = "digest"
    channel: str = Field(primary_key=True, sa_type=Text)
    until: datetime = Field(primary_key=True, sa_type=UtcTime)
    since: datetime = required_time()
    state: str = Field(sa_type=Text)
    attempts: int
    error: str | None = optional_message()
    not_before: datetime | None = optional_time()
    changed_at: datetime = required_time()


class WebhookRow(Row, table=True):
    """How a webhook stands. cursor: the last event that was delivered or needs no delivery; token: begins its ids.

    stopped_at: the receiver asked for no more (410); sent, skipped: how many events, since the webhook began.
    """

    __tablename__ = "webhook"
    name: str = Field(primary_key=True, sa_type=Text)
    url: str = Field(sa_type=Text)
    token: str = Field(sa_type=Text)
    cursor: int
    attempts: int
    error: str | None = optional_message()
    not_before: datetime | None = optional_time()
    changed_at: datetime = required_time()
    stopped_at: datetime | None = optional_time()
    sent: int
    skipped: int
