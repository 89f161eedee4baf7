"""What exists on the fake: statuses, who wrote them, and when they are listed."""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class Person:
    """An account. acct: with its server when it is a remote one."""

    id: str
    acct: str
    bot: bool = False

    def told(self) -> Json:
        """As the API tells it."""
        name = self.acct.partition("@")[0]
        return {"id": self.id, "acct": self.acct, "username": name, "display_name": name.title(), "bot": self.bot}


@dataclass
class Status:
    """A status. notice: the id of its notification, "" when nobody is notified; kind: its type; raw: told instead.

    uri: what an edit never changes; filtered: its notification is told to who asks for filtered ones; boosted_by: it is
    told as that person's boost, as snac does; favourited, reblogged: by us.
    """

    id: str
    author: Person
    content: str
    created_at: datetime
    listed_at: datetime
    notice: str = ""
    mentions: list[str] = field(default_factory=list)
    reply_to: str | None = None
    visibility: str = "public"
    spoiler: str = ""
    language: str | None = "en"
    tags: list[str] = field(default_factory=list)
    edited_at: datetime | None = None
    deleted: bool = False
    interaction_policy: Json | None = None
    raw: Json | None = None
    uri: str = ""
    kind: str = "mention"
    filtered: bool = False
    sensitive: bool = False
    media: list[Json] = field(default_factory=list)
    poll: Json | None = None
    quote: Json | None = None
    boosted_by: Person | None = None
    favourited: bool = False
    reblogged: bool = False

    def __post_init__(self) -> None:
        self.uri = self.uri or f"https://social.example/users/{self.author.acct}/statuses/{self.id}"

    def told(self) -> Json:
        """As the API tells it."""
        if self.raw is not None:
            return self.raw
        status: Json = {
            "id": self.id,
            "uri": self.uri,
            "created_at": stamp(self.created_at),
            "edited_at": stamp(self.edited_at) if self.edited_at else None,
            "in_reply_to_id": self.reply_to,
            "content": self.content,
            "spoiler_text": self.spoiler,
            "visibility": self.visibility,
            "sensitive": self.sensitive,
            "media_attachments": self.media,
            "poll": self.poll,
            "quote": self.quote,
            "language": self.language,
            "url": f"https://social.example/@{self.author.acct}/{self.id}",
            "account": self.author.told(),
            "mentions": [{"id": mention} for mention in self.mentions],
            "tags": [{"name": tag} for tag in self.tags],
            "reblog": None,
            "favourited": self.favourited,
            "reblogged": self.reblogged,
        }
        status |= {"interaction_policy": self.interaction_policy} if self.interaction_policy else {}
        if self.boosted_by is None:
            return status
        return {
            **status,
            "uri": f"{self.uri}/boost",
            "account": self.boosted_by.told(),
            "content": "",
            "reblog": status,
        }

    def notification(self) -> Json:
        """As the API tells of it."""
        told = {"id": self.notice, "type": self.kind, "created_at": stamp(self.created_at)}
        return told | {"account": self.author.told(), "status": self.told()}


def stamp(moment: datetime) -> str:
    """Milliseconds and Z, as all three servers write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def markup(text: str) -> str:
    """A text as a server keeps it: escaped, with paragraphs, links and handles marked up."""
    told = html.escape(text, quote=False)
    told = re.sub(r"https?://[^\s<]+[\w/]", r'<a href="\g<0>"><span class="ellipsis">\g<0></span></a>', told)
    told = re.sub(
        r"@(\w+)(@[\w.-]+\w)?",
        r'<span class="h-card"><a href="https://social.example/@\1" class="u-url mention">@<span>\1</span></a></span>',
        told,
    )
    return "<p>" + told.replace("\n", "<br />") + "</p>"
