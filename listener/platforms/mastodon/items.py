"""A status as the server gives it, made a Mention, an OwnPost or a QuarantinedItem."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

from listener.feed_page import OwnPost
from listener.model import Mention
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, object_in, objects_in, require_time, text_in, time_in
from listener.platforms.mastodon.page_scan import Listed
from listener.platforms.mastodon.status import attachments, html_of, id_of, identity, is_private, labels, original

_ACCT = re.compile(r"\w[\w.-]*(?:@\w[\w.-]*(?::\d+)?)?")

BOT = "the author is a bot: two programs could answer each other without end"
ADDRESSING = ("mention", "quote")  # types of notifications about somebody who speaks to us
POLICY = "the author does not let accounts like ours reply to this post"


class Author(TypedDict):
    """The account of a status, as far as it is checked: the rest may be anything."""

    id: str
    acct: str
    display_name: NotRequired[object]
    followers_count: NotRequired[object]
    bot: NotRequired[object]


@dataclass(frozen=True, slots=True)
class Reader:
    """What sorting needs. feed: "mentions", "own" or a hashtag; thread: of a status; begin: nothing older."""

    feed: str
    me: str
    begin: str
    thread: Callable[[Untrusted], str]

    def parse_page(self, items: Sequence[object]) -> ParsedPage:
        """Sort a page."""
        page = ParsedPage()
        page.sort(items, lambda item: self._place(page, item, _status(item, self.feed)), _readable_id)
        return page

    def _place(self, into: ParsedPage, item: object, status: Untrusted | None) -> None:
        if status is None:
            into.skipped += 1
        elif _account(status)["id"] == self.me:
            self._place_own(into, status)
        elif self.feed == "own" or self._is_old(item):
            into.skipped += 1
        else:
            into.mentions.append(_mention(status, self))

    def _is_old(self, item: object) -> bool:
        created = object_in(item).get("created_at")
        return self.begin != "" and require_time(created) < require_time(self.begin)

    def _place_own(self, into: ParsedPage, status: Untrusted) -> None:
        into.skipped += self.feed != "own"
        if target := text_in(status.get("in_reply_to_id")):
            into.brand_posts.append(OwnPost(id_of(status), target, html_of(status), require_time(status["created_at"])))


def listed(items: Sequence[object]) -> Listed:
    """The ids of a page and its oldest time, whatever else its items are."""
    whole = objects_in(items)
    times = [created for item in whole if (created := time_in(item.get("created_at")))]
    return Listed([str(item["id"]) for item in whole if text_in(item.get("id"))], min(times, default=None))


def _readable_id(item: object) -> str:
    """The id of the status in a notification, or of the item itself."""
    return text_in(object_in(object_in(item).get("status") or item).get("id")) or ""


def _status(item: object, feed: str) -> Untrusted | None:
    """The status of a notification (None: nobody speaks to us in it), or the item itself."""
    if not isinstance(item, dict):
        raise ValueError("not an object")
    if feed == "mentions" and item.get("type") not in ADDRESSING:
        return None
    status = item.get("status") if feed == "mentions" else item
    if not isinstance(status, dict):
        raise ValueError("without a status")
    return original(status)


def _mention(status: Untrusted, reader: Reader) -> Mention:
    author, created = _account(status), require_time(status["created_at"])
    named = any(person.get("id") == reader.me for person in objects_in(status.get("mentions")))
    ineligible_reason = _ineligible_reason(status, author)
    return Mention(
        platform="mastodon",
        id=id_of(status),
        text=html_of(status),
        is_html=True,
        author_id=author["id"],
        author_handle=author["acct"],
        author_name=text_in(author.get("display_name")),
        author_followers=_count(author.get("followers_count")),
        created_at=max(created, time_in(status.get("edited_at")) or created),
        age_start_at=created,
        interaction_id=identity(status),
        conversation_id=reader.thread(status),
        in_reply_to=text_in(status.get("in_reply_to_id")),
        lang=text_in(status.get("language")),
        url=text_in(status.get("url")) or text_in(status.get("uri")),
        is_addressed=named or reader.feed == "mentions",
        can_reply=ineligible_reason is None,
        ineligible_reason=ineligible_reason,
        is_private=is_private(status),
        attachments=attachments(status),
        labels=labels(status),
    )


def _ineligible_reason(status: Untrusted, author: Author) -> str | None:
    """Why no reply should, or can, be created: a bot, or GoToSocial's interaction policy."""
    if author.get("bot") is True:
        return BOT
    policy = status.get("interaction_policy")
    rules = policy.get("can_reply") if isinstance(policy, dict) else None
    if not isinstance(rules, dict):
        return None
    allowed = {who for listed_ in rules.values() if isinstance(listed_, list) for who in listed_}
    return None if allowed & {"public", "me", "mentioned"} else POLICY


def _account(status: Untrusted) -> Author:
    """Its handle will stand in our reply: it names one account, and nobody else."""
    account = object_in(status["account"])
    if not text_in(account.get("id")) or not _ACCT.fullmatch(text_in(account.get("acct")) or ""):
        raise ValueError("without an account that has an id and a handle")
    return cast(Author, account)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**53 else None
