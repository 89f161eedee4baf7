"""Bluesky (AT Protocol) over plain httpx. `preview` and `Section` are light; httpx is imported inside `connect` alone.

How it is put together: `section` the configuration · `times` instants and TIDs · `text` how a reply stands and is
counted, its facets · `reply` preview and the stored request · `failures` what a failed call means, the only place that
reads status codes · `session` tokens and their file · `caller` calls with a session · `items` a post as Bluesky gives
it · `embeds` pictures, quotes and content labels · `views` threadgates, blocks and labels of a post · `page_scan` how
far each feed was read · `feeds` a page of a feed · `sender` posts and finds · `profile` the "bot" label · `api` the
Platform.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from listener.platforms.bluesky.reply import preview, preview_announcement
from listener.platforms.bluesky.section import Section
from listener.protocols import Meter, Secrets

if TYPE_CHECKING:
    from listener.platforms.bluesky.api import Bluesky

__all__ = ["Section", "connect", "preview", "preview_announcement"]


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "Bluesky":
    """Return the platform named "bluesky". Calls nothing yet; session tokens lie in `folder`. Nothing is billed."""
    from listener.platforms.bluesky.api import Bluesky

    return Bluesky(section, secrets, folder)
