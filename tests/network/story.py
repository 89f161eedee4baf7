"""What happens: six people post 300 mentions while the daemon listens and is killed again and again; staff approve, and
each approved reply stands once below the post that it answers."""

import random
import threading
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.listening import KILLS, LONG, Listening
from tests.network.people import Person, made_before
from tests.process import Home, until

AUTHORS, EACH = 6, 50
SAID = (
    "Thank you so much for the lovely notebook, I love it!",
    "My parcel is two weeks late and nobody answers my mails.",
    "What are your opening hours?",
    "Going past the shop.",
)
SECTION = """[daemon]
send_seconds = 0.2
route_seconds = 0.2
[platforms.bluesky]
service_url = "{url}"
start = "all"
poll_seconds = 0.3
settle_after_seconds = 2
"""


@dataclass
class Story:
    """One evening on the network. said: uri -> text, of all that addresses us."""

    base: str
    folder: Path
    rng: random.Random
    said: dict[str, str] = field(default_factory=dict)

    def whole(self) -> None:
        """Tell it, and print what was seen."""
        self.shop = Person.new(self.base, "fernhill.test")
        self.people = [Person.new(self.base, f"customer{number}.test") for number in range(AUTHORS)]
        self.home = self._home()
        self.line = Listening(self.home, self.rng)
        self._label()
        assert self.home.run("migrate").code == 0
        try:
            self._listen_while_they_post()
        finally:
            self.line.end()
        self._quiet_corners()
        self._judge()

    def _tell(self, message: str) -> None:
        print(f"  {message}", flush=True)

    def _home(self) -> Home:
        secrets = {
            "EARSHOT_BLUESKY_HANDLE": self.shop.handle,
            "EARSHOT_BLUESKY_APP_PASSWORD": self.shop.app_password("first"),
        }
        home = Home(self.folder, env=secrets, patience=LONG)
        home.configure(SECTION.format(url=self.base))
        return home

    def _label(self) -> None:
        """check says who we are and what is missing, --fix mends it, and others see it."""
        before = self.home.run("check", "--online")
        assert before.code == 0 and "we are @fernhill.test" in before.out, before
        assert "does not carry the bot label" in before.out, before
        after = self.home.run("check", "--online", "--fix")
        assert "carries the bot label now" in after.out, after
        until(self._labelled, "others see the label")
        self._tell("check --online --fix: the account carries the bot label, and a customer sees it")

    def _labelled(self) -> bool:
        seen = self.people[0].ask("app.bsky.actor.getProfile", actor=self.shop.did)
        return any(one["val"] == "bot" and one["src"] == self.shop.did for one in seen.get("labels", []))

    # ---- 300 mentions and a daemon that dies

    def _listen_while_they_post(self) -> None:
        began, threads = time.monotonic(), [threading.Thread(target=self._speak, args=(one,)) for one in self.people]
        self.line.start()
        for one in threads:
            one.start()
        while any(one.is_alive() for one in threads) or self.line.kills < KILLS:
            self.line.live_and_die()
        require_all_said(self.said)
        self._tell(f"{len(self.said)} mentions by {AUTHORS} authors at once in {time.monotonic() - began:.0f} s")
        until(lambda: not set(self.said) - set(self._stored()), "every mention is stored", LONG)
        self._tell(f"all stored, {self.line.kills} kill -9 later")
        until(self.line.is_drained, "every approved reply is sent", LONG)
        self.line.stop()

    def _speak(self, person: Person) -> None:
        """Times are made first, posted later, and seen later still."""
        rng = random.Random(person.handle)
        for number in range(EACH):
            text = f"@fernhill.test {rng.choice(SAID)} ({person.handle} {number})"
            created = made_before(rng, datetime.now(UTC))
            time.sleep(rng.uniform(0, 0.4))
            made = person.post(text, created=created, names=self.shop.did)
            self.said[made["uri"]] = text

    def _stored(self) -> dict[str, str]:
        return {one["mention_id"]: one["mention_text"] for one in self.line.rows()}

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
        wanted = {one["uri"] for one in (reply, aside, quote, gated, back)}
        self._read(wanted)
        shown = {uri: self.home.run("show", f"bluesky:{uri}", "--json").json for uri in wanted}
        assert shown[gated["uri"]]["eligibility"]["can_reply"] is False, shown[gated["uri"]]["eligibility"]
        assert shown[aside["uri"]]["decision"] == "ignore" and shown[reply["uri"]]["state"] == "drafted"
        assert shown[quote["uri"]]["decision"] in ("draft", "escalate")
        self._tell("a threadgate, a reply below our post, a talk among others, a quote, a post dated 2020: told apart")
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
        ids = {one["mention"]["id"]: str(one["id"]) for one in self.home.queue("--state", "drafted")}
        assert self.home.run("approve", *(ids[uri] for uri in wanted)).code == 0
        self._rewrite(ada, edited["uri"], "@fernhill.test What are your opening hours in May?")
        at = {"repo": ada.did, "collection": "app.bsky.feed.post", "rkey": gone["uri"].rpartition("/")[2]}
        ada.call("com.atproto.repo.deleteRecord", at)
        until(lambda: not ada.ask("app.bsky.feed.getPosts", uris=gone["uri"])["posts"], "the AppView knows it is gone")
        assert self.home.run("once", "--stage", "send").code in (0, 3)
        states = {uri: self.home.run("show", number, "--json").json for uri, number in ids.items() if uri in wanted}
        assert states[edited["uri"]]["state"] == "drafted", states[edited["uri"]]
        assert states[gone["uri"]]["closed_as"] == "withdrawn", states[gone["uri"]]
        self._tell("a mention edited after its approval went back to staff, a deleted one was withdrawn")

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
        lost = {uri: any(one["uri"] == uri for one in listed) for uri in left}
        assert not left, f"never read, and whether the AppView lists it on its first page: {lost}"

    # ---- what stands there

    def _judge(self) -> None:
        """By a bystander's eyes and by our own repository, against the log."""
        bystander, rows = self.people[-1], self.line.rows()
        counts = Counter(row["mention_id"] for row in rows)
        missed, twice = set(self.said) - set(counts), [uri for uri, count in counts.items() if count > 1]
        sent = {row["mention_id"]: row["reply_text"] for row in rows if row["state"] == "sent"}
        until(lambda: self._seen_all(bystander, sent), "the AppView shows the last replies")
        wrong = [uri for uri, text in sent.items() if bystander.answers(uri, self.shop.did) != [text]]
        mine = [one for one in self.shop.records() if "reply" in one["value"]]
        doubled = [uri for uri, n in Counter(one["value"]["reply"]["parent"]["uri"] for one in mine).items() if n > 1]
        self._tell(f"missed {len(missed)}  stored twice {len(twice)}  sent {len(sent)}  on the network {len(mine)}")
        self._tell(f"doubled {len(doubled)}  not as approved {len(wrong)}  kills {self.line.kills}")
        assert not (missed or twice or wrong or doubled) and len(mine) == len(sent) > AUTHORS * EACH / 4
        self._no_secrets()

    def _seen_all(self, bystander: Person, sent: dict[str, str]) -> bool:
        return all(bystander.answers(uri, self.shop.did) for uri in list(sent)[-3:])

    def _no_secrets(self) -> None:
        """The app password stands in no file of the data folder, and the tokens are for our own eyes."""
        secret = self.home.env["EARSHOT_BLUESKY_APP_PASSWORD"].encode()
        files = [one for one in self.home.data.rglob("*") if one.is_file()]
        assert not [one.name for one in files if secret in one.read_bytes()]
        assert (self.home.data / "bluesky-session.json").stat().st_mode & 0o777 == 0o600


def require_all_said(said: Collection[str]) -> None:
    """Raise AssertionError if an author fell silent: a thread that dies must not make the test an easier one."""
    assert len(said) == AUTHORS * EACH, f"only {len(said)} of {AUTHORS * EACH} mentions were said"


def _quote(target: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.record", "record": {"uri": target["uri"], "cid": target["cid"]}}


def _gate(uri: str) -> dict[str, Any]:
    made = datetime.now(UTC).isoformat()
    return {"$type": "app.bsky.feed.threadgate", "post": uri, "allow": [], "createdAt": made}
