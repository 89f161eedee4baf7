"""A status as the server gives it, made a Mention, an OwnPost or a BadItem."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from listener.model import Json, Mention, OwnPost, QuarantinedItem
from listener.platforms.mastodon.page_scan import Listed

_RAW_MOST = 20_000

_ACCT = re.compile(r"\w[\w.-]*(?:@\w[\w.-]*(?::\d+)?)?")

BOT = "the author is a bot: two machines that answer each other do not stop by themselves"
POLICY = "the author lets nobody like us reply to this post"


@dataclass(slots=True)
class ParsedPage:
    """A page's items by what becomes of them."""

    mentions: list[Mention] = field(default_factory=list)
    own: list[OwnPost] = field(default_factory=list)
    bad: list[QuarantinedItem] = field(default_factory=list)
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """What sorting needs. feed: "mentions", "own" or a hashtag; root: the thread of a status; begin: nothing older."""

    feed: str
    me: str
    begin: str
    root: Callable[[Json], str]

    def sort(self, items: list[Any]) -> ParsedPage:
        """Sort a page. Raises what `root` raises: a thread that cannot be read now is read with its page again."""
        into = ParsedPage()
        for item in items:
            try:
                self._place(into, item, _status(item, self.feed))
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
                into.bad.append(bad_item(item, f"{type(error).__name__}: {error}"))
        return into

    def _place(self, into: ParsedPage, item: Json, status: Json | None) -> None:
        if status is None or status.get("reblog"):
            into.skipped += 1
        elif _account(status)["id"] == self.me:
            self._place_own(into, status)
        elif self.feed == "own" or (self.begin and moment(item["created_at"]) < moment(self.begin)):
            into.skipped += 1
        else:
            into.mentions.append(_mention(status, self))

    def _place_own(self, into: ParsedPage, status: Json) -> None:
        into.skipped += self.feed != "own"
        if target := _text(status.get("in_reply_to_id")):
            into.own.append(OwnPost(_id(status), target, said(status), moment(status["created_at"])))


def listed(items: list[Any]) -> Listed:
    """The ids of a page and its oldest time, whatever else its items are."""
    whole = [item for item in items if isinstance(item, dict)]
    times = [made for item in whole if (made := _moment_or_none(item.get("created_at")))]
    return Listed([item["id"] for item in whole if _text(item.get("id"))], min(times, default=None))


def said(status: Json) -> str:
    """What a status says, as HTML: its content warning first, since that is said too."""
    content, warning = status["content"], status.get("spoiler_text")
    if not isinstance(content, str):
        raise ValueError("content is no text")
    return f"<p>{html.escape(warning)}</p>{content}" if isinstance(warning, str) and warning else content


def bad_item(item: Any, error: str) -> QuarantinedItem:
    """The item set aside under its status's id, its raw JSON capped and ASCII only."""
    inner = item.get("status") if isinstance(item, dict) else None
    told = inner if isinstance(inner, dict) else item if isinstance(item, dict) else {}
    try:
        raw = json.dumps(item, ensure_ascii=True)
    except (ValueError, RecursionError):
        raw = "(nested too deeply to be shown)"
    return QuarantinedItem(_text(told.get("id")) or "", raw[:_RAW_MOST], error[:300])


def moment(value: str) -> datetime:
    """The instant that a text names, in UTC. Raises ValueError."""
    made = datetime.fromisoformat(value)
    return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)


def _moment_or_none(value: object) -> datetime | None:
    try:
        return moment(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _status(item: Any, feed: str) -> Json | None:
    """The status of a notification (None: it tells of something else than a mention), or the item itself."""
    if not isinstance(item, dict):
        raise ValueError("not an object")
    if feed == "mentions" and item.get("type") != "mention":
        return None
    status = item.get("status") if feed == "mentions" else item
    if not isinstance(status, dict):
        raise ValueError("without a status")
    return status


def _mention(status: Json, reader: Reader) -> Mention:
    author, made = _account(status), moment(status["created_at"])
    named = any(one.get("id") == reader.me for one in _list(status, "mentions"))
    ineligible_reason = _ineligible_reason(status, author)
    return Mention(
        platform="mastodon",
        id=_id(status),
        text=said(status),
        is_html=True,
        author_id=author["id"],
        author_handle=author["acct"],
        author_name=_text(author.get("display_name")),
        author_followers=_count(author.get("followers_count")),
        created_at=max(made, _moment_or_none(status.get("edited_at")) or made),
        age_start_at=made,
        interaction_id=_id(status),
        conversation_id=reader.root(status),
        in_reply_to=_text(status.get("in_reply_to_id")),
        lang=_text(status.get("language")),
        url=_text(status.get("url")) or _text(status.get("uri")),
        is_addressed=named or reader.feed == "mentions",
        can_reply=ineligible_reason is None,
        ineligible_reason=ineligible_reason,
    )


def _ineligible_reason(status: Json, author: Json) -> str | None:
    """Why no reply should, or can, be made: a bot, or GoToSocial's interaction policy."""
    if author.get("bot") is True:
        return BOT
    policy = status.get("interaction_policy")
    rules = policy.get("can_reply") if isinstance(policy, dict) else None
    if not isinstance(rules, dict):
        return None
    allowed = {who for listed_ in rules.values() if isinstance(listed_, list) for who in listed_}
    return None if allowed & {"public", "me", "mentioned"} else POLICY


def _account(status: Json) -> Json:
    """Its handle will stand in our reply: it names one account, and nobody else."""
    account = status["account"]
    if not (
        isinstance(account, dict) and _text(account.get("id")) and _ACCT.fullmatch(_text(account.get("acct")) or "")
    ):
        raise ValueError("without an account that has an id and a handle")
    return account


def _id(status: Json) -> str:
    name = _text(status.get("id"))
    if name is None:
        raise ValueError("without an id")
    return name


def _list(status: Json, name: str) -> list[Json]:
    found = status.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**53 else None
