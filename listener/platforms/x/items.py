"""A post as X gives it, in either vocabulary (`tweet.*`, `post.*`), made a Mention, an OwnPost or a QuarantinedItem."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from listener.feed_page import OwnPost
from listener.model import Json, Mention
from listener.platforms.kit import values
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import objects_in, require_time
from listener.platforms.x.ids import is_id, lowest

REQUIRED = ("id", "text", "author_id", "created_at", "conversation_id")
"""Keys without which a post cannot be judged: X answers 200 and leaves out fields whose name it no longer knows."""

_THREADS = 3  # posts inside threads, none of which refers to anything: no accident
_TEXT_MOST = 50_000  # characters kept; X's own limit is 25,000
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(\w{1,15})/status/(\d{1,19})", re.IGNORECASE)
_MEDIA = {"3": "picture", "7": "video", "13": "video", "16": "animation"}  # first part of a media key
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # X escapes these three in `text`, the ampersand last

NOT_SUMMONED = "X accepts replies through its API only to who @mentions or quotes us; this only replies to our post"
NOT_ADDRESSED = "found by search: it neither mentions, quotes nor answers us, and X forbids such replies"


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Our account, and the sister accounts whose posts are dropped."""

    id: str
    name: str
    sisters: frozenset[str] = frozenset()


def parse_page(items: list[Any], users: Mapping[str, Json], us: OwnAccount, feed: str, begin: str) -> ParsedPage:
    """Sort a page. feed: "mentions", "own" or a search; begin: posts up to this id are older than the first run."""
    page, names = ParsedPage(), _names(items)
    page.sort(items, lambda item: _place(page, item, users, names, us, feed, begin), _readable_id)
    return page


def _readable_id(item: Any) -> str:
    known = item.get("id") if isinstance(item, dict) else None
    return known if is_id(known) else ""


def _place(
    into: ParsedPage,
    item: Json,
    users: Mapping[str, Json],
    names: Mapping[str, str],
    us: OwnAccount,
    feed: str,
    begin: str,
) -> None:
    check(item)
    references = _references(item)
    if begin and int(item["id"]) <= int(begin):
        into.skipped += 1
    elif item["author_id"] == us.id:
        into.skipped += feed != "own"
        if "replied_to" in references:
            into.brand_posts.append(_own(item, references))
    elif feed == "own" or "retweeted" in references or item["author_id"] in us.sisters:
        into.skipped += 1
    else:
        into.mentions.append(_mention(item, users, names, us, feed))


def check(item: Json) -> None:
    """Raises ValueError naming the key that is missing or of a wrong type."""
    if not isinstance(item, dict):
        raise ValueError("not an object")
    for key in REQUIRED:
        if not isinstance(item.get(key), str):
            raise ValueError(f"{key} is missing or not a text")
    for key in ("id", "author_id", "conversation_id"):
        if not is_id(item[key]):
            raise ValueError(f"{key} is not an id")


def missing(items: list[Any]) -> str | None:
    """The required key that every post of this page lacks: X has renamed it, or no longer knows our parameter."""
    objects = [item for item in items if isinstance(item, dict)]
    lost = [key for key in REQUIRED if objects and all(key not in item for item in objects)]
    inside = [item for item in objects if _in_thread(item)]
    if not lost and len(inside) >= _THREADS and not any(_listed_references(item) for item in inside):
        return "referenced_tweets"
    return lost[0] if lost else None


def _in_thread(item: Json) -> bool:
    """A post of another one's conversation, so that it must refer to something."""
    conversation, history = item.get("conversation_id"), _history(item)
    edits = history if isinstance(history, list) else []
    return is_id(conversation) and conversation != item.get("id") and conversation not in edits


def _mention(item: Json, users: Mapping[str, Json], names: Mapping[str, str], us: OwnAccount, feed: str) -> Mention:
    created, author = require_time(item["created_at"]), users.get(item["author_id"], {})
    references, addressed, ineligible_reason = _references(item), *_eligibility(item, us, feed)
    return Mention(
        platform="x",
        id=item["id"],
        text=full_text(item),
        author_id=item["author_id"],
        created_at=created,
        age_start_at=created,
        interaction_id=_interaction(item),
        conversation_id=item["conversation_id"],
        author_handle=_text(author.get("username")) or names.get(item["author_id"]),
        author_name=_text(author.get("name")),
        author_followers=_followers(author),
        in_reply_to=references.get("replied_to"),
        lang=_text(item.get("lang")),
        url=f"https://x.com/i/status/{item['id']}",
        is_addressed=addressed,
        can_reply=ineligible_reason is None,
        ineligible_reason=ineligible_reason,
        attachments=tuple(_attachments(item, None if _quotes_us(item, us, feed) else references.get("quoted"))),
        labels=("sensitive",) if item.get("possibly_sensitive") is True else (),
    )


