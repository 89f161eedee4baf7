"""Members: who joined with which accounts, and the points of their accounts."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, delete, insert, literal, select, update

from listener.club_rules import Points
from listener.store import offer_turns
from listener.store.dialect import upsert
from listener.store.loading import columns, load, load_all, values
from listener.store.people import Person, digest
from listener.store.tables import account, mark, member, mention, points
from listener.store.value_dialect import is_any_of

JOINED = "joined"  # the proof of the account by which somebody became a member


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a member; proof: `joined` or `said`; evidence_key: the mention that proves it."""

    platform: str
    author_id: str
    member_id: int
    proof: str
    evidence_key: int | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who joined. words: those by which they did; terms: what they agreed to."""

    id: int
    since: datetime
    ended_at: datetime | None
    evidence_key: int | None
    words: str | None
    terms: str


def find_account(connection: Connection, person: Person) -> Account | None:
    """Return the account by which a person is a member; None for who is none."""
    query = select(*columns(Account, account)).where(*_is_person(person))
    row = connection.execute(query).one_or_none()
    return None if row is None else load(Account, row)


def read(connection: Connection, member_id: int) -> Member:
    """Read a member, also one who left."""
    return load(Member, connection.execute(select(*columns(Member, member)).where(member.c.id == member_id)).one())


def list_accounts(connection: Connection, member_id: int) -> list[Account]:
    """List the accounts of a member, the first one first."""
    query = select(*columns(Account, account)).where(account.c.member_id == member_id)
    return load_all(Account, connection.execute(query.order_by(account.c.at, account.c.platform)))


def list_persons(connection: Connection, member_id: int) -> tuple[str, ...]:
    """List the digests of a member's accounts."""
    return tuple(digest((kept.platform, kept.author_id)) for kept in list_accounts(connection, member_id))


def list_ended(connection: Connection, person: Person) -> list[Member]:
    """List the memberships that a person began by a mention of theirs and that have ended, oldest first."""
    query = select(*columns(Member, member)).join(mention, mention.c.key == member.c.evidence_key)
    theirs = (mention.c.platform == person[0], mention.c.author_id == person[1])
    return load_all(
        Member, connection.execute(query.where(*theirs, member.c.ended_at.is_not(None)).order_by(member.c.id))
    )


def join(
    connection: Connection, person: Person, evidence_key: int, words: str, terms: str, by: str, now: datetime
) -> None:
    """Keep that a person joined, with the mention by which they did."""
    row = {"since": now, "evidence_key": evidence_key, "words": words, "terms": terms}
    member_id = connection.execute(insert(member).values(**row).returning(member.c.id)).scalar_one()
    add_account(connection, Account(*person, member_id, JOINED, evidence_key, now, by))


def add_account(connection: Connection, new: Account) -> None:
    """Keep that an account is a member's; what one of their accounts has had, the member has had."""
    connection.execute(insert(account), [values(new)])
    offer_turns.share(connection, list_persons(connection, new.member_id))


def leave(connection: Connection, member_id: int, now: datetime) -> None:
    """End a membership: accounts and points go; that they joined and left, and what offers they had, stays."""
    offer_turns.share(connection, list_persons(connection, member_id))
    for kept in list_accounts(connection, member_id):
        erase_account(connection, (kept.platform, kept.author_id))
    connection.execute(update(member).where(member.c.id == member_id).values(ended_at=now))


def remove_account(connection: Connection, removed: Account, heir: Person) -> None:
    """End the link of an account. What its member has earned by it stays theirs, under another account of theirs.

    Its points name it no more: the person behind it may be erased.
    """
    offer_turns.share(connection, list_persons(connection, removed.member_id))
    theirs = (points.c.platform == removed.platform, points.c.author_id == removed.author_id)
    named = points.c.source.startswith(f"{removed.platform}:{removed.author_id}:", autoescape=True)
    bare = literal("kept:") + cast(points.c.id, Text)
    connection.execute(update(points).where(*theirs, named).values(source=bare))
    connection.execute(update(points).where(*theirs).values(platform=heir[0], author_id=heir[1]))
    erase_account(connection, (removed.platform, removed.author_id))


