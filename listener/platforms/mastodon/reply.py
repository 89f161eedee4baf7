"""What is sent, before it is sent: how it will stand, and the request that is stored with the claim. Pure."""

import hashlib
from datetime import datetime

from listener.model import Announcement, Mention, Outgoing, Prepared, Preview
from listener.platforms.kit.text import normalize_post
from listener.platforms.mastodon.section import Section
from listener.platforms.mastodon.text import addressed, length


def preview(text: str, mention: Mention, section: Section) -> Preview:
    """Return the text as it will stand, the author's @handle first. link: where a person can answer by hand."""
    shown = normalize_post(text)
    if mention.author_handle:
        shown = addressed(shown, mention.author_handle)
    return Preview(shown, length(shown), section.characters, link=mention.url)


def preview_announcement(text: str, section: Section) -> Preview:
    """Return the text as it will stand."""
    shown = normalize_post(text)
    return Preview(shown, length(shown), section.characters)


def prepare_announcement(announcement: Announcement, now: datetime) -> Prepared:
    """Return the intention: a public post that answers nothing."""
    words = f"{announcement.created_at.isoformat()}\0{announcement.text}"
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    request = {"text": announcement.text, "prepared_at": now.isoformat()}
    return Prepared(f"earshot-announcement-{announcement.posting_id}-{announcement.revision}-{digest}", request)


def prepare(reply: Outgoing, now: datetime) -> Prepared:
    """Return the intention. Who may see the reply: who can see the mention, or its author alone where it is private."""
    mention = reply.mention
    digest = hashlib.sha256(f"{mention.id}\0{reply.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    target = {"in_reply_to": mention.reply_target_id, "identity": mention.interaction_id}
    private = {"private": True} if reply.is_private else {}
    request = {"text": reply.text, **target, "prepared_at": now.isoformat(), **private}
    return Prepared(f"earshot-{reply.reply_id}-{reply.revision}-{digest}", request, is_private=reply.is_private)
