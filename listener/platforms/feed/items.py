"""The items of a feed as mentions: RSS and Atom through feedparser, JSON Feed by hand."""

import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from listener.errors import ReadFailed
from listener.model import Mention, QuarantinedItem
from listener.platforms.feed.parse import parse_feed
from listener.platforms.kit.items import RAW_MOST, ParsedPage
from listener.platforms.kit.response import HttpResponse
from listener.platforms.kit.values import time_in

INELIGIBLE_REASON = "a feed cannot take replies: answer where it was written"


@dataclass(slots=True)
class Item:
    """An item of a feed. body: HTML; created: None without a readable date."""

    id: str
    url: str | None
    body: str
    author: str | None
    created: datetime | None
    lang: str | None


def mention_id(url: str, item: str) -> str:
    """Return the id of a mention: two feeds may use the same ids."""
    return hashlib.sha256(f"{url}\0{item}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


class FeedItems:
    """The items of a feed, sorted into `parsed`. addressed: they are written to us."""

    def __init__(self, url: str, now: datetime, *, addressed: bool) -> None:
        self._url, self._now, self._addressed = url, now, addressed
        self.parsed = ParsedPage()
        self._dates: dict[str, datetime | None] = {}

    def add(self, item: Item | QuarantinedItem) -> None:
        """Add an item as a mention: its id names feed and item, its age counts from its date, or from now."""
        if isinstance(item, QuarantinedItem):
            self.parsed.quarantined.append(item)
            return
        name, created = mention_id(self._url, item.id), min(item.created or self._now, self._now)
        self._dates[name] = item.created
        mention = Mention(
            platform="feed",
            id=name,
            text=item.body,
            author_id=item.author or f"unknown:{name}",
            author_name=item.author,
            created_at=created,
            age_start_at=created,
            interaction_id=name,
            conversation_id=name,
            lang=item.lang,
            url=item.url,
            is_html=True,
            is_addressed=self._addressed,
            can_reply=False,
            ineligible_reason=INELIGIBLE_REASON,
        )
        self.parsed.mentions.append(mention)

    def drop_old(self, old: Sequence[str] | None, start: object) -> list[str]:
        """Drop what is old, and return its ids. old: None at the first read of a feed."""
        if old is None:
            old = [name for name, created in self._dates.items() if _before(created, start)]
        kept = [mention for mention in self.parsed.mentions if mention.id not in set(old)]
        self.parsed.skipped += len(self.parsed.mentions) - len(kept)
        self.parsed.mentions = kept
        return sorted(old)


def _before(created: datetime | None, start: object) -> bool:
    return start == "now" or (isinstance(start, datetime) and (created is None or created < start))


def items(answer: HttpResponse, url: str) -> list[Item | QuarantinedItem]:
    """Return the items of a feed, with distinct ids. Raises ReadFailed."""
    try:
        is_json = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        listed = _json_items(answer) if is_json else _xml_items(answer, url)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError) as error:
        message = f"{url} is not a feed that can be read ({' '.join(str(error).split())[:200]})"
        raise ReadFailed(message, "look at it in a browser, then correct [platforms.feed]", cause="item") from None
    links: dict[str, set[str | None]] = {}
    for item in listed:
        if isinstance(item, Item):
            links.setdefault(item.id, set()).add(item.url)
    for item in listed:
        if isinstance(item, Item) and len(links[item.id]) > 1:  # one id for all: no id at all
            item.id += f" {item.url}"
    return listed


def _json_items(answer: HttpResponse) -> list[Item | QuarantinedItem]:
    """JSON Feed, all versions (jsonfeed.org/version/1.1)."""
    feed = answer.json()
    if not str(feed.get("version")).startswith("https://jsonfeed.org/version/"):
        raise ValueError("a JSON object, but no JSON Feed")
    return [_json_item(item, feed.get("language")) for item in feed["items"]]


def _json_item(item: Any, lang: object) -> Item | QuarantinedItem:
    if not isinstance(item, dict):
        return QuarantinedItem("", str(item)[:RAW_MOST], "an item that is not an object")
    authors = item.get("authors") or [item.get("author")]
    author = authors[0] if isinstance(authors, list) and isinstance(authors[0], dict) else {}
    body = _text(item.get("content_html")) or _markup(item.get("content_text") or item.get("summary"))
    body = _markup(item.get("title")) + body
    url = _link(item.get("url")) or _link(item.get("external_url"))
    lang = _text(item.get("language")) or _text(lang)
    return _item(item.get("id"), url, body, author.get("name"), time_in(item.get("date_published")), lang)


def _xml_items(answer: HttpResponse, url: str) -> list[Item | QuarantinedItem]:
    """RSS and Atom."""
    feed = parse_feed(answer.body, answer.headers.get("content-type", ""), url)
    return [_xml_item(entry, feed["lang"]) for entry in feed["entries"]]


def _xml_item(entry: Mapping[str, Any], lang: object) -> Item | QuarantinedItem:
    title, content = entry["title"], entry["content"]
    body = _detail(title) + (_detail(content) if content.get("value") != title.get("value") else "")
    lang = _text(content.get("language")) or _text(lang)
    return _item(entry["id"], _link(entry["link"]), body, entry["author"], time_in(entry["created"]), lang)


def _item(
    name: object, url: str | None, body: str, author: object, created: datetime | None, lang: str | None
) -> Item | QuarantinedItem:
    """An item without an id is known by its link, else by its text. A number for an id is a text like any other."""
    if not body:
        return QuarantinedItem(str(url or ""), str(name)[:RAW_MOST], "an item without text")
    known = str(name) if isinstance(name, str | int) and str(name) else url
    return Item(known or hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest(), url, body,
                 _text(author), created, lang)  # fmt: skip


def _detail(detail: Mapping[str, Any]) -> str:
    value = _text(detail.get("value")) or ""
    return _markup(value) if detail.get("type") == "text/plain" else f"<p>{value}</p>" if value else ""


def _markup(text: object) -> str:
    lines = html.escape(text, quote=False).replace("\n", "<br>") if isinstance(text, str) else ""
    return f"<p>{lines}</p>" if lines else ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _link(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None
