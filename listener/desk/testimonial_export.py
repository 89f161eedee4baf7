"""Export the testimonials that may be shown today: each is looked at again, and what may not be is named."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from listener import praising
from listener.club_rules import Club
from listener.desk.testimonials import name_consent, name_of
from listener.errors import Indeterminate, ReadFailed
from listener.intake.text import storable_text
from listener.model import Mention, PostStatus
from listener.store import items, testimonials
from listener.store.engine import Store
from listener.store.records import Exchange
from listener.store.testimonials import Testimonial

Look = Callable[[Mention], PostStatus]
"""Look at a mention on its platform. Raises Indeterminate, ReadFailed."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that may be shown. date: when they were written; consent: the mention by which their author agreed.

    checked_at: when they were looked at on their platform; None: it cannot show them, and staff said that they looked.
    """

    words: str
    author: str
    url: str | None
    date: datetime
    platform: str
    consent: str
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A confirmed testimonial that must not be shown, and why."""

    post: str
    why: str


@dataclass(frozen=True, slots=True)
class TestimonialExport:
    """What may be shown, and what may not."""

    quotes: tuple[Quote, ...]
    dropped: tuple[Dropped, ...]


def export(store: Store, club: Club, look: Look, now: datetime, *, with_unchecked: bool = False) -> TestimonialExport:
    """Look at every confirmed testimonial again.

    with_unchecked: also those that no platform can show, which a person has looked at.
    """
    results = [_check(store, club, look, kept, now, with_unchecked) for kept in _list_confirmed(store)]
    quotes = tuple(result for result in results if isinstance(result, Quote))
    return TestimonialExport(quotes, tuple(result for result in results if isinstance(result, Dropped)))


def _list_confirmed(store: Store) -> list[Testimonial]:
    with store.read() as connection:
        return [kept for kept in testimonials.list_all(connection) if kept.confirmed_at is not None]


def _check(
    store: Store, club: Club, look: Look, kept: Testimonial, now: datetime, with_unchecked: bool
) -> Quote | Dropped:
    with store.read() as connection:
        item = items.item(connection, key=kept.mention_key)
        consent, why = name_consent(connection, kept), _find_end(item, kept)
        why = why or praising.find_flaw(connection, club, item, now)
    if why is not None or kept.words is None or consent is None:
        return Dropped(name_of(item), why or "its words were erased")
    try:
        changed = _find_change(look(item.mention), kept.words)
    except Indeterminate as error:
        if not with_unchecked:
            return Dropped(name_of(item), f"look at it yourself, then add --unchecked: {error.message}")
        return _quote(item, kept.words, consent, None)
    except ReadFailed as error:
        return Dropped(name_of(item), f"it could not be looked at, so try again: {error.message}")
    return Dropped(name_of(item), changed) if changed else _quote(item, kept.words, consent, now)


def _find_end(item: Exchange, kept: Testimonial) -> str | None:
    """Return why the consent counts no more, by what the database knows."""
    if kept.withdrawn_at is not None:
        return "its author withdrew it"
    if kept.words is None or kept.consent is None:
        return "its words were erased"
    return "it was edited" if item.mention.text != kept.words else None


def _find_change(status: PostStatus, words: str) -> str | None:
    if not status.is_present:
        return "it is gone from its platform"
    text = words if status.text is None else storable_text(status.text, status.is_html)
    return None if text == words else "it was edited"


def _quote(item: Exchange, words: str, consent: str, checked_at: datetime | None) -> Quote:
    mention = item.mention
    author = mention.author_handle or mention.author_name or mention.author_id
    return Quote(words, author, mention.url, mention.created_at, mention.platform, consent, checked_at)