def erase_account(connection: Connection, person: Person) -> int:
    """Erase an account with its points. Returns how many rows there were."""
    theirs = (points.c.platform == person[0], points.c.author_id == person[1])
    number = connection.execute(delete(points).where(*theirs)).rowcount
    return number + connection.execute(delete(account).where(*_is_person(person))).rowcount


def forget(connection: Connection, person: Person, now: datetime) -> int:
    """Erase a person's account, points and words; the membership ends with its last account.

    Returns how many rows there were.
    """
    theirs = select(mention.c.key).where(mention.c.platform == person[0], mention.c.author_id == person[1])
    bare = {"evidence_key": None, "words": None}
    number = connection.execute(update(member).where(member.c.evidence_key.in_(theirs)).values(**bare)).rowcount
    connection.execute(update(account).where(account.c.evidence_key.in_(theirs)).values(evidence_key=None))
    known = find_account(connection, person)
    if known is None:
        return number
    offer_turns.share(connection, list_persons(connection, known.member_id))
    number += erase_account(connection, person)
    if not list_accounts(connection, known.member_id):
        connection.execute(update(member).where(member.c.id == known.member_id).values(ended_at=now))
    return number


def _is_person(person: Person) -> tuple[ColumnElement[bool], ...]:
    return (account.c.platform == person[0], account.c.author_id == person[1])


def read_points(connection: Connection, persons: Collection[Person] | None = None) -> dict[Person, list[Points]]:
    """Map those of these persons who are members, or all members, to the points of all their accounts."""
    other = account.alias()
    whose = [account.c.platform.label("of_platform"), account.c.author_id.label("of_author")]
    query = select(*whose, *columns(Points, points)).select_from(
        account.join(other, other.c.member_id == account.c.member_id).outerjoin(
            points, and_(points.c.platform == other.c.platform, points.c.author_id == other.c.author_id)
        )
    )
    if persons is not None:
        query = query.where(account.c.platform.in_({platform for platform, _ in persons}))
        query = query.where(is_any_of(account.c.author_id, {author for _, author in persons}))
    earned: dict[Person, list[Points]] = defaultdict(list)
    for row in connection.execute(query):
        earned[row.of_platform, row.of_author] += [] if row.source is None else [load(Points, row)]
    return earned if persons is None else {person: earned[person] for person in set(persons) & earned.keys()}


def list_mention_times(connection: Connection, since: datetime | None) -> dict[Person, list[datetime]]:
    """Map members' accounts to when they wrote to us since they joined. since: only what was read from then on."""
    same = and_(mention.c.platform == account.c.platform, mention.c.author_id == account.c.author_id)
    query = select(account.c.platform, account.c.author_id, mention.c.created_at).join(mention, same)
    query = query.where(mention.c.is_addressed, mention.c.created_at >= account.c.at)
    times: dict[Person, list[datetime]] = defaultdict(list)
    for row in connection.execute(query if since is None else query.where(mention.c.seen_at >= since)):
        times[row.platform, row.author_id].append(row.created_at)
    return times


def list_help(connection: Connection) -> list[tuple[str, str, int, datetime]]:
    """List the mentions by which members helped since they joined, by whom and when that was marked."""
    same = and_(mark.c.platform == account.c.platform, mark.c.author_id == account.c.author_id)
    query = select(mark.c.platform, mark.c.author_id, mark.c.mention_key, mark.c.at).join(account, same)
    rows = connection.execute(query.where(mark.c.mention_key.is_not(None), mark.c.at >= account.c.at))
    return [(row.platform, row.author_id, row.mention_key, row.at) for row in rows]


def add_points(connection: Connection, entries: Iterable[Points]) -> int:
    """Append the entries that are not there yet. Returns how many."""
    rows = [values(entry) for entry in entries]
    statement = upsert(connection, points).on_conflict_do_nothing(index_elements=["what", "source"])
    added = statement.returning(points.c.id)  # the count of an INSERT is not known on PostgreSQL
    return sum(connection.execute(added.values(**row)).first() is not None for row in rows)
