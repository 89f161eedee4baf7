"""X through tweepy. `preview` and `Section` are light; tweepy and requests are imported inside `connect` alone.

How it is put together: `section` the configuration · `ids` snowflakes · `length`, `links`, `emoji` X's counting ·
`reply` preview and the request · `wire` tweepy with deadlines · `failures` what a failed call means, the only place
that reads status codes · `gate` when calls may be made · `caller` reads · `sender` posts · `items` a post as X gives
it · `page_scan` how far each feed was read · `money` what a call costs · `feeds` a page of a feed · `find_reply` finds
a reply · `api` the Platform.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from listener.platforms.x.reply import preview, preview_announcement
from listener.platforms.x.section import Prices, Section
from listener.protocols import Meter, Secrets

if TYPE_CHECKING:
    from listener.platforms.x.api import XPlatform

__all__ = ["Prices", "Section", "connect", "preview", "preview_announcement"]


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "XPlatform":
    """Return the platform named "x". Calls nothing yet; folder is not needed (OAuth 1.0a tokens do not rotate)."""
    from listener.platforms.x.api import XPlatform

    return XPlatform(section, secrets, meter)
