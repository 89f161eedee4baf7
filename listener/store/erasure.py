"""Erase a person's words. What happened stays, the bare ledger: ids of posts, times, states, scores and who decided.

The person themselves stays as a digest, so that what they wrote before is not kept again when a platform lists it late.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    cast,
    delete,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)  # fmt: skip

from listener.model import Mention
from listener.protocols import AuthorOf
from listener.store import decisions, members, quarantine, reader_weights, vacuum
from listener.store.dialect import overwrite_freed, upsert
from listener.store.loading import Data, chunks
from listener.store.people import Person, as_handles, digest
from listener.store.states import OVER, UNDER_WAY
from listener.store.tables import (
    act,
    approval,
    billed,
    event,
    forgotten,
    mark,
    mention,
    note,
    notice,
    optout,
    reply,
    reward,
    testimonial,
)
from listener.store.tables import quarantine as quarantined

ERASED_FIELDS: Data = {  # what a mention is without its words
    **dict.fromkeys(
        (
            "author_handle",
            "handle_key",
            "author_name",
            "author_followers",
            "url",
            "extra_brand_term",
            "ineligible_reason",
        )
    ),
    "text": "",
    "attachments": (),
    "labels": (),
    "stage": "forgotten",
}
EVERYWHERE = "*"  # as a platform's name: whatever the platform
_is_quarantined = (  # undecided, until a person puts it back or dismisses it
    select(quarantined.c.id)
    .where(quarantined.c.platform == mention.c.platform, quarantined.c.mention_id == mention.c.id)
    .where(quarantined.c.stage == "route", quarantined.c.resolved_at.is_(None))
    .exists()
)
_is_current = and_(testimonial.c.confirmed_at.is_not(None), testimonial.c.withdrawn_at.is_(None))
_is_shown = or_(  # words that may be shown, or the consent to that
    select(testimonial.c.mention_key).where(testimonial.c.mention_key == mention.c.key, _is_current).exists(),
    select(testimonial.c.mention_key).where(testimonial.c.consent_key == mention.c.key, _is_current).exists(),
)
OF_PERSONS = (
    "opted_out",
    "opted_in",
    "person_marked",
    "member_joined",
    "member_left",
    "account_added",
    "account_removed",
)  # events that name a person in their detail


def drop_forgotten(connection: Connection, candidates: Sequence[Mention]) -> list[Mention]:
    """Leave out what people wrote before they were forgotten."""
    forgotten_at = {row.digest: row.at for row in connection.execute(select(forgotten))}
    if not forgotten_at:
        return list(candidates)
    limits = [(post, forgotten_at.get(digest((post.platform, post.author_id)))) for post in candidates]
    return [post for post, limit in limits if limit is None or post.created_at > limit]


def find_erasure_time(connection: Connection, key: int) -> datetime | None:
    """Return when the words of a mention were last erased, or None."""
    query = select(event.c.at).where(event.c.mention_key == key, event.c.what == "forgotten")
    return connection.execute(query.order_by(event.c.id.desc()).limit(1)).scalar_one_or_none()


def erase(connection: Connection, person: Person, author_of: AuthorOf, by: str, now: datetime) -> dict[str, int]:
    """Erase a person's words in every table. Returns how many rows lost some, by noun; `clean` does the file."""
    overwrite_freed(connection)
    names = quarantine.find_names(connection, *person)
    by_author = (mention.c.platform == person[0], mention.c.author_id == person[1])
    keys = select(mention.c.key).where(*by_author)
    asked = or_(testimonial.c.mention_key.in_(keys), testimonial.c.consent_key.in_(keys))
    testimonials = connection.execute(delete(testimonial).where(asked)).rowcount
    count = _erase_around(connection, keys, by, now) | {"testimonials": testimonials}
    count["quarantine"] += quarantine.erase(connection, names, author_of, now)
    count["notes"] = connection.execute(delete(note).where(*_is_about(note, person))).rowcount
    count["marks"] = connection.execute(delete(mark).where(*_is_about(mark, person))).rowcount
    count["memberships"] = members.forget(connection, person, now)
    _update(connection, reward, reward.c.person == digest(person), why=None)
    count["learned words"] = reader_weights.erase_author(connection, person)
    _erase_opt_out(connection, person)
    _erase_ids(connection, person)
    nameless = {**ERASED_FIELDS, "author_id": f"forgotten-{token_hex(8)}"}  # random: a digest could be tried for ids
    count["mentions"] = connection.execute(update(mention).where(*by_author).values(**nameless)).rowcount
    rows = [{"digest": digest(identity), "at": now} for identity in (person, *as_handles(names))]
    connection.execute(
        upsert(connection, forgotten).values(rows).on_conflict_do_update(index_elements=["digest"], set_={"at": now})
    )
    vacuum.request_cleaning(connection, now)
    return count


def list_old(connection: Connection, before: datetime, limit: int, platform: str = EVERYWHERE) -> list[int]:
    """List mentions seen before a time, but none with a reply to make or settle, and none that is quarantined.

    By the policy's age nothing goes whose author consented to showing it; a platform's own limit holds for that, too.
    """
    query = _select_with_words(reply.c.state.not_in(OVER)).where(mention.c.seen_at < before, mention.c.stage != "new")
    query = query.where(~and_(mention.c.stage == "quarantined", _is_quarantined))
    query = query.where(~_is_shown if platform == EVERYWHERE else mention.c.platform == platform)
    return list(connection.execute(query.order_by(mention.c.seen_at).limit(limit)).scalars())


