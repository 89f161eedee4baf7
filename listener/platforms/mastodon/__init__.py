"""Mastodon and what speaks its client API (GoToSocial, snac, Pleroma …), over plain httpx.

`preview` and `Section` are light; httpx is imported inside `connect` alone. How it is put together: `section` the
configuration · `text` how a text stands and is counted · `reply` preview and the stored request · `failures` what a
failed call means, the only place that reads status codes · `caller` reads, who we are · `status` which post a status
is, who can read it, what else was said · `threads` its conversation · `items` sorts a page · `page_scan` how far a feed
was read · `feeds` a page of a feed · `sender` posts and finds · `remarks` for `check --online` · `api` the Platform.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from listener.platforms.mastodon.reply import preview, preview_announcement
from listener.platforms.mastodon.section import Section
from listener.protocols import Meter, Secrets

if TYPE_CHECKING:
    from listener.platforms.mastodon.api import Mastodon

__all__ = ["Section", "connect", "preview", "preview_announcement"]


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "Mastodon":
    """Return the platform named "mastodon". Calls nothing yet; nothing is billed, and no token rotates."""
    from listener.platforms.mastodon.api import Mastodon

    return Mastodon(section, secrets)
