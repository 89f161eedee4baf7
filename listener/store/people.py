"""People: opt-outs, notes, and how a person is found by handle."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select

from listener.errors import DeskError
from listener.handles import fold_handle
from listener.protocols import AuthorOf
from listener.store import platforms, quarantine
from listener.store.dialect import upsert
from listener.store.loading import chunks, columns, load, load_all
from listener.store.operation_records import NamedOptOut, Note, OptOut
from listener.store.quarantine import Names
from listener.store.tables import forgotten, mention, note, optout, reply

Person = tuple[str, str]  # platform, author_id
BY_ID = "id:"  # before an id: whatever others call themselves, it is that author alone
OPTED_OUT = "the author opted out of replies"  # why a reply is closed


def digest(person: Person) -> str:
    """Make what is kept of a forgotten person: it recognises them and names nobody."""
    return sha256(f"{person[0]}:{person[1]}".encode()).hexdigest()


def as_handles(names: Names) -> list[Person]:
    """List a person by their handles, marked: another person's id may read the same."""
    return [(names.platform, f"@{handle}") for handle in sorted(names.handles)]


def was_forgotten(connection: Connection, person: Person) -> bool:
    """Return True when this person was forgotten before."""
    return connection.execute(select(forgotten).where(forgotten.c.digest == digest(person))).first() is not None


def find_person(connection: Connection, handle: str) -> Person:
    """Find the person behind `[PLATFORM:]HANDLE`, `PLATFORM:AUTHOR_ID` or `PLATFORM:id:AUTHOR_ID`.

    The last names nobody but that author, the others may mean several people. Raises DeskError for none or several.

    A person without mentions is found by id: an opt-out outlives the words, and a forgotten person is recognised.
    """
    return single_person(
        handle,
        {person for place in person_candidates(connection, handle) for person in _find_named(connection, *place)},
    )


def find_person_with_words(connection: Connection, handle: str, author_of: AuthorOf) -> Person:
    """Find as `find` does, also people known from quarantined items alone or forgotten under this handle."""
    named = person_candidates(connection, handle)
    people = {who for place in named for who in _find_named(connection, *place)}
    people = people or {who for place in named for who in _find_unread(connection, *place, author_of)}
    marked = [(place, f"@{fold_handle(name)}") for place, name in named]
    return single_person(handle, people or {who for who in marked if was_forgotten(connection, who)})


def person_candidates(connection: Connection, handle: str) -> list[Person]:
    """List where to look for whom: (platform, name)."""
    platform, name = _split_handle(connection, handle)
    return [(place, name) for place in ([platform] if platform else platforms.list_names(connection))]


def single_person(handle: str, people: set[Person]) -> Person:
    """Return the only person. Raises DeskError for none or several."""
    matches = sorted(people)
    if not matches:
        raise DeskError(
            f"nobody called {handle!r} has mentioned us", "write HANDLE, PLATFORM:HANDLE or PLATFORM:id:AUTHOR_ID"
        )
    if len(matches) > 1:
        several = ", ".join(f"{person[0]}:{BY_ID}{person[1]}" for person in matches[:5])
        raise DeskError(f"{handle!r} is more than one person", f"name one of them: {several}")
    return matches[0]


def _find_named(connection: Connection, place: str, name: str) -> set[Person]:
    """Find who goes by this name on a platform; each query has an index of its own."""
    people = select(mention.c.author_id).where(mention.c.platform == place)  # DISTINCT would go through all of them
    author_id = name.removeprefix(BY_ID)
    ids = {*connection.execute(people.where(mention.c.author_id == author_id).limit(1)).scalars()}
    if author_id == name:
        ids |= {*connection.execute(people.where(mention.c.handle_key == fold_handle(name))).scalars()}
    person = (place, author_id)
    if opted_out(connection, person) or was_forgotten(connection, person):
        ids.add(author_id)
    return {(place, match) for match in ids}