def list_deleted(connection: Connection, before: Mapping[str, datetime], limit: int) -> list[int]:
    """List mentions deleted on their platform before its time, or that of EVERYWHERE; none with a reply under way."""
    times = [
        and_(mention.c.deleted_at < at, literal(name).in_((mention.c.platform, EVERYWHERE)))
        for name, at in before.items()
    ]
    query = _select_with_words(reply.c.state.in_(UNDER_WAY)).where(
        mention.c.deleted_at < max(before.values()), or_(*times)
    )
    return list(connection.execute(query.order_by(mention.c.deleted_at).limit(limit)).scalars())


def _select_with_words(needed: ColumnElement[bool]) -> Select[int]:
    """Select mentions that have their words, and no reply or act that needs them."""
    bare: ColumnElement[bool] = literal_column("mention.stage <> 'forgotten'")  # as its index has it
    answered = select(reply.c.id).where(reply.c.mention_key == mention.c.key, needed).exists()
    applauded = select(act.c.id).where(act.c.mention_key == mention.c.key, act.c.state.in_(UNDER_WAY)).exists()
    return select(mention.c.key).where(bare, ~answered, ~applauded)


def erase_quarantined(connection: Connection, before: datetime, now: datetime, platform: str = EVERYWHERE) -> int:
    """Erase items quarantined before a time that a person has dealt with. Returns how many."""
    old_items = [quarantined.c.at < before, quarantined.c.raw != "", quarantined.c.resolved_at.is_not(None)]
    old_items += [] if platform == EVERYWHERE else [quarantined.c.platform == platform]
    return _update(connection, quarantined, and_(*old_items), raw="", error=quarantine.FORGOTTEN, resolved_at=now)


def expire(connection: Connection, keys: Sequence[int], why: str, now: datetime) -> None:
    """Erase the words of mentions whose time is over; who wrote them stays known by the platform's id."""
    overwrite_freed(connection)
    for piece in chunks(keys):
        chosen = mention.c.key.in_(piece)
        same_author = (mention.c.platform == optout.c.platform, mention.c.author_id == optout.c.author_id)
        has_opted_out = select(mention.c.key).where(chosen, *same_author).exists()
        _update(connection, optout, and_(optout.c.by == "author", has_opted_out), why=None)  # "stop", in their words
        _erase_around(connection, select(mention.c.key).where(chosen), "upkeep", now, {"message": why})
        connection.execute(update(mention).where(chosen).values(**ERASED_FIELDS))


def _erase_around(
    connection: Connection, keys: Select[int], by: str, now: datetime, detail: Data | None = None
) -> dict[str, int]:
    """Erase what is kept beside these mentions: signals, hits, texts, reasons, raw items, the details of events."""
    named = (mention.c.platform == quarantined.c.platform, mention.c.id == quarantined.c.mention_id)
    raw = and_(quarantined.c.raw != "", keys.where(*named).correlate(quarantined).exists())
    of_mentions = reply.c.mention_key.in_(keys)
    replies = select(reply.c.id).where(of_mentions)
    with_detail = event.c.mention_key.in_(keys) & event.c.detail.is_not(None)
    count = {
        "decisions": decisions.erase(connection, keys),
        "events": _update(connection, event, with_detail, detail=null()),
        "approvals": _update(connection, approval, approval.c.reply_id.in_(replies), text=""),
        "replies": _update(connection, reply, of_mentions, text=None, reason=None, error=None, request=null()),
        "quarantine": _update(connection, quarantined, raw, raw="", error=quarantine.FORGOTTEN, resolved_at=now),
    }
    _update(connection, act, act.c.mention_key.in_(keys), request=null(), error=None, reason=None, remote_url=None)
    _update(connection, testimonial, testimonial.c.mention_key.in_(keys), words=None)
    _update(connection, testimonial, testimonial.c.consent_key.in_(keys), consent=None)
    row = (literal(now, event.c.at.type), literal("forgotten"), literal(by), mention.c.key)
    rows = select(*row, literal(detail, event.c.detail.type)).where(mention.c.key.in_(keys))
    connection.execute(insert(event).from_select(["at", "what", "by", "mention_key", "detail"], rows))
    return count


def _update(connection: Connection, table: Table, where: ColumnElement[bool], **changes: object) -> int:
    return connection.execute(update(table).where(where).values(**changes)).rowcount


def _is_about(table: Table, person: Person) -> tuple[ColumnElement[bool], ...]:
    return (table.c.platform == person[0], table.c.author_id == person[1])


def _erase_opt_out(connection: Connection, person: Person) -> None:
    """Erase the words of an opt-out and the name in events about the person; the opt-out itself stays."""
    connection.execute(update(optout).where(*_is_about(optout, person)).values(why=None))
    query = select(event.c.id, event.c.detail).where(event.c.mention_key.is_(None), event.c.what.in_(OF_PERSONS))
    for row in connection.execute(query).all():
        if row.detail and (row.detail.get("platform"), row.detail.get("author_id")) == person:
            _update(connection, event, event.c.id == row.id, detail=null())


def _erase_ids(connection: Connection, person: Person) -> None:
    """Erase the id where it stands alone: in notices of a flood, and in what was billed today."""
    named = (notice.c.kind == "flood", notice.c.subject == f"to the author {person[1]}")  # as holds name it
    flood = and_(notice.c.platform == person[0], *named)
    _update(connection, notice, flood, what="forgotten", subject=literal("forgotten ") + cast(notice.c.id, Text))
    units = billed.c.unit.endswith(f":{person[1]}", autoescape=True)
    connection.execute(delete(billed).where(billed.c.platform == person[0], units))
