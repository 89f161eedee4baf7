"""What staff see of praise, as values: what is worth applause, the acts, and testimonials."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ActView:
    """An act: on which mention, and where it stands. url: of the post, to do it by hand."""

    platform: str
    mention_id: str
    what: str
    state: str
    by: str | None
    at: datetime
    not_before: datetime | None
    hold: str | None
    url: str | None
    error: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Praise that is worth applause. acts: what fits it; message: why, and who its author is to us."""

    platform: str
    mention_id: str
    author: str
    text: str
    url: str | None
    acts: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class ApplausePage:
    """What is worth applause, the newest first, and what waits."""

    suggestions: tuple[Suggestion, ...]
    waiting: tuple[ActView, ...]


@dataclass(frozen=True, slots=True)
class TestimonialView:
    """A testimonial. consent: the mention by which its author agreed, PLATFORM:ID; answer: one that seems to agree.

    state: to ask (the question is not posted yet), not asked (it will not be), asked, confirmed or withdrawn.
    """

    platform: str
    mention_id: str
    author: str
    state: str
    words: str | None
    reply_id: int
    asked_by: str
    answer: str | None
    consent: str | None
    consent_words: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    withdrawn_at: datetime | None
