"""What is sent to Bluesky, before it is sent: how it will stand, and the request that is stored with the claim. Pure.

The record's key is made of the mention alone, so there is one place for our answer to it, whatever becomes of a call
(docs/decisions/0019-bluesky-one-place-for-an-answer.md).
"""

import hashlib
from datetime import datetime

from listener.model import Announcement, Mention, Outgoing, Prepared, Preview
from listener.platforms.bluesky.text import LIMIT, length
from listener.platforms.bluesky.times import salted, stamp, tid
from listener.platforms.kit.text import normalize_post
from listener.protocols import Section

_POST = "app.bsky.feed.post"  # the collection, as `items` has it


def preview(text: str, mention: Mention, section: Section) -> Preview:
    """Return the text as Bluesky will show it. link: the post, for a person who answers by hand."""
    shown = normalize_post(text)
    return Preview(shown, length(shown), LIMIT, link=mention.url)


def preview_announcement(text: str, section: Section) -> Preview:
    """Return the text as Bluesky will show it."""
    shown = normalize_post(text)
    return Preview(shown, length(shown), LIMIT)


def prepare_announcement(announcement: Announcement, account: str, now: datetime) -> Prepared:
    """Return the intention. The record's key is made of the posting alone, so that there is one place for it."""
    written_at = announcement.created_at
    key = tid(written_at, salt(f"announcement {announcement.posting_id} {stamp(written_at)}"))
    record = {"$type": _POST, "text": announcement.text, "createdAt": stamp(now)}
    request = {"account": account, "rkey": key, "parent": None, "record": record, "dids": {}}
    digest = hashlib.sha256(f"{account}\0{announcement.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Prepared(f"bluesky-{key}-announcement-{announcement.revision}-{digest}", request)


def record_key(mention: Mention) -> str:
    """The key of our answer to this mention."""
    return tid(mention.created_at, salt(mention.id))


def is_earshots(key: str, parent: str) -> bool:
    """Whether a record of our account that answers this post has the key that Earshot gives its answers to it."""
    return salted(key, salt(parent))


def salt(uri: str) -> int:
    """Return what makes the key of a record that belongs to this post differ from others of its instant."""
    return int.from_bytes(hashlib.sha256(f"earshot {uri}".encode("utf-8", "surrogatepass")).digest()[:4])


def prepare(reply: Outgoing, account: str, now: datetime) -> Prepared:
    """Return the intention: account, key and record. What it answers (root, parent) and facets are looked up by `post`.

    dids: handles whose DID is known already.
    """
    mention, text, key = reply.mention, reply.text, record_key(reply.mention)
    request = {
        "account": account,
        "rkey": key,
        "parent": mention.id,
        "record": {"$type": _POST, "text": text, "createdAt": stamp(now)},
        "dids": {mention.author_handle.lower(): mention.author_id} if mention.author_handle else {},
    }
    digest = hashlib.sha256(f"{account}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Prepared(f"bluesky-{key}-{reply.reply_id}-{reply.revision}-{digest}", request)
