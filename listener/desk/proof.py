"""Mentions as evidence: that this person wrote them."""

from sqlalchemy import Connection

from listener.errors import DeskError
from listener.store import items, mentions
from listener.store.people import Person
from listener.store.records import Exchange


def require_mention_of(connection: Connection, who: Person, platform: str, mention_id: str) -> Exchange:
    """Return a mention that this person wrote. Raises DeskError."""
    key = mentions.locate(connection, platform, mention_id)
    if key is None:
        raise DeskError(f"there is no mention {platform}:{mention_id}", "`earshot log` lists them")
    item = items.item(connection, key=key)
    if (item.mention.platform, item.mention.author_id) != who:
        raise DeskError(f"mention {platform}:{mention_id} is by somebody else", "name a mention of this person")
    return item
