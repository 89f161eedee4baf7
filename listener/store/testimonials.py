"""Testimonials: who was asked for which words, by which reply, and their consent to showing them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from listener.store.loading import columns, load, load_all
from listener.store.people import Person
from listener.store.tables import mention, reply, testimonial


@dataclass(frozen=True, slots=True)
class Testimonial:
    """A testimonial. words: those that were asked about; consent: the author's words by which they agreed."""

    mention_key: int
    reply_id: int
    words: str | None
    asked_by: str
    asked_at: datetime
    consent_key: int | None
    consent: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class TestimonialCounts:
    """How many were asked for, confirmed and withdrawn in a period."""

    asked: int
    confirmed: int
    withdrawn: int


def find(connection: Connection, mention_key: int) -> Testimonial | None:
    """Return the testimonial of a mention, or None."""
    query = select(*columns(Testimonial, testimonial)).where(testimonial.c.mention_key == mention_key)
    row = connection.execute(query).one_or_none()
    return None if row is None else load(Testimonial, row)


def list_all(connection: Connection) -> list[Testimonial]:
    """List all testimonials, the first asked first."""
    query = select(*columns(Testimonial, testimonial)).order_by(testimonial.c.asked_at, testimonial.c.mention_key)
    return load_all(Testimonial, connection.execute(query))


def list_of_person(connection: Connection, person: Person) -> list[Testimonial]:
    """List the testimonials of a person, the first asked first."""
    keys = select(mention.c.key).where(mention.c.platform == person[0], mention.c.author_id == person[1])
    query = select(*columns(Testimonial, testimonial)).where(testimonial.c.mention_key.in_(keys))
    return load_all(Testimonial, connection.execute(query.order_by(testimonial.c.asked_at)))


def ask(connection: Connection, mention_key: int, reply_id: int, words: str, by: str, now: datetime) -> None:
    """Keep that an author is asked for these words by a reply, in place of an earlier question."""
    connection.execute(delete(testimonial).where(testimonial.c.mention_key == mention_key))
    row = {"mention_key": mention_key, "reply_id": reply_id, "words": words, "asked_by": by, "asked_at": now}
    connection.execute(insert(testimonial).values(**row))


def change(connection: Connection, mention_key: int, **changes: object) -> None:
    """Change columns of a testimonial."""
    connection.execute(update(testimonial).where(testimonial.c.mention_key == mention_key).values(**changes))


def read_posted_from(connection: Connection, reply_id: int) -> datetime | None:
    """Return from when on the question may have been out; None where it was not posted.

    By hand it is posted after its approval and noted later, perhaps after its answer.
    """
    began = func.coalesce(reply.c.sending_at, reply.c.approved_at, reply.c.sent_at, type_=reply.c.sent_at.type)
    query = select(began).where(reply.c.id == reply_id, reply.c.state == "sent")
    return connection.execute(query).scalar_one_or_none()


def count(connection: Connection, since: datetime, until: datetime) -> TestimonialCounts:
    """Count what happened in a period; one counts as asked for when its question was posted."""
    at = (reply.c.sent_at, testimonial.c.confirmed_at, testimonial.c.withdrawn_at)
    within = [func.count(1).filter(column >= since, column < until) for column in at]
    source = testimonial.join(reply, reply.c.id == testimonial.c.reply_id)
    row = connection.execute(select(*within).select_from(source)).one()
    return TestimonialCounts(row[0], row[1], row[2])