def _find_unread(connection: Connection, place: str, name: str, author_of: AuthorOf) -> set[Person]:
    """Find who goes by this name in items that could not be read."""
    author_id = name.removeprefix(BY_ID)
    ids = quarantine.find_ids(connection, place, author_id, author_of)
    return {(place, match) for match in ids if author_id in (name, match)}


def _split_handle(connection: Connection, handle: str) -> Person:
    """Split off a platform. An author's id may hold colons (did:plc:...), so only a platform's name is a prefix."""
    first, colon, rest = handle.partition(":")
    named = (
        first in platforms.list_names(connection)
        or connection.execute(select(mention.c.platform).where(mention.c.platform == first).limit(1)).first()
    )
    return (first, rest.removeprefix("@")) if colon and named else ("", handle.removeprefix("@"))


def opt_out(connection: Connection, person: Person, by: str, why: str | None, now: datetime) -> None:
    """Record that this person must not be answered."""
    row = upsert(connection, optout).values(platform=person[0], author_id=person[1], at=now, by=by, why=why)
    connection.execute(row.on_conflict_do_nothing())


def opt_in(connection: Connection, person: Person) -> bool:
    """Delete an opt-out. Returns False when there was none."""
    by_person = (optout.c.platform == person[0], optout.c.author_id == person[1])
    return connection.execute(delete(optout).where(*by_person)).rowcount == 1


def opted_out(connection: Connection, person: Person) -> OptOut | None:
    """Return the person's opt-out, or None."""
    by_person = (optout.c.platform == person[0], optout.c.author_id == person[1])
    row = connection.execute(select(*columns(OptOut, optout)).where(*by_person)).one_or_none()
    return None if row is None else load(OptOut, row)


def opt_outs(connection: Connection) -> list[NamedOptOut]:
    """List all opt-outs, oldest first."""
    by_author = (mention.c.platform == optout.c.platform, mention.c.author_id == optout.c.author_id)
    handles = select(mention.c.author_handle).where(*by_author, mention.c.author_handle.is_not(None))
    handle = handles.order_by(mention.c.key.desc()).limit(1).scalar_subquery().label("handle")
    query = select(optout.c.platform, optout.c.author_id, optout.c.at, optout.c.by, handle)
    return load_all(NamedOptOut, connection.execute(query.order_by(optout.c.at)))


def add_note(connection: Connection, person: Person, by: str, text: str, now: datetime) -> None:
    """Keep what staff wrote about a person."""
    row = {"platform": person[0], "author_id": person[1], "by": by, "text": text, "at": now}
    connection.execute(insert(note), [row])


def notes(connection: Connection, person: Person) -> list[Note]:
    """List what staff wrote about a person, oldest first."""
    by_person = (note.c.platform == person[0], note.c.author_id == person[1])
    return load_all(Note, connection.execute(select(*columns(Note, note)).where(*by_person).order_by(note.c.id)))


def count_exchanges(connection: Connection, person: Person) -> dict[str, int]:
    """Count how often this person mentioned us, and how often they were answered."""
    by_person = (mention.c.platform == person[0], mention.c.author_id == person[1])
    number = connection.execute(select(func.count()).where(*by_person)).scalar_one()
    to_author = reply.c.mention_key.in_(select(mention.c.key).where(*by_person).scalar_subquery())
    states = connection.execute(select(reply.c.state).where(to_author)).scalars()  # `= sent` would read all of those
    return {"mentions": number, "answered": sum(state == "sent" for state in states)}


def filter_opted_out(connection: Connection, persons: Sequence[Person]) -> frozenset[Person]:
    """Return which of these persons have opted out."""
    opted: set[Person] = set()
    for piece in chunks(sorted({author for _, author in persons})):
        rows = connection.execute(select(optout.c.platform, optout.c.author_id).where(optout.c.author_id.in_(piece)))
        opted.update((row.platform, row.author_id) for row in rows)
    return frozenset(opted & set(persons))
