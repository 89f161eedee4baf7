"""A post as Bluesky gives it (notification, search hit, record of our own) as a Mention or an OwnPost."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeGuard

from listener.feed_page import OwnPost
from listener.model import Mention
from listener.platforms.bluesky import embeds
from listener.platforms.bluesky.reply import is_earshots
from listener.platforms.bluesky.times import instant, stamp, tid_instant
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, clean, object_in, objects_in, text_in

POST = "app.bsky.feed.post"
_URI = re.compile(rf"at://(did:[a-z]+:[A-Za-z0-9._:%-]{{1,300}})/{re.escape(POST)}/([A-Za-z0-9._:~-]{{1,100}})")

BOT = "its author is labelled a bot: two programs could answer each other without end"
BELOW = "it answers somebody else below our post, without naming us"
FOUND = "found by search: it neither mentions, quotes nor answers us"


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Our account."""

    did: str
    handle: str

    @property
    def typed(self) -> re.Pattern[str]:
        """Our handle as people type it."""
        return re.compile(rf"(?<![\w@./-])[@＠]{re.escape(self.handle)}(?![\w-]|\.\w)", re.IGNORECASE)


@dataclass(slots=True)
class BlueskyPage(ParsedPage):
    """times: the instants by which the page is ordered, as text."""

    times: list[str] = field(default_factory=list)


def parse_page(
    rows: Iterable[object], us: OwnAccount, begin: str, ineligible_reason: Mapping[str, str | None], now: datetime
) -> BlueskyPage:
    """Sort a page of post views or notifications. begin: what was written before it came before the first run.

    ineligible_reason: uri -> why Bluesky would hide an answer to it.
    """
    page = BlueskyPage()
    page.sort(rows, lambda row: _place(page, row, us, begin, ineligible_reason, now), _readable_uri)
    return page


def _readable_uri(row: object) -> str:
    uri = object_in(row).get("uri")
    return uri if is_post(uri) else ""


def _place(
    into: BlueskyPage,
    item: object,
    us: OwnAccount,
    begin: str,
    ineligible_reason: Mapping[str, str | None],
    now: datetime,
) -> None:
    if not isinstance(item, dict):
        raise ValueError("not an object")
    row: Untrusted = item
    listed = instant(row["indexedAt"])
    if listed is None:
        raise ValueError("indexedAt is not a time")
    into.times.append(stamp(listed))
    if f"/{POST}/" not in str(row.get("uri")) or row.get("reason", "reply") not in ("mention", "reply", "quote"):
        into.skipped += 1  # a like, a repost, a follow
        return
    uri = str(row["uri"])
    did, key = parts(uri)
    is_dated_back = stamp(listed) < begin  # by its author's claim; its key may have been made later
    written = max(listed, min(tid_instant(key) or listed, now)) if is_dated_back else listed
    if stamp(written) < begin:
        into.skipped += 1
    elif did == us.did:
        into.skipped += 1
        into.brand_posts.extend(own_posts([row]))
    else:
        into.mentions.append(_mention(row, us, written, ineligible_reason.get(uri), is_dated_back=is_dated_back))


def own_posts(rows: Iterable[object]) -> list[OwnPost]:
    """The replies of a person among rows of our own. A record of ours that cannot be read answers nobody."""
    posts = []
    for row in map(object_in, rows):
        record, key = object_in(row.get("record")), str(row.get("uri")).rpartition("/")[2]
        target, created = parent(record), instant(record.get("createdAt"))
        if target and created and not is_earshots(key, target):
            posts.append(OwnPost(str(row["uri"]), target, clean(str(record.get("text", ""))), created))
    return posts


def _mention(row: Untrusted, us: OwnAccount, written: datetime, gated: str | None, *, is_dated_back: bool) -> Mention:
    record, author, uri = row["record"], row["author"], str(row["uri"])
    did, key = parts(uri)
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError("the record has no text")
    if not isinstance(author, dict):
        raise ValueError("without an author")
    created = written if is_dated_back else min(instant(record.get("createdAt")) or written, written)
    addressed, ineligible_reason = _eligibility(row, record, author, us)
    return Mention(
        platform="bluesky",
        id=uri,
        text=clean(record["text"]),
        author_id=did,
        created_at=created,
        age_start_at=created,
        interaction_id=uri,
        conversation_id=_reference(record, "root") or uri,
        author_handle=_handle(author),
        author_name=text_in(author.get("displayName")),
        in_reply_to=parent(record),
        lang=_language(record),
        url=f"https://bsky.app/profile/{did}/post/{key}",
        is_addressed=addressed,
        can_reply=(ineligible_reason or gated) is None,
        ineligible_reason=ineligible_reason or gated,
        attachments=embeds.attachments(record, object_in(row.get("embed"))),
        labels=embeds.labels(record, row),
    )


def _eligibility(row: Untrusted, record: Untrusted, author: Untrusted, us: OwnAccount) -> tuple[bool, str | None]:
    """(addressed to us, why no answer is given): by the record, so that a search hit and a notification agree."""
    if is_bot(author):
        return False, BOT
    answered, quoted = parent(record), embeds.quoted(record)
    ours = (f"at://{us.did}/", f"at://{us.handle}/")
    if row.get("reason") == "mention" or _names(record, us):
        return True, None
    if any(uri is not None and uri.startswith(ours) for uri in (answered, quoted)):
        return True, None
    return False, BELOW if (_reference(record, "root") or "").startswith(ours) else FOUND


def _names(record: Untrusted, us: OwnAccount) -> bool:
    """By a facet, wherever it points (Bluesky notifies us of it), or by the handle as typed."""
    features = (feature for facet in objects_in(record.get("facets")) for feature in objects_in(facet.get("features")))
    return any(feature.get("did") == us.did for feature in features) or bool(us.typed.search(str(record["text"])))


def parent(record: Untrusted) -> str | None:
    """The uri of the post that a record answers."""
    return _reference(record, "parent")


def _reference(record: Untrusted, name: str) -> str | None:
    uri = object_in(object_in(record.get("reply")).get(name)).get("uri")
    return uri if is_post(uri) else None


def is_post(uri: object) -> TypeGuard[str]:
    """True for the uri of a post."""
    return isinstance(uri, str) and _URI.fullmatch(uri) is not None


def parts(uri: object) -> tuple[str, str]:
    """(DID, record key) of a post's uri. Raises ValueError."""
    match = _URI.fullmatch(uri) if isinstance(uri, str) else None
    if match is None:
        raise ValueError("the uri is not that of a post")
    return match[1], match[2]


def is_bot(author: Untrusted) -> bool:
    """True when the account carries the "bot" label that it gave itself."""
    did, labels = author.get("did"), objects_in(author.get("labels"))
    return any(label.get("val") == "bot" and label.get("src") == did and not label.get("neg") for label in labels)


def _handle(author: Untrusted) -> str | None:
    """None where Bluesky could not verify it."""
    handle = text_in(author.get("handle"))
    return None if handle == "handle.invalid" else handle


def _language(record: Untrusted) -> str | None:
    """The tag, where there is exactly one."""
    langs = record.get("langs")
    return text_in(langs[0]) if isinstance(langs, list) and len(langs) == 1 else None
