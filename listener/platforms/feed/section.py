"""The `[platforms.feed]` section of earshot.toml, and how a reply that a person will write by hand is shown."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from listener import protocols
from listener.model import Mention, Preview
from listener.platforms.kit.section import HTTP_LOGGERS

LIMIT = 10_000  # characters; whoever writes it by hand knows the place's own


@dataclass(frozen=True, kw_only=True)
class Section(protocols.Section):
    """[platforms.feed]. urls: feeds of what is said to us (reviews, our forum); alerts: of what is said about us."""

    chatty_loggers = HTTP_LOGGERS

    urls: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()

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
        return faults + [("urls", f"{url} is listed twice", "remove one of them") for url in twice]


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
