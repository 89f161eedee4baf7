"""A site with a feed on loopback: RSS, Atom or JSON Feed of what was written there, with ETag and Last-Modified."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from tests.fakes.loopback import Call, Loopback, Reply

Shape = Literal["rss", "atom", "json"]


@dataclass
class Entry:
    """An item. body: HTML; id, link, made: left out where empty."""

    id: str
    body: str
    made: datetime | None
    title: str = ""
    link: str = ""
    author: str = "ada"


@dataclass
class Site:
    """What stands in the feed, newest last. hidden: ids that are not listed yet; twice: every item is listed twice."""

    shape: Shape = "rss"
    entries: list[Entry] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    twice: bool = False
    blank: int = 0  # so many times to come the feed is empty

    def text(self) -> str:
        """The whole feed."""
        listed = [entry for entry in reversed(self.entries) if entry.id not in self.hidden]
        if self.blank:
            self.blank, listed = self.blank - 1, []
        listed = [item for item in listed for _ in range(2 if self.twice else 1)]
        return {"rss": _rss, "atom": _atom, "json": _json}[self.shape](listed)


class FeedServer(Loopback):
    """Sites by their path. Conditional requests are kept to where `conditional` says so."""

    def __init__(self) -> None:
        super().__init__()
        self.sites: dict[str, Site] = {}
        self.conditional = True

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """The endpoint's name is the path."""
        return call.path, lambda: self._answer(call)

    def _answer(self, call: Call) -> Reply:
        site = self.sites.get(call.path)
        if site is None:
            return 404, "<html>no such feed</html>"
        text = site.text()
        self.headers["ETag"] = etag(text)
        same = self.conditional and call.headers.get("if-none-match") == etag(text)
        return (304, "") if same else (200, text)


def etag(text: str) -> str:
    """Of these words."""
    return f'"{hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]}"'


def _rss(entries: list[Entry]) -> str:
    def item(one: Entry) -> str:
        parts = [f"<guid isPermaLink='false'>{escape(one.id)}</guid>"] * bool(one.id)
        parts += [f"<title>{escape(one.title)}</title>"] * bool(one.title)
        parts += [f"<link>{escape(one.link)}</link>"] * bool(one.link)
        parts += [f"<pubDate>{format_datetime(one.made)}</pubDate>"] if one.made else []
        parts += [f"<author>{escape(one.author)}</author>"] * bool(one.author)
        return f"<item>{''.join(parts)}<description>{escape(one.body)}</description></item>"

    head = "<title>Reviews</title><link>https://reviews.example</link><language>en</language>"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{''.join(map(item, entries))}</channel></rss>"


def _atom(entries: list[Entry]) -> str:
    def entry(one: Entry) -> str:
        parts = [f"<id>{escape(one.id)}</id>"] * bool(one.id)
        parts += [f"<title type='text'>{escape(one.title)}</title>"] * bool(one.title)
        parts += [f"<link href={quoteattr(one.link)}/>"] * bool(one.link)
        parts += [f"<published>{one.made.isoformat()}</published>"] if one.made else []
        parts += [f"<author><name>{escape(one.author)}</name></author>"] * bool(one.author)
        return f"<entry>{''.join(parts)}<content type='html'>{escape(one.body)}</content></entry>"

    start = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Reviews</title>"
    return f"{start}{''.join(map(entry, entries))}</feed>"


def _json(entries: list[Entry]) -> str:
    def item(one: Entry) -> dict[str, object]:
        told = {"id": one.id, "url": one.link, "title": one.title, "content_html": one.body}
        made = {"date_published": one.made.isoformat()} if one.made else {}
        return {name: value for name, value in told.items() if value} | made | {"authors": [{"name": one.author}]}

    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Reviews", "language": "en"}
    return json.dumps({**head, "items": [item(entry) for entry in entries]})