def _attachments(item: Json, quoted: str | None) -> Iterator[str]:
    """Yield what was said besides words. quoted: somebody else's post.

    The key of a picture tells its kind; its alternative text X gives as an expansion alone, whose price nobody knows.
    """
    attached = item.get("attachments")
    attached = attached if isinstance(attached, dict) else {}
    for key in _listed(attached, "media_keys"):
        yield _MEDIA.get(str(key).partition("_")[0], "picture or video")
    if _listed(attached, "poll_ids"):
        yield "poll"
    if quoted:
        yield f"quote: https://x.com/i/status/{quoted}"


def _listed(value: Json, key: str) -> list[Any]:
    items = value.get(key)
    return items if isinstance(items, list) else []


def _own(item: Json, references: Mapping[str, str]) -> OwnPost:
    return OwnPost(item["id"], references.get("replied_to"), full_text(item), require_time(item["created_at"]))


def _eligibility(item: Json, us: OwnAccount, feed: str) -> tuple[bool, str | None]:
    """(addressed, why no reply is possible): X takes one when the author @mentioned us or quotes a post of ours."""
    if _mentions_us(item, us) or _quotes_us(item, us, feed):
        return True, None
    if item.get("in_reply_to_user_id") == us.id or (feed == "mentions" and "replied_to" in _references(item)):
        return True, NOT_SUMMONED
    return (True, "listed among our mentions without naming us") if feed == "mentions" else (False, NOT_ADDRESSED)


def _mentions_us(item: Json, us: OwnAccount) -> bool:
    for mention in _entities(item, "mentions"):
        if mention.get("id") == us.id or str(mention.get("username", "")).casefold() == us.name.casefold():
            return True
    return bool(re.search(rf"(?<![\w@＠])[@＠]{re.escape(us.name)}(?!\w)", full_text(item), re.IGNORECASE | re.ASCII))


def _quotes_us(item: Json, us: OwnAccount, feed: str) -> bool:
    """A quote in our mentions feed is one of ours; elsewhere the quoted post's link names its author."""
    quoted = _references(item).get("quoted")
    if quoted is None:
        return False
    links = [_STATUS.match(str(entity.get("expanded_url", ""))) for entity in _entities(item, "urls")]
    authors = {link[1].casefold() for link in links if link and link[2] == quoted} - {"i"}
    return us.name.casefold() in authors if authors else feed == "mentions" and "replied_to" not in _references(item)


def _references(item: Json) -> dict[str, str]:
    """Type of reference -> id, of `referenced_tweets` or `referenced_posts`."""
    return {
        str(reference["type"]): reference["id"] for reference in _listed_references(item) if is_id(reference.get("id"))
    }


def _listed_references(item: Json) -> Any:
    return item.get("referenced_tweets") or item.get("referenced_posts") or []


def _entities(item: Json, kind: str) -> list[Json]:
    """Of the post and of its long form, whose entities stand apart."""
    places = [item.get("entities"), (_note(item)).get("entities")]
    return [entity for place in places if isinstance(place, dict) for entity in objects_in(place.get(kind))]


def _note(item: Json) -> Json:
    note = item.get("note_tweet") or item.get("note_post")
    return note if isinstance(note, dict) else {}


def full_text(item: Json) -> str:
    """The whole text: of a long post the note, since `text` is cut at 280; X's three escapes undone; capped."""
    text = _text(_note(item).get("text")) or clean(item["text"])
    for escape, char in _ESCAPES:
        text = text.replace(escape, char)
    return text


def clean(text: str) -> str:
    """Capped, with what no database takes replaced."""
    return values.clean(text[:_TEXT_MOST])


def _text(value: Any) -> str | None:
    return clean(value) if isinstance(value, str) and value else None


def _followers(author: Json) -> int | None:
    metrics = author.get("public_metrics")
    count = metrics.get("followers_count") if isinstance(metrics, dict) else None
    return count if isinstance(count, int) and 0 <= count < 2**53 else None


def _interaction(item: Json) -> str:
    """The first id of the edit history; one client saw [""] there: then the post's own."""
    return lowest(*(edit for edit in _history(item) if is_id(edit))) or str(item["id"])


def _history(item: Json) -> Any:
    return item.get("edit_history_tweet_ids") or item.get("edit_history_post_ids") or []


def _names(items: list[Any]) -> dict[str, str]:
    """Account id -> handle, as far as the page's own mentions tell for nothing."""
    known = {}
    for item in items:
        for mention in _entities(item, "mentions") if isinstance(item, dict) else ():
            if is_id(mention.get("id")) and isinstance(mention.get("username"), str):
                known[mention["id"]] = clean(mention["username"])
    return known
