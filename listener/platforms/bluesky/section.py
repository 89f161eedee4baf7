"""The `[platforms.bluesky]` section of earshot.toml: its keys, and what can be wrong with them."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from listener.model import Section as Base

HANDLE, PASSWORD = "EARSHOT_BLUESKY_HANDLE", "EARSHOT_BLUESKY_APP_PASSWORD"
SECRETS = (HANDLE, PASSWORD)
"""The account's handle (or its DID), and an app password of it: Settings, Privacy and security, App passwords."""

Fault = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Section(Base):
    """Keys of `[platforms.bluesky]`. search: queries beyond what Bluesky notifies us of."""

    service_url: str = "https://bsky.social"
    search: tuple[str, ...] = ()
    settle_after_seconds: float = 30.0

    @property
    def settle_after(self) -> timedelta:
        """How long a call that was given up on may still arrive; the server itself lists a record at once."""
        return timedelta(seconds=self.settle_after_seconds)

    def problems(self) -> list[Fault]:
        """Faults that types do not catch."""
        faults = [("service_url", what, 'give scheme and host alone, such as "https://bsky.social"')
                  for what in [unfit(self.service_url)] if what]  # fmt: skip
        faults += [("search", "a query is empty", "remove it") for query in self.search if not query.strip()]
        if len({query.strip() for query in self.search}) < len(self.search):
            faults.append(("search", "a query stands there twice", "leave one out"))
        if not 0 <= self.settle_after_seconds <= 86_400:
            faults.append(("settle_after_seconds", f"{self.settle_after_seconds}", "give 0 to 86400 seconds"))
        return faults

    def notes(self) -> list[str]:
        """What Bluesky asks of an automated account."""
        says = "Bluesky asks automated accounts to carry the bot label (`earshot check --online --fix` sets it)"
        return [f"{says} and to answer only who addressed them"]


def unfit(url: str) -> str:
    """Why secrets may not be sent to this server; "" when they may: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"{url!r} is no URL ({error})"
    if parts.scheme not in ("http", "https") or not host:
        return f"{url!r} is no http(s) URL"
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        return "must hold neither a user, a path, a query nor a fragment"
    return "http:// is only for this machine" if parts.scheme == "http" and not on_loopback(url) else ""


def on_loopback(url: str) -> bool:
    """True when the URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
