"""An item of a feed, whatever its format, and how it becomes a mention. Pure."""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from listener.model import Mention
from listener.platforms.feed.dates import xml_time
from listener.platforms.feed.links import identifying_uri
from listener.platforms.feed.parse import Answer
from listener.platforms.kit.values import time_in

INELIGIBLE_REASON = "a feed cannot take replies: answer where it was written"
_EMAIL = re.compile(r"[^\s<>()\"',;]+@[^\s<>()\"',;]+")
_SHARED_EMAIL = re.compile(r"(?:no|do-?not|donot)[._-]?reply", re.IGNORECASE)  # one address for all who write there
_LONGEST_AUTHOR = 1_000  # characters that are searched for an address


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed. body: HTML; author: the display name; author_id: what identifies the author, if anything.

    published: when it was written, if the feed says so; created: the same, else when it was changed.
    """

    guid: str
    url: str | None
    title: str
    body: str
    author: str | None
    author_id: str | None
    published: datetime | None
    created: datetime | None
    lang: str | None


def json_item(item: Any, lang: object) -> Item:
    """Return an item of a JSON Feed (jsonfeed.org/version/1.1). Raises ValueError and what else a wrong type raises."""
    if not isinstance(item, dict):
        raise ValueError("an item that is not an object")
    authors = item.get("authors") or [item.get("author")]
    author = authors[0] if isinstance(authors, list) and isinstance(authors[0], dict) else {}
    title = _markup(item.get("title"))
    body = _text(item.get("content_html")) or _markup(item.get("content_text") or item.get("summary"))
    written = time_in(item.get("date_published"))
    return _checked(
        Item(
            guid=_guid(item.get("id")),
            url=_link(item.get("url")) or _link(item.get("external_url")),
            title=title,
            body=title + body,
            author=_text(author.get("name")),
            author_id=identifying_uri(_text(author.get("url"))),
            published=written,
            created=written or time_in(item.get("date_modified")),
            lang=_text(item.get("language")) or _text(lang),
        )
    )


def xml_item(entry: Answer, lang: object) -> Item:
    """Return an item of RSS or Atom. Raises ValueError."""
    title, content = entry["title"], entry["content"]
    author, author_id = _author(entry)
    published = xml_time(entry["published"])
    return _checked(
        Item(
            guid=_guid(entry["id"]),
            url=_link(entry["link"]),
            title=_detail(title),
            body=_detail(title) + (_detail(content) if content.get("value") != title.get("value") else ""),
            author=author,
            author_id=author_id,
            published=published,
            created=published or xml_time(entry["updated"]),
            lang=_text(content.get("language")) or _text(lang),
        )
    )


def as_mention(item: Item, mention_id: str, interaction_id: str, now: datetime, *, addressed: bool) -> Mention:
    """Return the mention: its age counts from its date, or from now.

    A display name identifies nobody ("A Google user" is thousands), so an author of whom no more is known is the item's
    own: no history, opt-out or erasure reaches further than this item.
    """
    created = min(item.created or now, now)
    return Mention(
        platform="feed",
        id=mention_id,
        text=item.body,
        author_id=item.author_id or f"unknown:{mention_id}",
        author_name=item.author,
        created_at=created,
        age_start_at=created,
        interaction_id=interaction_id,
        conversation_id=interaction_id,
        lang=item.lang,
        url=item.url,
        is_html=True,
        is_addressed=addressed,
        can_reply=False,
        ineligible_reason=INELIGIBLE_REASON,
    )


def _checked(item: Item) -> Item:
    if not item.body:
        raise ValueError("an item without text")
    return item if item.title else replace(item, title="")


def _author(entry: Answer) -> tuple[str | None, str | None]:
    """Return the display name, and what identifies the author: a page of their own, else a mail address."""
    written = (_text(entry["author"]) or "")[:_LONGEST_AUTHOR]
    email = _EMAIL.search(written)
    name = written.replace(email[0], "").strip(" ()<>\"',;") if email else written.strip()
    is_own = email is not None and not _SHARED_EMAIL.match(email[0])
    own_email = email[0].lower() if email is not None and is_own else None
    return name or written.strip() or None, identifying_uri(_text(entry["author_uri"])) or own_email


def _guid(value: object) -> str:
    """A number for an id is a text like any other."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _detail(detail: Answer) -> str:
    value = _text(detail.get("value")) or ""
    return _markup(value) if detail.get("type") == "text/plain" else f"<p>{value}</p>" if value else ""


def _markup(text: object) -> str:
    lines = html.escape(text, quote=False).replace("\n", "<br>") if isinstance(text, str) else ""
    return f"<p>{lines}</p>" if lines else ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _link(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None
