"""Answer an access request: everything that is kept about a person, of all accounts where they are a member."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from listener.club_rules import Mark, Points
from listener.desk import applause
from listener.desk.person_views import OptOutView
from listener.desk.praise_views import ActView
from listener.desk.views import EventView
from listener.store import acts, events, items, members, people, rewards, standing, testimonials
from listener.store.engine import Store
from listener.store.members import Member
from listener.store.operation_records import Note
from listener.store.people import Person
from listener.store.records import Exchange
from listener.store.rewards import PersonReward
from listener.store.testimonials import Testimonial


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What is kept under one account: every exchange with its decision, reply and events, what staff wrote, coupons.

    ended: memberships that were begun with this account and are over; acts: of applause.
    """

    platform: str
    author_id: str
    exchanges: tuple[Exchange, ...]
    events: tuple[EventView, ...]
    opted_out: OptOutView | None
    notes: tuple[Note, ...]
    marks: tuple[Mark, ...]
    rewards: tuple[PersonReward, ...]
    ended: tuple[Member, ...]
    acts: tuple[ActView, ...]
    testimonials: tuple[Testimonial, ...]


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything that is kept about a person."""

    exported_at: datetime
    member: Member | None
    points: tuple[Points, ...]
    accounts: tuple[AccountRecord, ...]


def export_person(store: Store, handle: str, now: datetime) -> PersonRecord:
    """Return everything that is kept about a person. Raises DeskError."""
    with store.read() as connection:
        who = people.find_person(connection, handle)
        account = members.find_account(connection, who)
        kept = members.list_accounts(connection, account.member_id) if account else []
        persons = [(other.platform, other.author_id) for other in kept] or [who]
        return PersonRecord(
            exported_at=now,
            member=members.read(connection, account.member_id) if account else None,
            points=tuple(members.read_points(connection, [who]).get(who, ())),
            accounts=tuple(_read_account(connection, person) for person in persons),
        )


def _read_account(connection: Connection, who: Person) -> AccountRecord:
    exchanges = items.list_of_person(connection, *who, limit=None)
    happened = (event for item in exchanges for event in events.list_events(connection, item.key))
    optout = people.opted_out(connection, who)
    return AccountRecord(
        *who,
        exchanges=tuple(map(_without_request, exchanges)),
        events=tuple(map(EventView.of, happened)),
        opted_out=OptOutView(optout.at, optout.by, optout.why) if optout else None,
        notes=tuple(people.notes(connection, who)),
        marks=tuple(standing.list_all_marks(connection, who)),
        rewards=tuple(rewards.list_of_person(connection, people.digest(who))),
        ended=tuple(members.list_ended(connection, who)),
        acts=tuple(map(applause.view, acts.list_of_person(connection, who))),
        testimonials=tuple(testimonials.list_of_person(connection, who)),
    )


def _without_request(item: Exchange) -> Exchange:
    """Leave out the stored request of a reply: it repeats the text, with the code of a coupon."""
    return item if item.reply is None else replace(item, reply=replace(item.reply, request=None))
