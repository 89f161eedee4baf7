"""Erase a person's words from every table and from the file, and withdraw the replies to them."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from listener.desk.approve import DeskContext, require_staff
from listener.desk.state_words import describe
from listener.errors import DeskError
from listener.place import Place
from listener.protocols import AuthorOf
from listener.store import acts, erasure, events, items, people, quarantine, replies, vacuum
from listener.store.engine import Store
from listener.store.people import Person
from listener.store.quarantine import Names
from listener.store.states import OVER, UNDER_WAY

SQLITE_HEADER = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whose words were erased: rows by noun, the ids of the replies that were withdrawn, and what a person must check.

    perhaps: ids of quarantined items that name the person but not their author.
    """

    platform: str
    author_id: str
    erased: dict[str, int]
    stopped: tuple[int, ...]
    opted_out: bool
    perhaps: tuple[int, ...]


def forget(store: Store, desk: DeskContext, handle: str, author_of: AuthorOf) -> Erasure:
    """Erase the words of a person; `vacuum.clean` then cleans the file, also when there was nothing to erase.

    author_of: who wrote a quarantined item, by the rule of its platform.
    Raises DeskError while a reply to them is under way: its text is needed to find out whether it arrived.
    """
    with store.write() as connection:
        require_staff(desk)
        who = people.find_person_with_words(connection, handle, author_of)
        whose, now = quarantine.find_names(connection, *who), desk.clock()
        stopped = _withdraw(connection, desk, who)
        has_words = _has_words(connection, whose, who, author_of)
        erased = erasure.erase(connection, who, author_of, desk.by, now) if has_words else {}
        vacuum.request_cleaning(connection, now)
        events.add(connection, "erasure_requested", desk.by, now, detail={"mentions": erased.get("mentions", 0)})
        has_opted_out = people.opted_out(connection, who) is not None
        perhaps = tuple(quarantine.list_unattributed(connection, whose, author_of))
    return Erasure(*who, erased, stopped, has_opted_out, perhaps)


def _has_words(connection: Connection, whose: Names, who: Person, author_of: AuthorOf) -> bool:
    """Return True when words of theirs, or about them, are stored."""
    stored = people.count_exchanges(connection, who)["mentions"] or people.notes(connection, who)
    names = whose.ids | whose.handles
    return bool(stored or any(quarantine.find_ids(connection, who[0], name, author_of) for name in names))


def _withdraw(connection: Connection, desk: DeskContext, who: Person) -> tuple[int, ...]:
    """Close the replies to them and the acts that are not out. Returns the ids of the replies. Raises DeskError."""
    answers = [item.reply for item in items.list_of_person(connection, *who, limit=None) if item.reply is not None]
    if waiting := next((reply for reply in answers if reply.state in UNDER_WAY), None):
        raise DeskError(
            f"reply {waiting.id} to this person {describe(waiting)}; its outcome must be known first",
            f"look at it with `earshot show {waiting.id}`, settle it with `earshot resolve`, then forget",
        )
    if doing := next((item for item in acts.list_of_person(connection, who) if item.act.state in UNDER_WAY), None):
        what = f"{doing.label} is {doing.act.state}; its outcome must be known first"
        raise DeskError(what, f"wait for the next round, or run `{doing.resolve_command} --by-hand`, then forget")
    acts.withdraw_open(connection, who, "", desk.by, desk.clock())
    live = [reply for reply in answers if reply.state not in OVER]
    for reply in live:
        replies.close(connection, reply, "withdrawn", "", by=desk.by, now=desk.clock())
    return tuple(reply.id for reply in live)


def copies(database: Place, *folders: Path) -> list[Path]:
    """List files of SQLite beside this database or below these folders: backups still hold the words."""
    own = [database] if isinstance(database, Path) else []
    beside = [path for file in own for path in (*file.parent.glob("*"), *(file.parent / "backups").glob("*"))]
    paths = {path.resolve() for path in (*beside, *(path for folder in folders for path in folder.rglob("*")))}
    return sorted(path for path in paths - {file.resolve() for file in own} if _is_database(path))


def _is_database(path: Path) -> bool:
    try:
        if not path.is_file():  # opening a pipe would wait for its writer
            return False
        with path.open("rb") as file:
            return file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:
        return False
