"""The `[platforms.feed]` section of earshot.toml, and how a reply that a person will write by hand is shown."""

import ipaddress
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from listener import protocols
from listener.model import Mention, Preview
from listener.platforms.kit.section import HTTP_LOGGERS

LIMIT = 10_000  # characters; whoever writes it by hand knows the place's own


@dataclass(frozen=True, kw_only=True)
class Section(protocols.Section):
    """[platforms.feed]. urls: feeds of what is said to us (reviews, our forum); alerts: of what is said about us.

    allow_private: hosts, addresses or networks that are not public, to which a feed may redirect.
    """

    chatty_loggers = HTTP_LOGGERS

    urls: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    allow_private: tuple[str, ...] = ()

    @property
    def feeds(self) -> tuple[str, ...]:
        """All of them."""
        return *self.urls, *self.alerts

    def problems(self) -> list[tuple[str, str, str]]:
        """Return the problems that types do not catch."""
        faults = [] if self.feeds else [("urls", "has no feed", "give the address of a feed in urls or alerts")]
        faults += [("urls", f"{url!r} is not an http(s) address", "give one without user and password")
                   for url in self.feeds if not may_read(url)]  # fmt: skip
        twice = [url for url, count in Counter(self.feeds).items() if count > 1]
        faults += [("urls", f"{url} is listed twice", "remove one of them") for url in twice]
        odd = [name for name in self.allow_private if set(name) & set("/@ ") and not is_network(name)]
        do = "give a host, an address or a network, such as feeds.lan or 10.0.0.0/8"
        return faults + [("allow_private", f"{name!r} is neither a host nor a network", do) for name in odd]


def preview(text: str, mention: Mention, section: protocols.Section) -> Preview:
    """Return the text as it is; link: where a person can write it."""
    return Preview(text.strip(), len(text.strip()), LIMIT, link=mention.url)


def may_read(url: str) -> bool:
    """True for an http(s) address without credentials in it."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.username or parts.password)
    except ValueError:
        return False


def is_network(name: str) -> bool:
    """Return True for an IP address, or a network of them such as 10.0.0.0/8."""
    try:
        ipaddress.ip_network(name)
    except ValueError:
        return False
    return True
