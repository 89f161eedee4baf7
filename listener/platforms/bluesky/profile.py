"""Our own profile record, and the "bot" label in it: bluesky.md, and docs.bsky.app on bots."""

from datetime import datetime

from listener.errors import ReadFailed
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.kit.response import CallFailed
from listener.platforms.kit.values import Untrusted, object_in, objects_in

DECLARATION = "chat.bsky.actor.declaration"
PROFILE, _LABELS = "app.bsky.actor.profile", "com.atproto.label.defs#selfLabels"
UNLABELLED = "our account does not carry the bot label: `earshot check --online --fix` sets it"
NO_MESSAGES = (
    "customers cannot send our account a direct message unless it follows them: "
    "before a wording asks for one, allow messages from everyone (in the app: Chat, Settings)"
)


def remarks(caller: Caller, did: str, profile: Untrusted, now: datetime) -> tuple[str, ...]:
    """Return what `check --online` should say of our account. Raises ReadFailed."""
    declaration, _ = read(caller, did, now, DECLARATION)
    problems = ((UNLABELLED, not is_labelled(profile)), (NO_MESSAGES, declaration.get("allowIncoming") != "all"))
    return tuple(message for message, is_so in problems if is_so)


def read(caller: Caller, did: str, now: datetime, collection: str = PROFILE) -> tuple[Untrusted, str | None]:
    """(our only record of this collection, its cid); an empty one without a cid if there is none. Raises ReadFailed."""
    params = {"repo": did, "collection": collection, "rkey": "self"}
    try:
        body = caller.get("com.atproto.repo.getRecord", params, now)
    except Absent:
        return {"$type": collection}, None
    except Rejected as error:
        raise ReadFailed(f"Bluesky does not show our profile: {error.message}", cause="item") from None
    value, cid = body.get("value"), body.get("cid")
    return (value, cid) if isinstance(value, dict) and isinstance(cid, str) else ({"$type": collection}, None)


def is_labelled(profile: Untrusted) -> bool:
    """True when the profile carries the label."""
    return {"val": "bot"} in _values(profile)


def label(caller: Caller, did: str, now: datetime) -> str:
    """Set the label, leave all else as it is; returns what was done. Raises ReadFailed."""
    profile, cid = read(caller, did, now)
    if is_labelled(profile):
        return "our account carries the bot label already"
    record = {**profile, "labels": {"$type": _LABELS, "values": [*_values(profile), {"val": "bot"}]}}
    body = {"repo": did, "collection": PROFILE, "rkey": "self", "record": record, "swapRecord": cid}
    try:
        answer = caller.post("com.atproto.repo.putRecord", body, now)
    except CallFailed as error:
        raise ReadFailed(f"Bluesky: {error.message}", "run the command again") from None
    if answer.status != 200:
        refusal = answer.object()
        why = f"{refusal.get('error')}: {refusal.get('message')}"
        message = f"Bluesky answered {answer.status} ({why}) to the bot label"
        raise ReadFailed(message, "try again, or set it in the app", cause="item")
    return "our account carries the bot label now"


def _values(profile: Untrusted) -> list[Untrusted]:
    return objects_in(object_in(profile.get("labels")).get("values"))
