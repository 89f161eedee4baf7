"""Who speaks to us: opt-outs, notes, and finding a person by handle."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from listener.errors import DeskError
from listener.model import AuthorOf
from listener.store import quarantine
from listener.store.quarantine import Names
from listener.store.records import Note, OptOut, chunks, columns, load, load_all
from listener.store.tables import metadata

mention = metadata.tables["mention"]
optout = metadata.tables["optout"]
reply = metadata.tables["reply"]
note = metadata.tables["note"]
platform_ = metadata.tables["platform"]
forgotten = metadata.tables["forgotten"]
Person = tuple[str, str]  # platform, author_id


def digest(person: Person) -> str:
    """What is kept of who was forgotten: it recognises the person and names nobody."""
    return sha256(f"{person[0]}:{person[1]}".encode()).hexdigest()


def called(names: Names) -> list[Person]:
    """A person by their handles: marked, since another person's id may read the same."""
    return [(names.platform, f"@{one}") for one in sorted(names.handles)]


def was_forgotten(connection: Connection, person: Person) -> bool:
    """True when this person was forgotten before."""
    return connection.execute(select(forgotten).where(forgotten.c.digest == digest(person))).first() is not None


def find(connection: Connection, handle: str) -> Person:
    """The one person behind `[PLATFORM:]HANDLE` or `PLATFORM:AUTHOR_ID`. Raises DeskError for none or several.

    Who has no mention any more is found by id: an opt-out outlives the words, and who was forgotten is recognised.
    """
    return single_person(
        handle, {found for where in person_candidates(connection, handle) for found in _named(connection, *where)}
    )


def find_words(connection: Connection, handle: str, author_of: AuthorOf) -> Person:
    """As `find`, also who is known from an item alone that could not be read, or was forgotten under this handle."""
    named = person_candidates(connection, handle)
    found = {one for where in named for one in _named(connection, *where)}
    found = found or {
        (where, known) for where, name in named for known in quarantine.known(connection, where, name, author_of)
    }
    marked = [(where, f"@{quarantine.handle(name)}") for where, name in named]
    return single_person(handle, found or {person for person in marked if was_forgotten(connection, person)})


def person_candidates(connection: Connection, handle: str) -> list[Person]:
    """Where to look for whom: (platform, name)."""
    platform, name = _split(connection, handle)
    return [(where, name) for where in ([platform] if platform else _heard(connection))]


def single_person(handle: str, people: set[Person]) -> Person:
    """The only one. Raises DeskError."""
    found = sorted(people)
    if not found:
        raise DeskError(
            f"nobody called {handle!r} has mentioned us", "write HANDLE, PLATFORM:HANDLE or PLATFORM:AUTHOR_ID"
        )
    if len(found) > 1:
        several = ", ".join(f"{one[0]}:{one[1]}" for one in found[:5])
        raise DeskError(f"{handle!r} is more than one person", f"name one of them: {several}")
    return found[0]


def _heard(connection: Connection) -> list[str]:
    """Every platform that was ever listened to."""
    return list(connection.execute(select(platform_.c.name)).scalars())


def _named(connection: Connection, where: str, name: str) -> set[Person]:
    """Who goes by this name on a platform: each look has an index of its own."""
    people = select(mention.c.author_id).where(mention.c.platform == where)  # DISTINCT would go through all of them
    by_handle = connection.execute(people.where(func.lower(mention.c.author_handle) == name.lower())).scalars()
    by_id = connection.execute(people.where(mention.c.author_id == name).limit(1)).scalars()
    found = {(where, one) for one in (*by_handle, *by_id)}
    person = (where, name)
    return found | {person} if opted_out(connection, person) or was_forgotten(connection, person) else found


def _split(connection: Connection, handle: str) -> Person:
    """An author's id may hold colons of its own (did:plc:...), so only a platform's name counts as a prefix."""
    first, colon, rest = handle.partition(":")
    named = (
        first in _heard(connection)
        or connection.execute(select(mention.c.platform).where(mention.c.platform == first).limit(1)).first()
    )
    return (first, rest.removeprefix("@")) if colon and named else ("", handle.removeprefix("@"))


def opt_out(connection: Connection, person: Person, by: str, why: str | None, now: datetime) -> None:
    """Never answer this person from now on."""
    row = upsert(optout).values(platform=person[0], author_id=person[1], at=now, by=by, why=why)
    connection.execute(row.on_conflict_do_nothing())


def opt_in(connection: Connection, person: Person) -> bool:
    """Take an opt-out back. Returns False when there was none."""
    same = (optout.c.platform == person[0], optout.c.author_id == person[1])
    return connection.execute(delete(optout).where(*same)).rowcount == 1


def opted_out(connection: Connection, person: Person) -> OptOut | None:
    """The person's opt-out, if there is one."""
    same = (optout.c.platform == person[0], optout.c.author_id == person[1])
    row = connection.execute(select(*columns(OptOut, optout)).where(*same)).one_or_none()
    return None if row is None else load(OptOut, row)


def opt_outs(connection: Connection) -> list[OptOut]:
    """All opt-outs, oldest first."""
    return load_all(OptOut, connection.execute(select(*columns(OptOut, optout)).order_by(optout.c.at)))


def add_note(connection: Connection, person: Person, by: str, text: str, now: datetime) -> None:
    """Keep what staff wrote about a person."""
    row = {"platform": person[0], "author_id": person[1], "by": by, "text": text, "at": now}
    connection.execute(insert(note), [row])


def notes(connection: Connection, person: Person) -> list[Note]:
    """What staff wrote about a person, oldest first."""
    same = (note.c.platform == person[0], note.c.author_id == person[1])
    return load_all(Note, connection.execute(select(*columns(Note, note)).where(*same).order_by(note.c.id)))


def figures(connection: Connection, person: Person) -> dict[str, int]:
    """How often this person mentioned us, and how often they were answered."""
    same = (mention.c.platform == person[0], mention.c.author_id == person[1])
    said = connection.execute(select(func.count()).where(*same)).scalar_one()
    theirs = reply.c.mention_key.in_(select(mention.c.key).where(*same).scalar_subquery())
    states = connection.execute(select(reply.c.state).where(theirs)).scalars()  # asked for `sent` it reads all of those
    return {"mentions": said, "answered": sum(state == "sent" for state in states)}


def silent(connection: Connection, persons: Sequence[Person]) -> frozenset[Person]:
    """Which of these persons have opted out."""
    found: set[Person] = set()
    for piece in chunks(sorted({author for _, author in persons})):
        rows = connection.execute(select(optout.c.platform, optout.c.author_id).where(optout.c.author_id.in_(piece)))
        found.update((row.platform, row.author_id) for row in rows)
    return frozenset(found & set(persons))
