"""Who wrote a quarantined item. It never became a mention, so only its raw text shows it.

Each platform has its own rule for that, which comes as an argument (`AuthorOf`). An item without a known author (a row
of CSV, an item that was cut) may be anybody's, and is only listed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from listener.handles import fold_handle
from listener.protocols import AuthorOf, ItemAuthor
from listener.store.dialect import overwrite_freed
from listener.store.tables import mention
from listener.store.tables import quarantine as quarantined

FORGOTTEN = "forgotten"  # in place of the error of an item whose words are erased
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Names:
    """Every id and every handle (folded, without @) of one person on one platform."""

    platform: str
    ids: frozenset[str]
    handles: frozenset[str]

    def shares_name(self, other: "Names | None") -> bool:
        """Return True when the two share a name."""
        return other is not None and bool(self.ids & other.ids or self.handles & other.handles)

    def stand_in(self, raw: str) -> bool:
        """Return True when one of the names is in the text as a whole word, also behind escapes of JSON."""
        words = "|".join(map(re.escape, sorted(self.ids | self.handles)))
        plain = ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), raw)
        return bool(words) and re.search(rf"(?<!\w)(?:{words})(?!\w)", plain, re.IGNORECASE) is not None


def names_of(platform: str, author: ItemAuthor | None) -> Names | None:
    """Return the names of an item's author; without an id the handles serve as ids."""
    if author is None:
        return None
    handles = frozenset(map(fold_handle, author.handles))
    return Names(platform, author.ids or handles, handles)


def find_names(connection: Connection, platform: str, author_id: str) -> Names:
    """Return what a person is called in their mentions; without any, nobody else's handle is taken for theirs."""
    by_author = (mention.c.platform == platform, mention.c.author_id == author_id)
    handles = connection.execute(select(mention.c.author_handle).where(*by_author).distinct()).scalars().all()
    return Names(platform, frozenset({author_id}), frozenset(fold_handle(name) for name in handles if name))


def find_ids(connection: Connection, platform: str, name: str, author_of: AuthorOf) -> set[str]:
    """Return the ids of authors of unread items who go by this name; the handle itself where an item has no id."""
    wanted = Names(platform, frozenset({name}), frozenset({fold_handle(name)}))
    authors = [names for _, _, names in _unread(connection, platform, author_of) if names and wanted.shares_name(names)]
    return {min(names.ids) if names.ids else fold_handle(name) for names in authors}


def erase(connection: Connection, whose: Names, author_of: AuthorOf, now: datetime) -> int:
    """Erase the unread items of a person. Returns how many there were."""
    theirs = [number for number, _, names in _unread(connection, whose.platform, author_of) if whose.shares_name(names)]
    for number in theirs:
        dismiss(connection, number, now)
    return len(theirs)


def dismiss(connection: Connection, number: int, now: datetime) -> None:
    """Erase one item; if a platform lists it again, it stays erased."""
    overwrite_freed(connection)
    gone = {"raw": "", "error": FORGOTTEN, "resolved_at": now}
    connection.execute(update(quarantined).where(quarantined.c.id == number).values(**gone))


def list_unattributed(connection: Connection, whose: Names, author_of: AuthorOf) -> list[int]:
    """Return the unread items that name this person and do not show their author: a person has to look."""
    items = _unread(connection, whose.platform, author_of)
    return [number for number, raw, names in items if names is None and whose.stand_in(raw)]


def _unread(connection: Connection, platform: str, author_of: AuthorOf) -> Iterator[tuple[int, str, Names | None]]:
    """Yield the items of a platform that could not be read: number, raw text, author."""
    unread = (quarantined.c.platform == platform, quarantined.c.stage == "poll", quarantined.c.raw != "")
    query = select(quarantined.c.id, quarantined.c.raw).where(*unread).order_by(quarantined.c.id)
    for row in connection.execute(query).all():
        yield row.id, row.raw, names_of(platform, _author_of_mention(row.raw) or author_of(platform, row.raw))


def _author_of_mention(raw: str) -> ItemAuthor | None:
    """Return the author of a mention that intake could not keep: its raw text is the mention as JSON."""
    try:
        fields = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(fields, dict) or not {"author_id", "interaction_id", "conversation_id"} <= fields.keys():
        return None
    return ItemAuthor(frozenset({str(fields["author_id"])}), frozenset({str(fields.get("author_handle") or "")} - {""}))
