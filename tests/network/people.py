"""Who speaks on the network, by XRPC: accounts, posts, and what a bystander sees below a post."""

import random
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from listener.platforms.bluesky.times import instant, stamp

Json = dict[str, Any]
POST = "app.bsky.feed.post"


@dataclass
class Person:
    """An account with a session. did, handle: who it is."""

    base: str
    handle: str
    did: str = ""
    token: str = ""

    @classmethod
    def new(cls, base: str, handle: str) -> "Person":
        """Make the account, and wait until the AppView knows it."""
        person = cls(base, handle)
        given = {"email": f"{handle}@mail.test", "handle": handle, "password": f"main-password-of-{handle}"}
        made = person.call("com.atproto.server.createAccount", given)
        person.did, person.token = made["did"], made["accessJwt"]
        for _ in range(100):
            if person.ask("app.bsky.actor.getProfile", actor=person.did, quiet=True):
                return person
            time.sleep(0.1)
        raise AssertionError(f"the AppView never knew {handle}")

    def app_password(self, name: str) -> str:
        """A new one; each has a name of its own."""
        return str(self.call("com.atproto.server.createAppPassword", {"name": name})["password"])

    def call(self, method: str, body: Json) -> Json:
        """A procedure."""
        return self._done(httpx.post(f"{self.base}/xrpc/{method}", json=body, headers=self._headers(), timeout=30))

    def ask(self, method: str, *, quiet: bool = False, **params: Any) -> Json:
        """A query; quiet: nothing instead of an error."""
        got = httpx.get(f"{self.base}/xrpc/{method}", params=params, headers=self._headers(), timeout=30)
        return {} if quiet and got.status_code != 200 else self._done(got)

    def post(self, text: str, *, created: datetime, names: str | None = None, **more: Any) -> Json:
        """Post; names: a DID that a facet mentions; reply, embed: as the record has them. Returns uri and cid."""
        record = {"$type": POST, "text": text, "createdAt": stamp(created), **more}
        if names:
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": names}
            record["facets"] = [{"index": {"byteStart": 0, "byteEnd": 5}, "features": [feature]}]
        return self.put(POST, record)

    def put(self, collection: str, record: Json, key: str | None = None) -> Json:
        """A record of our own repository."""
        body = {"repo": self.did, "collection": collection, "record": record} | ({"rkey": key} if key else {})
        return self.call("com.atproto.repo.createRecord", body)

    def answers(self, uri: str, by: str) -> list[str]:
        """The texts below a post that this account sees of that one."""
        thread = self.ask("app.bsky.feed.getPostThread", uri=uri, depth=1, parentHeight=0)["thread"]
        posts = [answer["post"] for answer in thread.get("replies", []) if "post" in answer]
        return [str(post["record"]["text"]) for post in posts if post["author"]["did"] == by]

    def records(self) -> list[Json]:
        """All posts of our own repository."""
        records: list[Json] = []
        cursor: Json = {}
        while True:
            page = self.ask("com.atproto.repo.listRecords", repo=self.did, collection=POST, limit=100, **cursor)
            records += page["records"]
            if not page["records"] or "cursor" not in page:
                return records
            cursor = {"cursor": page["cursor"]}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _done(self, got: httpx.Response) -> Json:
        if got.status_code != 200:
            raise AssertionError(f"{got.request.url.path}: {got.status_code} {got.text[:300]}")
        body: Json = got.json()
        return body


def made_before(rng: random.Random, now: datetime) -> datetime:
    """What an author's clock says: mostly a moment ago, now and then long ago or some time ahead."""
    dice = rng.random()
    ago = rng.uniform(0, 0.5) if dice < 0.8 else rng.uniform(60, 3_000) if dice < 0.95 else rng.uniform(-300, 0)
    return instant(stamp(datetime.fromtimestamp(now.timestamp() - ago, now.tzinfo))) or now
