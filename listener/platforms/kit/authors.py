"""Who wrote a quarantined item: what `Section.item_author` of a platform is made of. Pure."""

import json

from listener.platforms.kit.values import Untrusted
from listener.protocols import ItemAuthor


def raw_object(raw: str) -> Untrusted:
    """Return the JSON object of a raw item, or an empty one if it is anything else."""
    try:
        item = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return item if isinstance(item, dict) else {}


def names_under(item: object, *keys: str) -> frozenset[str]:
    """Return the texts and numbers under these keys, as texts; none if the item is not an object."""
    values = [item.get(key) for key in keys] if isinstance(item, dict) else []
    named = (value for value in values if isinstance(value, str | int) and not isinstance(value, bool))
    return frozenset(str(value).strip() for value in named) - {""}


def item_author(ids: frozenset[str], handles: frozenset[str] = frozenset()) -> ItemAuthor | None:
    """Return the author with these ids and handles; None without any."""
    return ItemAuthor(ids, handles) if ids or handles else None
