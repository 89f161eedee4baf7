"""A post as X gives it, made a Mention, an OwnPost or a QuarantinedItem."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from listener.feed_page import OwnPost
from listener.model import Mention
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, object_in, require_time
from listener.platforms.x.attachments import attachments
from listener.platforms.x.expansions import Expanded
from listener.platforms.x.ids import is_id
from listener.platforms.x.post import (
    Post,
    check,
    clean,
    entities_of,
    full_text,
    interaction_of,
    references_of,
    text_of,
)

_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(\w{1,15})/status/(\d{1,19})", re.IGNORECASE)

NOT_SUMMONED = "X accepts replies through its API only to who @mentions or quotes us; this only replies to our post"
NOT_ADDRESSED = "found by search: it neither mentions, quotes nor answers us, and X forbids such replies"


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Our account, and the sister accounts whose posts are dropped."""

    id: str
    name: str
    sisters: frozenset[str] = frozenset()


def parse_page(items: Sequence[object], expanded: Expanded, us: OwnAccount, feed: str, begin: str) -> ParsedPage:
    """Sort a page. feed: "mentions", "own" or a search; begin: posts up to this id are older than the first run."""
    page, names = ParsedPage(), _names(items)
    page.sort(items, lambda item: _place(page, item, expanded, names, us, feed, begin), _readable_id)
    return page


def _readable_id(item: object) -> str:
    known = object_in(item).get("id")
    return known if is_id(known) else ""


def _place(
    into: ParsedPage,
    raw: object,
    expanded: Expanded,
    names: Mapping[str, str],
    us: OwnAccount,
    feed: str,
    begin: str,
) -> None:
    item = check(raw)
    references = references_of(item)
    if begin and int(item["id"]) <= int(begin):
        into.skipped += 1
    elif item["author_id"] == us.id:
        into.skipped += feed != "own"
        if "replied_to" in references:
            into.brand_posts.append(_own(item, references))
    elif feed == "own" or "retweeted" in references or item["author_id"] in us.sisters:
        into.skipped += 1
    else:
        into.mentions.append(_mention(item, expanded, names, us, feed))


def _mention(item: Post, expanded: Expanded, names: Mapping[str, str], us: OwnAccount, feed: str) -> Mention:
    created, author = require_time(item["created_at"]), expanded.users.get(item["author_id"], {})
    references, addressed, ineligible_reason = references_of(item), *_eligibility(item, us, feed)
    quoted = None if _quotes_us(item, us, feed) else references.get("quoted")
    return Mention(
        platform="x",
        id=item["id"],
        text=full_text(item),
        author_id=item["author_id"],
        created_at=created,
        age_start_at=created,
        interaction_id=interaction_of(item),
        conversation_id=item["conversation_id"],
        author_handle=text_of(author.get("username")) or names.get(item["author_id"]),
        author_name=text_of(author.get("name")),
        author_followers=_followers(author),
        in_reply_to=references.get("replied_to"),
        lang=text_of(item.get("lang")),
        url=f"https://x.com/i/status/{item['id']}",
        is_addressed=addressed,
        can_reply=ineligible_reason is None,
        ineligible_reason=ineligible_reason,
        attachments=tuple(attachments(item, expanded, quoted)),
        labels=("sensitive",) if item.get("possibly_sensitive") is True else (),
    )


def _own(item: Post, references: Mapping[str, str]) -> OwnPost:
    return OwnPost(item["id"], references.get("replied_to"), full_text(item), require_time(item["created_at"]))


def _eligibility(item: Post, us: OwnAccount, feed: str) -> tuple[bool, str | None]:
    """(addressed, why no reply is possible): X takes one when the author @mentioned us or quotes a post of ours."""
    if _mentions_us(item, us) or _quotes_us(item, us, feed):
        return True, None
    if item.get("in_reply_to_user_id") == us.id or (feed == "mentions" and "replied_to" in references_of(item)):
        return True, NOT_SUMMONED
    return (True, "listed among our mentions without naming us") if feed == "mentions" else (False, NOT_ADDRESSED)


def _mentions_us(item: Post, us: OwnAccount) -> bool:
    for mention in entities_of(item, "mentions"):
        if mention.get("id") == us.id or str(mention.get("username", "")).casefold() == us.name.casefold():
            return True
    return bool(re.search(rf"(?<![\w@＠])[@＠]{re.escape(us.name)}(?!\w)", full_text(item), re.IGNORECASE | re.ASCII))


def _quotes_us(item: Post, us: OwnAccount, feed: str) -> bool:
    """A quote in our mentions feed is one of ours; elsewhere the quoted post's link names its author."""
    quoted = references_of(item).get("quoted")
    if quoted is None:
        return False
    links = [_STATUS.match(str(entity.get("expanded_url", ""))) for entity in entities_of(item, "urls")]
    authors = {link[1].casefold() for link in links if link and link[2] == quoted} - {"i"}
    return us.name.casefold() in authors if authors else feed == "mentions" and "replied_to" not in references_of(item)


def _followers(author: Untrusted) -> int | None:
    count = object_in(author.get("public_metrics")).get("followers_count")
    return count if isinstance(count, int) and 0 <= count < 2**53 else None


def _names(items: Sequence[object]) -> dict[str, str]:
    """Account id -> handle, as far as the page's own mentions tell for nothing."""
    known = {}
    for item in items:
        for mention in entities_of(object_in(item), "mentions"):
            account, name = mention.get("id"), mention.get("username")
            if is_id(account) and isinstance(name, str):
                known[account] = clean(name)
    return known
