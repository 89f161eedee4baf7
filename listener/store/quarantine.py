"""Whose a set-aside item is. It never became a mention, so only its raw text tells.

Every platform sets its items aside as JSON with its own way of naming the author: X and the memory platform beside the
text, Mastodon in an `account` (of the status inside a notification too), Bluesky in an `author` and in the post's
address. What is no JSON (a row of CSV, an item that was cut) may be anybody's, and is only told of.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from listener.model import Json
from listener.store.dialect import overwrite_freed
from listener.store.tables import metadata

mention = metadata.tables["mention"]
quarantined = metadata.tables["quarantine"]

FORGOTTEN = "forgotten"  # in place of the error of an item whose words are erased
WHO = ("author", "account", "user")  # keys of an item: an object, or a name
IDS, HANDLES = ("id", "did"), ("handle", "acct", "screen_name")  # keys of such an object
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
POST = re.compile(r"at://([^/]+)/")  # a post of Bluesky; whose, stands in its address


@dataclass(frozen=True, slots=True)
class Names:
    """Every id and every handle (in lower case, without @) of one person on one platform."""

    platform: str
    ids: frozenset[str]
    handles: frozenset[str]

    def same(self, other: "Names | None") -> bool:
        """True when they share one."""
        return other is not None and bool(self.ids & other.ids or self.handles & other.handles)

    def stand_in(self, raw: str) -> bool:
        """True when one of them stands there as a whole word, also behind escapes of JSON."""
        words = "|".join(map(re.escape, sorted(self.ids | self.handles)))
        plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), raw)
        return bool(words) and re.search(rf"(?<!\w)(?:{words})(?!\w)", plain, re.IGNORECASE) is not None


def author(platform: str, raw: str) -> Names | None:
    """Who wrote an item; None where it does not tell, or is no JSON object."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    objects = [one for one in (told, told.get("status")) if isinstance(one, dict)]
    ids = {name for one in objects for name in _ids(one)}
    handles = {handle(name) for one in objects for name in _handles(one)}
    return Names(platform, frozenset(ids or handles), frozenset(handles)) if ids or handles else None


def handle(name: str) -> str:
    """As handles are compared."""
    return name.strip().lstrip("@").lower()


def _ids(told: Json) -> Iterator[str]:
    yield from _texts(told, ("author_id",))
    yield from (found[1] for one in _texts(told, ("uri",)) if (found := POST.match(one)))
    for inner in _inner(told):
        yield from _texts(inner, IDS)


def _handles(told: Json) -> Iterator[str]:
    yield from _texts(told, WHO)
    for inner in _inner(told):
        yield from _texts(inner, HANDLES)


def _inner(told: Json) -> list[Json]:
    """Whom it names by an object."""
    return [inner for key in WHO if isinstance(inner := told.get(key), dict)]


def _texts(told: Json, keys: tuple[str, ...]) -> list[str]:
    """The names under these keys; a number is one too."""
    found = [told.get(key) for key in keys]
    return [str(one).strip() for one in found if isinstance(one, str | int) and not isinstance(one, bool) and one != ""]


def names(connection: Connection, platform: str, author_id: str) -> Names:
    """What a person is known by from their mentions; without any the id may be the handle of an unread item."""
    same = (mention.c.platform == platform, mention.c.author_id == author_id)
    found = connection.execute(select(mention.c.author_handle).where(*same).distinct()).scalars().all() or [author_id]
    return Names(platform, frozenset({author_id}), frozenset(handle(one) for one in found if one))


def known(connection: Connection, platform: str, name: str) -> set[str]:
    """The ids of authors of unread items who go by this name; by the handle itself where an item tells no id."""
    asked = Names(platform, frozenset({name}), frozenset({handle(name)}))
    found = [one for _, _, one in _unread(connection, platform) if one is not None and asked.same(one)]
    return {min(one.ids) if one.ids else handle(name) for one in found}


def erase(connection: Connection, whose: Names, now: datetime) -> int:
    """Erase the unread items of a person. Returns of how many."""
    theirs = [number for number, _, one in _unread(connection, whose.platform) if whose.same(one)]
    for number in theirs:
        dismiss(connection, number, now)
    return len(theirs)


def dismiss(connection: Connection, number: int, now: datetime) -> None:
    """Erase one item; listed again it stays so."""
    overwrite_freed(connection)
    gone = {"raw": "", "error": FORGOTTEN, "resolved_at": now}
    connection.execute(update(quarantined).where(quarantined.c.id == number).values(**gone))


def perhaps(connection: Connection, whose: Names) -> list[int]:
    """Unread items that do not tell their author, and name this person: a person has to look."""
    return [number for number, raw, one in _unread(connection, whose.platform) if one is None and whose.stand_in(raw)]


def _unread(connection: Connection, platform: str) -> Iterator[tuple[int, str, Names | None]]:
    """The items of a platform that could not be read: number, raw text, author."""
    lies = (quarantined.c.platform == platform, quarantined.c.stage == "poll", quarantined.c.raw != "")
    for row in connection.execute(
        select(quarantined.c.id, quarantined.c.raw).where(*lies).order_by(quarantined.c.id)
    ).all():
        yield row.id, row.raw, author(platform, row.raw)
