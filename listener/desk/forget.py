"""Forget a person: their words go from every table and from the file, what was to be said to them is stopped."""

from pathlib import Path

from sqlalchemy import Connection

from listener.desk.approve import DeskContext, require_staff, state_text
from listener.errors import DeskError
from listener.model import Json
from listener.store import erasure as store_forget
from listener.store import events, items, people, quarantine, replies, vacuum
from listener.store.engine import Store
from listener.store.people import Person
from listener.store.quarantine import Names
from listener.store.states import OVER, UNDER_WAY

MAGIC = b"SQLite format 3\0"  # how such a file begins


def forget(store: Store, desk: DeskContext, handle: str) -> Json:
    """Erase the words of a person, and say what was done; `clean` then does the file.

    perhaps: numbers of set-aside items that name the person and do not tell their author. Who is forgotten already has
    nothing to lose, and the file is cleaned once more. Raises DeskError while a reply to them is under way: to find out
    whether it arrived, its text is needed.
    """
    with store.write() as connection:
        require_staff(desk)
        who = people.find_words(connection, handle)
        whose, now = quarantine.names(connection, *who), desk.clock()
        stopped = _stop(connection, desk, who)
        erased = store_forget.erase(connection, who, desk.by, now) if _anything(connection, whose, who) else {}
        vacuum.due(connection, now)
        events.add(connection, "erasure_requested", desk.by, now, detail={"mentions": erased.get("mentions", 0)})
        silent = people.opted_out(connection, who) is not None
        perhaps = quarantine.perhaps(connection, whose)
    done = {"platform": who[0], "author_id": who[1], "erased": erased, "stopped": stopped, "opted_out": silent}
    return {**done, "perhaps": perhaps}


def _anything(connection: Connection, whose: Names, who: Person) -> bool:
    """True when words of theirs, or about them, are here."""
    said = people.figures(connection, who)["mentions"] or people.notes(connection, who)
    return bool(said or any(quarantine.known(connection, who[0], name) for name in whose.ids | whose.handles))


def _stop(connection: Connection, desk: DeskContext, who: Person) -> list[int]:
    """Close what was to be said to them. Returns the ids of the replies."""
    found = [one.reply for one in items.of_person(connection, *who, limit=None) if one.reply is not None]
    if waiting := next((one for one in found if one.state in UNDER_WAY), None):
        raise DeskError(
            f"reply {waiting.id} to this person is {state_text(waiting)}: its outcome must be known first",
            f"`earshot show {waiting.id}` tells more, `earshot resolve` settles it; then forget",
        )
    live = [one for one in found if one.state not in OVER]
    for one in live:
        replies.end(connection, one, "withdrawn", "", by=desk.by, now=desk.clock())
    return [one.id for one in live]


def copies(database: Path, *folders: Path) -> list[Path]:
    """Databases beside this one or below these folders, whatever their names: backups, which hold the words still."""
    beside = [*database.parent.glob("*"), *(database.parent / "backups").glob("*")]
    found = {one.resolve() for one in (*beside, *(one for folder in folders for one in folder.rglob("*")))}
    return sorted(one for one in found - {database.resolve()} if _is_database(one))


def _is_database(path: Path) -> bool:
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False
