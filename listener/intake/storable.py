"""What a platform gave, made storable: no lone surrogates, NUL, markup or endless text. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from listener.feed_page import QuarantinedItem
from listener.intake.text import TEXT_LIMIT, sanitize, storable_text
from listener.model import Json, Mention

FIELD_LIMIT = 500  # characters kept of any field but the text
LIST_LIMIT = 20  # attachments and labels kept of one post
FIELDS = (
    "id", "author_id", "interaction_id", "conversation_id", "author_handle", "author_name", "in_reply_to", "lang",
    "url", "extra_brand_term", "ineligible_reason",
)  # fmt: skip


def storable_mention(mention: Mention) -> Mention:
    """Return the mention as plain text that every database takes; the same one where nothing needs a change."""
    changes: Json = {"text": storable_text(mention.text, mention.is_html), "is_html": False}
    for name in FIELDS:
        if (value := getattr(mention, name)) is not None:
            changes[name] = sanitize(value, FIELD_LIMIT)
    for name in ("attachments", "labels"):
        changes[name] = tuple(sanitize(value, FIELD_LIMIT) for value in getattr(mention, name)[:LIST_LIMIT])
    is_storable = all(getattr(mention, name) == value for name, value in changes.items())
    return mention if is_storable else replace(mention, **changes)


def storable_item(item: QuarantinedItem) -> QuarantinedItem:
    """Return the item as text that every database takes; without an id it is named after its content."""
    raw = sanitize(item.raw, TEXT_LIMIT)
    name = sanitize(item.mention_id, FIELD_LIMIT) or f"raw-{sha256(raw.encode()).hexdigest()[:16]}"
    return QuarantinedItem(name, raw, sanitize(item.error, FIELD_LIMIT))


def newest_versions(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the newest edit of each interaction, in the order in which they were written."""
    newest: dict[str, Mention] = {}
    for mention in mentions:
        other = newest.get(mention.interaction_id)
        if other is None or mention.created_at > other.created_at:
            newest[mention.interaction_id] = mention
    by_id = {mention.id: mention for mention in newest.values()}
    return sorted(by_id.values(), key=lambda mention: mention.created_at)
