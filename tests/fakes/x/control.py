"""The side door for a human with curl: POST /_control/{mentions,own,fail,lift}, GET /_control/ledger."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.x.server import XServer

Reply = tuple[int, str]
_MENTION = {"text", "late", "author_id", "reply_to", "reply_to_user", "quotes", "lang", "note", "id", "conversation_id"}


def serve(server: "XServer", method: str, path: str, params: dict[str, str], body: bytes) -> Reply:
    """Answer a control call."""
    name = f"{method} {path.removeprefix('/_control/')}"
    try:
        given = json.loads(body) if body else {}
        return 200, json.dumps(_done(server, name, given if isinstance(given, list) else [given]))
    except (ValueError, TypeError, KeyError) as error:
        return 400, json.dumps({"error": str(error)})


def _done(server: "XServer", name: str, given: list[dict[str, Any]]) -> Any:
    if name == "POST mentions":
        return [{"id": _mention(server, one)} for one in given]
    if name == "POST own":
        return [{"id": server.own(one["text"], one.get("reply_to")).id} for one in given]
    if name == "POST fail":
        return [server.fail_next(one.pop("endpoint"), one.pop("mode"), **one).mode for one in given]
    if name == "POST lift":
        return server.faults.lift()
    if name == "GET ledger":
        return _ledger(server)
    raise ValueError("POST mentions [{text}], POST own, POST fail {endpoint, mode, times}, POST lift, GET ledger")


def _mention(server: "XServer", one: dict[str, Any]) -> str:
    unknown = set(one) - _MENTION
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(_MENTION))}")
    return server.mention(**({"author_id": server.x.posts.new_id(server.x.posts.now())} | one)).id


def _ledger(server: "XServer") -> dict[str, Any]:
    ledger = server.x.ledger
    calls = [{"at": at.isoformat(), "call": name, "status": status} for at, name, status, _ in ledger.calls]
    return {"posted": ledger.posted, "usd": ledger.usd(), "calls": calls}
