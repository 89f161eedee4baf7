"""What is sent to X, before it is sent: how it will stand, its cost, the request stored with the claim. Pure."""

import hashlib
import unicodedata
from datetime import datetime

from listener.errors import Held
from listener.model import Announcement, Mention, Outgoing, Prepared, Preview
from listener.platforms.kit import text as text_kit
from listener.platforms.x.length import LIMIT, weighted
from listener.platforms.x.links import links
from listener.platforms.x.section import Section


def preview(text: str, mention: Mention, section: Section) -> Preview:
    """Return the text as X will show it. cost_usd: what is reserved for it, by hand nothing; link: X's reply box."""
    shown = normalize_post(text)
    link = f"https://x.com/intent/post?in_reply_to={mention.reply_target_id}"
    return Preview(shown, weighted(shown), LIMIT, cost(shown, section) if mention.can_reply else 0.0, link)


def preview_announcement(text: str, section: Section) -> Preview:
    """Return the text as X will show it. cost_usd: what is reserved for it."""
    shown = normalize_post(text)
    return Preview(shown, weighted(shown), LIMIT, section.post_usd(link=has_link(shown)))


def normalize_post(text: str) -> str:
    """NFC, as X stores it; without control characters, half surrogates and blanks at the ends. Idempotent."""
    return unicodedata.normalize("NFC", text_kit.normalize_post(text)).strip()


def cost(text: str, section: Section) -> float:
    """US dollars to reserve for a summoned reply. A scheme counts as a link whatever the host: X bills by its own
    reckoning."""
    return section.reply_usd(link=has_link(text))


def has_link(text: str) -> bool:
    """Return whether X may bill a text as one with a link."""
    return "://" in text or any(True for _ in links(text))


def prepare_announcement(announcement: Announcement, section: Section, now: datetime) -> Prepared:
    """Return the intention: the request of POST /2/tweets without a target. Raises Held."""
    if not section.may_send:
        raise Held("attestation", *_ATTEST)
    words = f"{announcement.created_at.isoformat()}\0{announcement.text}"
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    usd = section.post_usd(link=has_link(announcement.text))
    request = {"text": announcement.text, "in_reply_to": None, "usd": usd, "prepared_at": now.isoformat()}
    return Prepared(f"x-announcement-{announcement.posting_id}-{announcement.revision}-{digest}", request)


def prepare(reply: Outgoing, section: Section, now: datetime) -> Prepared:
    """Return the intention: the request of POST /2/tweets, its price, and when it was made. Raises Held."""
    if not section.may_send:
        raise Held("attestation", *_ATTEST)
    digest = hashlib.sha256(reply.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    request = {
        "text": reply.text,
        "in_reply_to": reply.mention.reply_target_id,
        "usd": cost(reply.text, section),
        "prepared_at": now.isoformat(),
    }
    return Prepared(f"x-{reply.mention.reply_target_id}-{reply.reply_id}-{reply.revision}-{digest}", request)


_ATTEST = (
    "X: nobody has attested that its automation rules were read",
    "read help.x.com/en/rules-and-policies/x-automation, then set i_have_read_the_automation_rules = true",
)
