"""Forget a person: their words go from every table and from the file, what was to be said to them is stopped."""

from pathlib import Path

from sqlalchemy import Connection

from listener.desk.approve import Desk, allowed, told
from listener.errors import DeskError
from listener.model import Json
from listener.store import events, items, people, replies
from listener.store import forget as store_forget
from listener.store.engine import Store
from listener.store.people import Person

UNDER_WAY = ("sending", "unknown")
OVER = ("sent", "closed")


def forget(store: Store, desk: Desk, handle: str) -> Json:
    """Erase the words of a person, and say what was done; who is forgotten already: clean the file once more.

    Raises DeskError while a reply to them is under way: to find out whether it arrived, its text is needed.
    """
    with store.write() as connection:
        allowed(desk)
        who, said = _who(connection, handle)
        stopped = _stop(connection, desk, who)
        erased = store_forget.erase(connection, who, desk.by, desk.clock()) if said else {}
        events.add(connection, "forgot", desk.by, desk.clock(), detail={"mentions": erased.get("mentions", 0)})
        silent = people.opted_out(connection, who) is not None
    store_forget.vacuum(store.path)
    done = {"platform": who[0], "author_id": who[1], "erased": erased, "stopped": stopped, "opted_out": silent}
    return {**done, "copies": [str(one) for one in copies(store.path)]}


def _who(connection: Connection, handle: str) -> tuple[Person, bool]:
    """Who is meant, and whether there are words of theirs. Raises DeskError."""
    platform, _, author_id = handle.partition(":")
    before = (platform, author_id)
    if store_forget.known(connection, before) and not people.figures(connection, before)["mentions"]:
        return before, False
    return people.find(connection, handle), True


def _stop(connection: Connection, desk: Desk, who: Person) -> list[int]:
    """Close what was to be said to them. Returns the ids of the replies."""
    found = [one.reply for one in items.of_person(connection, *who, limit=None) if one.reply is not None]
    if waiting := next((one for one in found if one.state in UNDER_WAY), None):
        raise DeskError(
            f"reply {waiting.id} to this person is {told(waiting)}: its outcome must be known first",
            f"`earshot show {waiting.id}` tells more, `earshot resolve` settles it; then forget",
        )
    live = [one for one in found if one.state not in OVER]
    for one in live:
        replies.end(connection, one, "withdrawn", "", by=desk.by, now=desk.clock())
    return [one.id for one in live]


def copies(database: Path) -> list[Path]:
    """Databases beside this one: backups, which hold the words still."""
    return sorted(one for one in database.parent.rglob("*.db") if one != database)
