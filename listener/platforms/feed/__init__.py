"""Feeds (RSS, Atom, JSON Feed) of review sites, forums and alerts. Nothing can be posted there: replies are by_hand.

A feed has no ids to walk by: it is read whole when it has changed, and what comes twice drops out by its id. At the
first read of a feed `start` decides what is old. Whatever is listed later is new, whatever date it bears: a moderated
review appears days after it was written.

`section` the configuration and the preview · `web` how a feed is asked for · `reading` from its bytes to its items, by
`document` and `json_pieces` (its text in pieces) and `parse` (feedparser, in a process of its own) · `items`, `dates`,
`links` an item, whatever its format · `identity` which item is which · `api` the Platform.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from listener.platforms.feed.section import Section, preview
from listener.protocols import Meter, Secrets

if TYPE_CHECKING:
    from listener.platforms.feed.api import Feed

__all__ = ["Section", "connect", "preview"]


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "Feed":
    """Return the platform named "feed". Calls nothing yet."""
    from listener.platforms.feed.api import Feed

    return Feed(section)
