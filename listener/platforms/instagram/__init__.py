"""A professional account on Instagram, through Meta's Graph API: comments on its own media, media that tag it.

`preview` and `Section` are light; httpx is imported inside `connect` alone. `section` the configuration · `reply`
preview, and what Instagram asks of a comment · `items` what a comment is · `source` which calls read them · `token` its
renewal · `api` the Platform. What Facebook needs as well is in `kit.graph`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from listener.platforms.instagram.reply import preview
from listener.platforms.instagram.section import Section
from listener.protocols import Meter, Secrets

if TYPE_CHECKING:
    from listener.platforms.instagram.api import Instagram

__all__ = ["Section", "connect", "preview"]


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "Instagram":
    """Return the platform named "instagram". Calls nothing yet; nothing is billed."""
    from listener.platforms.instagram.api import Instagram

    return Instagram(section, secrets, folder)
