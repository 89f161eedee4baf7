"""A webhook's message: what is sent of an event, and its signature by the Standard Webhooks scheme. Pure.

https://www.standardwebhooks.com: HMAC-SHA256 of id.timestamp.body with each key; docs/webhooks.md has the schema.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from listener.alert_rules import WebhookEvent, Words
from listener.store.events import OF_ACT
from listener.store.webhooks import Occurrence

VERSION = 1  # of the schema: raised when a field is removed or changes its meaning
_TYPES: Mapping[str, WebhookEvent] = {"seen": "mention.stored", "decided": "mention.decided", "sent": "reply.sent"}


def build_body(happened: Occurrence, words: Words) -> bytes:
    """Return the JSON of an event. words: whose words it has."""
    data = {"what": happened.what, "by": happened.by, **_parts(happened, words)}
    message = {"type": _find_type(happened), "timestamp": _time(happened.at), "version": VERSION, "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _find_type(happened: Occurrence) -> WebhookEvent:
    if happened.announcement is not None:
        return "announcement.sent" if happened.what == "sent" else "announcement.changed"
    if happened.what.startswith(OF_ACT):
        return "applause.sent" if happened.what == OF_ACT + "sent" else "applause.changed"
    return _TYPES.get(happened.what, "reply.changed")


def _parts(happened: Occurrence, words: Words) -> dict[str, object]:
    """Return mention, decision, reply, announcement and applause, without the words that the receiver may not have."""
    exchange: dict[str, object] = dict.fromkeys(("mention", "decision", "reply", "applause"))
    if happened.mention is not None:
        exchange = _exchange(happened, happened.mention, words)
    return {**exchange, "announcement": _announcement(happened.announcement, words)}


def _announcement(posting: Mapping[str, object] | None, words: Words) -> dict[str, object] | None:
    """Return an announcement; its words are ours, and for everybody once it is sent."""
    if posting is None:
        return None
    shown = {"id": posting["announcement_id"], **posting}
    if words == "none":
        shown["text"] = shown["reason"] = None
    return {name: value for name, value in shown.items() if name != "announcement_id"}


def _exchange(happened: Occurrence, stored: Mapping[str, object], words: Words) -> dict[str, object]:
    mention, reply = dict(stored), None if happened.reply is None else dict(happened.reply)
    author: dict[str, object] | None = {name: mention.pop(f"author_{name}") for name in ("id", "handle", "name")}
    if mention["is_private"] and words != "all":
        author = mention["url"] = None
    has_words = words == "all" or (words == "public" and not mention["is_private"])
    mention["text"] = (mention["text"] or None) if has_words else None
    if reply is not None and not has_words:
        reply["text"] = reply["reason"] = None
    shown = {"mention": {**mention, "author": author}, "decision": happened.decision, "reply": reply}
    return {**shown, "applause": happened.applause}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return _time(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def sign(keys: Sequence[bytes], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a message: a signature by each key, so that a key can be replaced without a break."""
    timestamp = str(int(now.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    digests = [base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{digest}" for digest in digests),
    }
