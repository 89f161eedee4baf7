"""What a feed says: RSS and Atom through feedparser, JSON Feed by hand; each item made a Mention or a BadItem."""

import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from listener.errors import ReadFailed
from listener.model import Mention, QuarantinedItem
from listener.platforms.feed.parse import parsed
from listener.platforms.kit.response import HttpResponse

INELIGIBLE_REASON = "a feed takes no replies: answer where it was written"
_RAW = 20_000


@dataclass(slots=True)
class Item:
    """What an item says. body: HTML; made: None where it bears no readable date."""

    id: str
    url: str | None
    body: str
    author: str | None
    made: datetime | None
    lang: str | None


def called(url: str, item: str) -> str:
    """The id of a mention: two feeds may use the same ids."""
    return hashlib.sha256(f"{url}\0{item}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


class Found:
    """The items of a feed by what becomes of them."""

    def __init__(self) -> None:
        self.mentions: list[Mention] = []
        self.bad: list[QuarantinedItem] = []
        self.skipped = 0
        self._dated: dict[str, datetime | None] = {}

    def add(self, item: Item | QuarantinedItem, url: str, now: datetime, *, addressed: bool) -> None:
        """One item as a mention: its id names feed and item, its age counts from its date, or from now."""
        if isinstance(item, QuarantinedItem):
            self.bad.append(item)
            return
        name = called(url, item.id)
        made = min(item.made or now, now)
        told: Any = {"author_name": item.author, "lang": item.lang, "url": item.url}
        told |= {"is_html": True, "is_addressed": addressed, "can_reply": False, "ineligible_reason": INELIGIBLE_REASON}
        self._dated[name] = item.made
        author = item.author or f"unknown:{name}"
        self.mentions.append(Mention("feed", name, item.body, author, made, made, name, name, **told))

    def without(self, old: set[str] | None, start: object) -> list[str]:
        """Drop what is old, and return its ids. old: None at the first read of a feed."""
        if old is None:
            old = {name for name, made in self._dated.items() if _before(made, start)}
        kept = [one for one in self.mentions if one.id not in old]
        self.skipped += len(self.mentions) - len(kept)
        self.mentions = kept
        return sorted(old)


def _before(made: datetime | None, start: object) -> bool:
    return start == "now" or (isinstance(start, datetime) and (made is None or made < start))


def items(answer: HttpResponse, url: str) -> list[Item | QuarantinedItem]:
    """The items of a feed, whose ids are made distinct. Raises Unavailable."""
    try:
        told = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
        found = _json_items(answer) if told.startswith(b"{") else _xml_items(answer, url)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError) as error:
        message = f"{url} is no feed that can be read ({' '.join(str(error).split())[:200]})"
        raise ReadFailed(message, "look at it in a browser, then correct [platforms.feed]", cause="item") from None
    links: dict[str, set[str | None]] = {}
    for item in found:
        if isinstance(item, Item):
            links.setdefault(item.id, set()).add(item.url)
    for item in found:
        if isinstance(item, Item) and len(links[item.id]) > 1:  # one id for all: no id at all
            item.id += f" {item.url}"
    return found


def _json_items(answer: HttpResponse) -> list[Item | QuarantinedItem]:
    """JSON Feed, all versions (jsonfeed.org/version/1.1)."""
    feed = answer.json()
    if not str(feed.get("version")).startswith("https://jsonfeed.org/version/"):
        raise ValueError("a JSON object, but no JSON Feed")
    return [_json_item(one, feed.get("language")) for one in feed["items"]]


def _json_item(one: Any, lang: object) -> Item | QuarantinedItem:
    if not isinstance(one, dict):
        return QuarantinedItem("", str(one)[:_RAW], "an item that is no object")
    authors = one.get("authors") or [one.get("author")]
    author = authors[0] if isinstance(authors, list) and isinstance(authors[0], dict) else {}
    body = _text(one.get("content_html")) or _markup(one.get("content_text") or one.get("summary"))
    body = _markup(one.get("title")) + body
    url = _link(one.get("url")) or _link(one.get("external_url"))
    lang = _text(one.get("language")) or _text(lang)
    return _item(one.get("id"), url, body, author.get("name"), _moment(one.get("date_published")), lang)


def _xml_items(answer: HttpResponse, url: str) -> list[Item | QuarantinedItem]:
    """RSS and Atom."""
    told = parsed(answer.body, answer.headers.get("content-type", ""), url)
    return [_xml_item(one, told["lang"]) for one in told["entries"]]


def _xml_item(one: Mapping[str, Any], lang: object) -> Item | QuarantinedItem:
    title, said = one["title"], one["said"]
    body = _detail(title) + (_detail(said) if said.get("value") != title.get("value") else "")
    lang = _text(said.get("language")) or _text(lang)
    return _item(one["id"], _link(one["link"]), body, one["author"], _moment(one["made"]), lang)


def _item(
    name: object, url: str | None, body: str, author: object, made: datetime | None, lang: str | None
) -> Item | QuarantinedItem:
    """An item without an id is known by its link, else by what it says. A number for an id is a text like any other."""
    if not body:
        return QuarantinedItem(str(url or ""), str(name)[:_RAW], "an item that says nothing")
    known = str(name) if isinstance(name, str | int) and str(name) else url
    return Item(known or hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest(), url, body,
                 _text(author), made, lang)  # fmt: skip


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


def _moment(value: object) -> datetime | None:
    """The instant that a text names; None when it names none."""
    try:
        made = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if made is None else made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
