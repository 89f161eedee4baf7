"""What a repository takes and gives: putRecord as observed, getRecord, listRecords. With a ledger of writes."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

import regex

from listener.platforms.bluesky.times import instant
from tests.fakes.bluesky.network import LIKE, POST, PROFILE, REPOST, Actor, Json, Network, Record, Refusal

_TID = re.compile(r"[2-7a-j][2-7a-z]{12}")


@dataclass(frozen=True)
class Written:
    """A record that putRecord made or replaced."""

    uri: str
    text: str
    parent: str
    at: datetime


@dataclass
class Records:
    """ledger: what was really written, in order. A second write to one place stands there a second time."""

    network: Network
    ledger: list[Written] = field(default_factory=list)

    def put(self, who: Actor, body: Json) -> Json:
        """com.atproto.repo.putRecord."""
        collection, key, value = str(body["collection"]), str(body["rkey"]), body["record"]
        if body.get("repo") not in (who.did, who.handle):
            raise Refusal(401, "AuthenticationRequired", "Authentication Required")
        _valid(collection, key, value)
        with self.network.lock:
            old = self._at(who.did, collection, key)
            if "swapRecord" in body and body["swapRecord"] != (old.cid if old else None):
                raise Refusal(400, "InvalidSwap", f"Record was at {old.cid if old else None}")
            if old and json.dumps(old.value, sort_keys=True) == json.dumps(value, sort_keys=True):
                return {"uri": old.uri, "cid": old.cid}
            made = self.network.put(who.did, collection, key, value)
            self._write(who, made)
            return {"uri": made.uri, "cid": made.cid, "commit": {"cid": "bafycommit", "rev": key}}

    def _write(self, who: Actor, made: Record) -> None:
        if made.collection == POST:
            self.ledger.append(Written(made.uri, made.value["text"], made.target("parent"), self.network.now()))
        elif made.collection == PROFILE:
            values = (made.value.get("labels") or {}).get("values") or []
            who.bot = {"val": "bot"} in values

    def get(self, params: dict[str, str]) -> Json:
        """com.atproto.repo.getRecord."""
        one = self._at(params["repo"], params["collection"], params["rkey"])
        if one is None:
            raise Refusal(400, "RecordNotFound", f"Could not locate record: at://{params['repo']}")
        return {"uri": one.uri, "cid": one.cid, "value": one.value}

    def listed(self, params: dict[str, str]) -> Json:
        """com.atproto.repo.listRecords: by key, the highest first."""
        mine = [
            record
            for record in list(self.network.records.values())
            if (record.did, record.collection) == (params["repo"], params["collection"]) and not record.deleted
        ]
        below = [one for one in mine if one.key < params.get("cursor", "~")]
        page = sorted(below, key=lambda one: one.key, reverse=True)[: int(params.get("limit", "50"))]
        rows = [{"uri": one.uri, "cid": one.cid, "value": one.value} for one in page]
        return {"records": rows, **({"cursor": page[-1].key} if page else {})}

    def _at(self, did: str, collection: str, key: str) -> Record | None:
        one = self.network.records.get(f"at://{did}/{collection}/{key}")
        return None if one is None or one.deleted else one


def _valid(collection: str, key: str, value: Json) -> None:
    if collection not in (POST, LIKE, REPOST):
        return
    if not _TID.fullmatch(key):
        raise Refusal(400, "InvalidRequest", f"Invalid {collection} record key: {key}")
    if collection != POST:
        _valid_subject(collection, value)
        return
    text, message = value.get("text"), f"Invalid {POST} record: "
    if not isinstance(text, str) or instant(value.get("createdAt")) is None:
        raise Refusal(400, "InvalidRequest", f"{message}missing required field")
    if len(text.encode()) > 3000:
        raise Refusal(400, "InvalidRequest", f"{message}string too big (maximum 3000) at $.record.text")
    if (size := len(regex.findall(r"\X", text))) > 300:
        raise Refusal(400, "InvalidRequest", f"{message}grapheme too big (maximum 300, got {size}) at $.record.text")


def _valid_subject(collection: str, value: Json) -> None:
    """A like or a repost names a post by address and version, and when it was made."""
    subject = value.get("subject")
    is_whole = isinstance(subject, dict) and isinstance(subject.get("uri"), str) and isinstance(subject.get("cid"), str)
    if not is_whole or instant(value.get("createdAt")) is None:
        raise Refusal(400, "InvalidRequest", f"Invalid {collection} record: missing required field")
