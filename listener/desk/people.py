"""Read and change what is known of persons: their history, notes and opt-outs."""

from datetime import datetime

from sqlalchemy import Connection

from listener.club_rules import NO_CLUB, Club
from listener.desk import members, roles
from listener.desk.approve import DeskContext, require_staff
from listener.desk.person_views import ExchangeView, OptOutPage, OptOutView, PersonPage, WithdrawnReply
from listener.desk.typed import require_storable
from listener.desk.views import PersonView, values
from listener.errors import DeskError
from listener.model import Mention
from listener.store import acts, events, items, people, replies, rewards
from listener.store.engine import Store
from listener.store.records import Exchange
from listener.store.states import WATCHED


def summary(connection: Connection, mention: Mention, club: Club, now: datetime) -> PersonView:
    """Return what is known of a mention's author."""
    who = (mention.platform, mention.author_id)
    return PersonView(
        handle=mention.author_handle,
        name=mention.author_name,
        author_id=mention.author_id,
        followers=mention.author_followers,
        **people.count_exchanges(connection, who),
        opted_out=people.opted_out(connection, who) is not None,
        roles=roles.of_person(connection, who, now),
        tier=members.find_tier(connection, club, who, now),
        asks_to_join=members.asks_to_join_now(connection, club, mention),
        notes=tuple(people.notes(connection, who)),
    )


def person(store: Store, handle: str, now: datetime, club: Club = NO_CLUB) -> PersonPage:
    """Return a person with every exchange. Raises DeskError."""
    with store.read() as connection:
        platform, author_id = who = people.find_person(connection, handle)
        exchanges = items.list_of_person(connection, *who)
        optout, notes = people.opted_out(connection, who), people.notes(connection, who)
        known_roles = roles.of_person(connection, who, now)
        membership = members.find_membership(connection, club, who, now)
        given = rewards.list_of_person(connection, people.digest(who))
    newest = exchanges[-1].mention if exchanges else None  # none: forgotten, or opted out and forgotten
    return PersonPage(
        platform=platform,
        author_id=author_id,
        handle=newest.author_handle if newest else None,
        name=newest.author_name if newest else None,
        followers=newest.author_followers if newest else None,
        opted_out=OptOutView(optout.at, optout.by, optout.why) if optout else None,
        roles=known_roles,
        member=membership,
        rewards=tuple(given),
        notes=tuple(notes),
        exchanges=tuple(_make_exchange(item) for item in exchanges),
    )


def _make_exchange(item: Exchange) -> ExchangeView:
    reply, decided = item.reply, item.decided
    return ExchangeView(
        mention_id=item.mention.id,
        at=item.mention.created_at,
        text=item.mention.text,
        decision=decided.action if decided else None,
        reply_id=reply.id if reply else None,
        state=reply.state if reply else None,
        reply_text=reply.text if reply else None,
        sent_at=reply.sent_at if reply else None,
        approved_by=reply.approved_by if reply else None,
    )


def note(store: Store, desk: DeskContext, handle: str, text: str) -> PersonPage:
    """Keep a note about a person. Raises DeskError."""
    if not text.strip():
        raise DeskError("the note is empty", "write what colleagues should know")
    require_storable(text, "the note")
    with store.write() as connection:
        require_staff(desk)
        people.add_note(connection, people.find_person(connection, handle), desk.by, text, desk.clock())
    return person(store, handle, desk.clock(), desk.policy.club)


def opt_out(store: Store, desk: DeskContext, handle: str, why: str | None) -> OptOutPage:
    """Never answer this person: close drafts, and withdraw approved replies. Raises DeskError."""
    require_storable(why, "the reason")
    with store.write() as connection:
        require_staff(desk)
        who = people.find_person(connection, handle)
        people.opt_out(connection, who, desk.by, why, desk.clock())
        closed = _withdraw_waiting(connection, desk, who)
        acts.withdraw_open(connection, who, people.OPTED_OUT, desk.by, desk.clock())
        detail = {"platform": who[0], "author_id": who[1], "why": why}
        events.add(connection, "opted_out", desk.by, desk.clock(), detail=detail)
    return OptOutPage(**values(person(store, handle, desk.clock(), desk.policy.club)), closed=closed)


def _withdraw_waiting(connection: Connection, desk: DeskContext, who: people.Person) -> tuple[WithdrawnReply, ...]:
    """Close what is not out yet. Returns what was closed."""
    closed: list[WithdrawnReply] = []
    for item in items.list_of_person(connection, *who, limit=None):
        reply = item.reply
        if reply is None or reply.state not in WATCHED:
            continue
        if replies.close(connection, reply, "withdrawn", people.OPTED_OUT, by=desk.by, now=desk.clock()):
            closed.append(WithdrawnReply(reply.id, item.mention.id))
    return tuple(closed)


def opt_in(store: Store, desk: DeskContext, handle: str) -> OptOutPage:
    """Remove an opt-out; what it closed stays closed. Raises DeskError when there is none."""
    with store.write() as connection:
        require_staff(desk)
        who = people.find_person(connection, handle)
        closed = _list_withdrawn(connection, who)
        if not people.opt_in(connection, who):
            raise DeskError(f"{handle} has not opted out", f"`earshot person {handle}` shows it")
        events.add(connection, "opted_in", desk.by, desk.clock(), detail={"platform": who[0], "author_id": who[1]})
    return OptOutPage(**values(person(store, handle, desk.clock(), desk.policy.club)), closed=closed)


def _list_withdrawn(connection: Connection, who: people.Person) -> tuple[WithdrawnReply, ...]:
    """List the replies that the person's opt-out closed and that no other reply has replaced."""
    optout = people.opted_out(connection, who)
    pairs = [(item.reply, item.mention) for item in items.list_of_person(connection, *who, limit=None)]
    return tuple(
        WithdrawnReply(reply.id, mention.id)
        for reply, mention in pairs
        if optout and reply and reply.reason == people.OPTED_OUT and reply.changed_at >= optout.at
    )
