"""A Facebook Page, through Meta's Graph API: comments on its posts and ads, visitors' posts, posts that tag it.

`preview` and `Section` are light; httpx is imported inside `connect` alone. `section` the configuration · `reply`
preview and the stored request · `items` what a post or comment is · `source` which calls read them · `api` the
Platform. What Instagram needs as well is in `kit.graph`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from listener.platforms.facebook.reply import preview
from listener.platforms.facebook.section import Section
from listener.protocols import Meter, Secrets

if TYPE_CHECKING:
    from listener.platforms.facebook.api import Facebook

__all__ = ["Section", "connect", "preview"]


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "Facebook":
    """Return the platform named "facebook". Calls nothing yet; nothing is billed."""
    from listener.platforms.facebook.api import Facebook

    return Facebook(section, secrets, folder)
