"""What happens: six people post 300 mentions while the daemon listens and is killed again and again; staff approve, and
each approved reply stands once below the post that it answers."""

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests import evening
from tests.evening import AUTHORS, TEXTS, repeated, report
from tests.listening import LONG, MISSING, Listening
from tests.network.people import Person, made_before
from tests.process import until

EACH = 50
SECTION = """[daemon]
send_seconds = 0.2
route_seconds = 0.2
[platforms.bluesky]
service_url = "{url}"
start = "all"
poll_seconds = {poll}
settle_after_seconds = 2
"""


@dataclass
class Story:
    """An evening on the network. posted: uri -> text, of all that addresses us."""

    base: str
    folder: Path
    rng: random.Random
    posted: dict[str, str] = field(default_factory=dict)

    def whole(self) -> None:
        """Play it, and report what was seen."""
        self.shop = Person.new(self.base, "fernhill.test")
        self.people = [Person.new(self.base, f"customer{number}.test") for number in range(AUTHORS)]
        secrets = {
            "EARSHOT_BLUESKY_HANDLE": self.shop.handle,
            "EARSHOT_BLUESKY_APP_PASSWORD": self.shop.app_password("first"),
        }
        self.home = evening.new_home(self.folder, SECTION.format(url=self.base, poll=0.3), secrets)
        self.line = Listening(self.home, self.rng)
        self._label()
        assert self.home.run("migrate").code == 0
        try:
            self._listen_while_they_post()
        finally:
            self.line.end()
        self._quiet_corners()
        self._judge()

    def _label(self) -> None:
        """check says who we are and what is missing, --fix mends it, and others see it."""
        before = self.home.run("check", "--online")
        assert before.code == 0 and "we are @fernhill.test" in before.out, before
        assert "does not carry the bot label" in before.out, before
        after = self.home.run("check", "--online", "--fix")
        assert "carries the bot label now" in after.out, after
        until(self._labelled, "others see the label")
        report("check --online --fix: the account carries the bot label, and a customer sees it")

    def _labelled(self) -> bool:
        seen = self.people[0].ask("app.bsky.actor.getProfile", actor=self.shop.did)
        return any(label["val"] == "bot" and label["src"] == self.shop.did for label in seen.get("labels", []))

    # ---- 300 mentions and a daemon that dies

    def _listen_while_they_post(self) -> None:
        self.line.start()
        took = evening.speak_while_it_dies(self.line, [partial(self._speak, person) for person in self.people])
        evening.require_all_posted(len(self.posted), AUTHORS * EACH)
        report(f"{len(self.posted)} mentions by {AUTHORS} authors at once in {took:.0f} s")
        until(lambda: not set(self.posted) - set(self._stored()), "every mention is stored", LONG)
        report(f"all stored, {self.line.kills} kill -9 later")
        evening.drain(self.line, SECTION.format(url=self.base, poll=evening.CALM))

    def _speak(self, person: Person) -> None:
        """Times are made first, posted later, and seen later still."""
        rng = random.Random(person.handle)
        for number in range(EACH):
            text = f"@fernhill.test {rng.choice(TEXTS)} ({person.handle} {number})"
            created = made_before(rng, datetime.now(UTC))
            time.sleep(rng.uniform(0, 0.4))
            post = person.post(text, created=created, names=self.shop.did)
            self.posted[post["uri"]] = text

    def _stored(self) -> dict[str, str]:
        return {row["mention_id"]: row["mention_text"] for row in self.line.rows()}

    # ---- what is rare

    def _quiet_corners(self) -> None:
        """Threadgates, replies below our post, quotes, edits, deletions, an app password that was replaced."""
        now, ada, bo = datetime.now(UTC), self.people[0], self.people[1]
        ours = self.shop.post("New paper is in.", created=now)
        self._known(ours)  # what answers a post within some 20 ms of it may never be notified
        mine = {"root": ours, "parent": ours}
        reply = ada.post("What are your opening hours?", created=now, reply=mine)
        self._known(reply)
        aside = bo.post("Lovely colours, Ada.", created=now, reply={"root": ours, "parent": reply})
        quote = bo.post("Where is my parcel? Two weeks!", created=now, embed=_quote(ours))
        gated = ada.post("@fernhill.test My parcel is late, please help.", created=now, names=self.shop.did)
        ada.put("app.bsky.feed.threadgate", _gate(gated["uri"]), key=gated["uri"].rpartition("/")[2])
        back = bo.post("@fernhill.test Thank you!", created=datetime(2020, 1, 1, tzinfo=UTC), names=self.shop.did)
        self.home.env["EARSHOT_BLUESKY_APP_PASSWORD"] = self.shop.app_password("second")
        wanted = {post["uri"] for post in (reply, aside, quote, gated, back)}
        self._read(wanted)
        shown = {uri: self.home.run("show", f"bluesky:{uri}", "--json").json for uri in wanted}
        assert shown[gated["uri"]]["eligibility"]["can_reply"] is False, shown[gated["uri"]]["eligibility"]
        assert shown[aside["uri"]]["decision"] == "ignore" and shown[reply["uri"]]["state"] == "drafted"
        assert shown[quote["uri"]]["decision"] in ("draft", "escalate")
        report(
            "a threadgate, a reply below our post, a talk among others, a quote, a post dated 2020: all read as such"
        )
        self._edited_and_deleted(ada)

    def _known(self, post: dict[str, Any]) -> None:
        asked = self.people[0].ask
        until(lambda: asked("app.bsky.feed.getPosts", uris=post["uri"])["posts"], "the AppView knows the post")

    def _edited_and_deleted(self, ada: Person) -> None:
        """Both are seen just before the call."""
        now = datetime.now(UTC)
        edited = ada.post("@fernhill.test What are your opening hours?", created=now, names=self.shop.did)
        gone = ada.post("@fernhill.test What are your opening hours, please?", created=now, names=self.shop.did)
        wanted = {edited["uri"], gone["uri"]}
        self._read(wanted)
        ids = {item["mention"]["id"]: str(item["id"]) for item in self.home.queue("--state", "drafted")}
        assert self.home.run("approve", *(ids[uri] for uri in wanted)).code == 0
        self._rewrite(ada, edited["uri"], "@fernhill.test What are your opening hours in May?")
        at = {"repo": ada.did, "collection": "app.bsky.feed.post", "rkey": gone["uri"].rpartition("/")[2]}
        ada.call("com.atproto.repo.deleteRecord", at)
        until(lambda: not ada.ask("app.bsky.feed.getPosts", uris=gone["uri"])["posts"], "the AppView knows it is gone")
        assert self.home.run("once", "--stage", "send").code in (0, 3)
        states = {uri: self.home.run("show", number, "--json").json for uri, number in ids.items() if uri in wanted}
        assert states[edited["uri"]]["state"] == "drafted", states[edited["uri"]]
        assert states[gone["uri"]]["hold"] == MISSING, states[gone["uri"]]
        assert gone["uri"] in {item["mention"]["id"] for item in evening.withdraw_deleted(self.line)}
        report(
            "a mention edited after its approval went back to staff, a deleted one was withdrawn after a second look"
        )

    def _rewrite(self, person: Person, uri: str, text: str) -> None:
        at = {"repo": person.did, "collection": "app.bsky.feed.post", "rkey": uri.rpartition("/")[2]}
        old = person.ask("com.atproto.repo.getRecord", quiet=False, **at)["value"]
        person.call("com.atproto.repo.putRecord", {**at, "record": {**old, "text": text}})

        def shown() -> bool:
            return bool(person.ask("app.bsky.feed.getPosts", uris=uri)["posts"][0]["record"]["text"] == text)

        until(shown, "the AppView knows the edit")

    def _read(self, wanted: set[str]) -> None:
        """Poll until all of these are stored."""
        left, rounds = set(wanted), 0
        while left and rounds < 30:
            assert self.home.run("once").code in (0, 3)
            left, rounds = left - set(self._stored()), rounds + 1
        listed = self.shop.ask("app.bsky.notification.listNotifications", limit=100)["notifications"]
        lost = {uri: any(item["uri"] == uri for item in listed) for uri in left}
        assert not left, f"never read, and whether the AppView lists it on its first page: {lost}"

    # ---- what stands there

    def _judge(self) -> None:
        """By a bystander's eyes and by our own repository, against the log."""
        bystander, rows = self.people[-1], self.line.rows()
        twice = repeated(row["mention_id"] for row in rows)
        missed = set(self.posted) - {row["mention_id"] for row in rows}
        sent = {row["mention_id"]: row["reply_text"] for row in rows if row["state"] == "sent"}
        until(lambda: self._seen_all(bystander, sent), "the AppView shows the last replies")
        wrong = [uri for uri, text in sent.items() if bystander.answers(uri, self.shop.did) != [text]]
        ours = [record["value"] for record in self.shop.records() if "reply" in record["value"]]
        doubled = repeated(record["reply"]["parent"]["uri"] for record in ours)
        report(f"missed {len(missed)}  stored twice {len(twice)}  sent {len(sent)}  on the network {len(ours)}")
        report(f"doubled {len(doubled)}  not as approved {len(wrong)}  kills {self.line.kills}")
        assert not (missed or twice or wrong or doubled) and len(ours) == len(sent) > AUTHORS * EACH / 4
        self._no_secrets()

    def _seen_all(self, bystander: Person, sent: dict[str, str]) -> bool:
        return all(bystander.answers(uri, self.shop.did) for uri in list(sent)[-3:])

    def _no_secrets(self) -> None:
        """The app password stands in no file of the data folder, and the tokens are for our own eyes."""
        secret = self.home.env["EARSHOT_BLUESKY_APP_PASSWORD"].encode()
        files = [path for path in self.home.data.rglob("*") if path.is_file()]
        assert not [path.name for path in files if secret in path.read_bytes()]
        assert (self.home.data / "bluesky-session.json").stat().st_mode & 0o777 == 0o600


def _quote(target: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.record", "record": {"uri": target["uri"], "cid": target["cid"]}}


def _gate(uri: str) -> dict[str, Any]:
    made = datetime.now(UTC).isoformat()
    return {"$type": "app.bsky.feed.threadgate", "post": uri, "allow": [], "createdAt": made}
