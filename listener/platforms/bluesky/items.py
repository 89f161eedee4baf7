"""A post as Bluesky gives it (notification, search hit, record of our own), made a Mention, OwnPost or BadItem."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeGuard

from listener.model import Json, Mention, OwnPost, QuarantinedItem
from listener.platforms.bluesky.reply import is_earshots
from listener.platforms.bluesky.times import instant, stamp

POST = "app.bsky.feed.post"
_RAW_MOST = 20_000
_BAD = re.compile(r"[\x00\ud800-\udfff]")  # what no database takes
_URI = re.compile(rf"at://(did:[a-z]+:[A-Za-z0-9._:%-]{{1,300}})/{re.escape(POST)}/([A-Za-z0-9._:~-]{{1,100}})")

BOT = "its author is labelled a bot: two machines could answer each other for ever"
BELOW = "it talks to somebody else below our post, without naming us"
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
class ParsedPage:
    """A page's posts by what becomes of them. times: the instants by which the page is ordered, as text."""

    mentions: list[Mention] = field(default_factory=list)
    own: list[OwnPost] = field(default_factory=list)
    bad: list[QuarantinedItem] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    skipped: int = 0


def sort(rows: Iterable[Any], us: OwnAccount, begin: str, ineligible_reason: Mapping[str, str | None]) -> ParsedPage:
    """Sort a page of post views or notifications. begin: what is dated before it came before the first run.

    ineligible_reason: uri -> why Bluesky would hide an answer to it.
    """
    sorted_ = ParsedPage()
    for row in rows:
        try:
            _place(sorted_, row, us, begin, ineligible_reason)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            sorted_.bad.append(bad_item(row, f"{type(error).__name__}: {error}"))
    return sorted_


def _place(
    into: ParsedPage, row: Json, us: OwnAccount, begin: str, ineligible_reason: Mapping[str, str | None]
) -> None:
    listed = instant(row["indexedAt"])
    if listed is None:
        raise ValueError("indexedAt is no time")
    into.times.append(stamp(listed))
    if f"/{POST}/" not in str(row.get("uri")) or row.get("reason", "reply") not in ("mention", "reply", "quote"):
        into.skipped += 1  # a like, a repost, a follow
        return
    did, _ = parts(row["uri"])
    if stamp(listed) < begin:
        into.skipped += 1
    elif did == us.did:
        into.skipped += 1
        into.own.extend(own_posts([row]))
    else:
        into.mentions.append(_mention(row, us, listed, ineligible_reason.get(row["uri"])))


def own_posts(rows: Iterable[Any]) -> list[OwnPost]:
    """The replies of a person among rows of our own. A record of ours that cannot be read answers nobody."""
    found = []
    for row in rows:
        record = row.get("record") if isinstance(row, dict) else None
        target = parent(record) if isinstance(record, dict) else None
        made = instant(record.get("createdAt")) if isinstance(record, dict) else None
        if target and made and isinstance(record, dict) and not is_earshots(str(row["uri"]).rpartition("/")[2], target):
            found.append(OwnPost(str(row["uri"]), target, clean(str(record.get("text", ""))), made))
    return found


def _mention(row: Json, us: OwnAccount, listed: datetime, gated: str | None) -> Mention:
    record, author = row["record"], row["author"]
    did, key = parts(row["uri"])
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError("the record has no text")
    made = min(instant(record.get("createdAt")) or listed, listed)
    addressed, ineligible_reason = _eligibility(row, record, us)
    return Mention(
        platform="bluesky",
        id=row["uri"],
        text=clean(record["text"]),
        author_id=did,
        created_at=made,
        age_start_at=made,
        interaction_id=row["uri"],
        conversation_id=_reference(record, "root") or row["uri"],
        author_handle=_handle(author),
        author_name=_text(author.get("displayName")),
        in_reply_to=parent(record),
        lang=_language(record),
        url=f"https://bsky.app/profile/{did}/post/{key}",
        is_addressed=addressed,
        can_reply=(ineligible_reason or gated) is None,
        ineligible_reason=ineligible_reason or gated,
    )


def _eligibility(row: Json, record: Json, us: OwnAccount) -> tuple[bool, str | None]:
    """(addressed to us, why no answer is given): by the record, so that a search hit and a notification agree."""
    if is_bot(row["author"]):
        return False, BOT
    answered, quoted = parent(record), _quoted(record)
    ours = (f"at://{us.did}/", f"at://{us.handle}/")
    if row.get("reason") == "mention" or _names(record, us):
        return True, None
    if any(one is not None and one.startswith(ours) for one in (answered, quoted)):
        return True, None
    return False, BELOW if (_reference(record, "root") or "").startswith(ours) else FOUND


def _names(record: Json, us: OwnAccount) -> bool:
    """By a facet, wherever it points (Bluesky notifies us of it), or by the handle as typed."""
    facets = record.get("facets")
    for facet in facets if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, dict) else None
        for one in features if isinstance(features, list) else ():
            if isinstance(one, dict) and one.get("did") == us.did:
                return True
    return bool(us.typed.search(record["text"]))


def _quoted(record: Json) -> str | None:
    """The uri of the quoted post; a quote with a picture holds it one level deeper."""
    embed = record.get("embed")
    inner = embed.get("record") if isinstance(embed, dict) else None
    inner = inner.get("record", inner) if isinstance(inner, dict) else None
    uri = inner.get("uri") if isinstance(inner, dict) else None
    return uri if isinstance(uri, str) else None


def parent(record: Json) -> str | None:
    """The uri of the post that a record answers."""
    return _reference(record, "parent")


def _reference(record: Json, name: str) -> str | None:
    reply = record.get("reply")
    target = reply.get(name) if isinstance(reply, dict) else None
    uri = target.get("uri") if isinstance(target, dict) else None
    return uri if is_post(uri) else None


def is_post(uri: object) -> TypeGuard[str]:
    """True for the uri of a post."""
    return isinstance(uri, str) and _URI.fullmatch(uri) is not None


def parts(uri: object) -> tuple[str, str]:
    """(DID, record key) of a post's uri. Raises ValueError."""
    found = _URI.fullmatch(uri) if isinstance(uri, str) else None
    if found is None:
        raise ValueError("uri is no post's")
    return found[1], found[2]


def is_bot(author: Json) -> bool:
    """True when the account carries the "bot" label that it gave itself."""
    labels = author.get("labels")
    given = [one for one in labels if isinstance(one, dict)] if isinstance(labels, list) else []
    return any(one.get("val") == "bot" and one.get("src") == author.get("did") and not one.get("neg") for one in given)


def bad_item(row: Any, error: str) -> QuarantinedItem:
    """The item set aside, its raw JSON capped and ASCII only."""
    uri = row.get("uri") if isinstance(row, dict) else None
    try:
        raw = json.dumps(row, ensure_ascii=True)
    except (ValueError, RecursionError):
        raw = "(nested too deeply to be shown)"
    return QuarantinedItem(uri if is_post(uri) else "", raw[:_RAW_MOST], error[:300])


def clean(text: str) -> str:
    """With what no database takes replaced."""
    return _BAD.sub("\ufffd", text)


def _text(value: Any) -> str | None:
    return clean(value) if isinstance(value, str) and value else None


def _handle(author: Json) -> str | None:
    """None where Bluesky could not verify it."""
    handle = _text(author.get("handle"))
    return None if handle == "handle.invalid" else handle


def _language(record: Json) -> str | None:
    """The tag, where there is exactly one."""
    langs = record.get("langs")
    return _text(langs[0]) if isinstance(langs, list) and len(langs) == 1 else None
