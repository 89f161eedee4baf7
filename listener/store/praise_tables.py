"""The tables of what we do with praise: acts of applause, and testimonials with the consent to them."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from listener.store.columns import OutboundRow, Row, optional_text, optional_time, required_time


class ActRow(OutboundRow, table=True):
    """A like, a repost or a quote of a mention. It has the states of a reply."""

    __tablename__ = "act"
    __table_args__ = (
        UniqueConstraint("mention_key", "what", name="uq_act_mention"),
        Index("ix_act_state", "state"),
        Index("ix_act_sent", "sent_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    mention_key: int = Field(foreign_key="mention.key")
    what: str = Field(sa_type=Text)
    undo_seconds: float | None = None


class TestimonialRow(Row, table=True):
    """Words that their author was asked for by a reply, and perhaps gave. words: those that were asked about.

    consent_key, consent: the mention by which the author agreed, and its words.
    """

    __tablename__ = "testimonial"
    __table_args__ = (Index("ix_testimonial_consent", "consent_key"),)
    mention_key: int = Field(primary_key=True, foreign_key="mention.key")
    reply_id: int = Field(foreign_key="reply.id")
    words: str | None = optional_text()
    asked_by: str = Field(sa_type=Text)
    asked_at: datetime = required_time()
    consent_key: int | None = Field(default=None, foreign_key="mention.key")
    consent: str | None = optional_text()
    confirmed_by: str | None = optional_text()
    confirmed_at: datetime | None = optional_time()
    withdrawn_by: str | None = optional_text()
    withdrawn_at: datetime | None = optional_time()
