"""The items of a page by what becomes of them. One that cannot be read is quarantined and stops no other."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from listener.errors import PlatformError
from listener.feed_page import OwnPost, QuarantinedItem
from listener.model import Mention

Item = TypeVar("Item")

RAW_MOST = 20_000  # characters kept of an item that cannot be read


@dataclass(slots=True)
class ParsedPage:
    """skipped: how many items are nobody's mention of us, such as likes, reposts, or what came before the first run."""

    mentions: list[Mention] = field(default_factory=list)
    brand_posts: list[OwnPost] = field(default_factory=list)
    quarantined: list[QuarantinedItem] = field(default_factory=list)
    skipped: int = 0

    def sort(self, items: Iterable[Item], place: Callable[[Item], None], item_id: Callable[[Item], str]) -> None:
        """Let `place` put each item into this page; quarantine those that it cannot read, whatever it raises.

        item_id: the id of the mention that an item holds, as far as it can be read; else "".
        """
        for item in items:
            try:
                place(item)
            except PlatformError:
                raise  # a call that `place` needs has failed: that is not the item's fault
            except Exception as error:  # noqa: BLE001 - parsers raise what they like: it costs this item, never the page
                self.quarantined.append(quarantine(item, _id_of(item, item_id), f"{type(error).__name__}: {error}"))


def _id_of(item: Item, item_id: Callable[[Item], str]) -> str:
    try:
        return item_id(item)
    except Exception:  # noqa: BLE001 - as above
        return ""


def quarantine(item: object, mention_id: str, error: str) -> QuarantinedItem:
    """Return the item with its raw JSON, which is capped and ASCII only."""
    try:
        raw = json.dumps(item, ensure_ascii=True)
    except (ValueError, TypeError, RecursionError):
        raw = "(nested too deeply to be shown)"
    return QuarantinedItem(mention_id, raw[:RAW_MOST], error[:300])
