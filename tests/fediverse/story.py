"""What happens: six people post 204 mentions, edit and delete some, some of them in private, while the daemon listens
and is killed again and again; staff approve, and each reply stands once, where only who may read it does."""

import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fediverse.boot import Server
from tests.fediverse.people import Json, Person
from tests.listening import LONG, Listening
from tests.process import Home, until

AUTHORS, EACH = 6, 34
SAID = (
    "Thank you so much for the lovely notebook, I love it!",
    "My parcel is two weeks late and nobody answers my mails.",
    "What are your opening hours?",
    "Going past the shop.",
)
SECTION = """[daemon]
send_seconds = 0.5
route_seconds = 0.5
[platforms.mastodon]
server_url = "{url}"
start = "all"
poll_seconds = 0.5
characters = 5000
settle_after_seconds = 5
"""
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_MARK = re.compile(r"\((\w+ \d+)\)")  # what tells a mention from all others, also after an edit


@dataclass
class Said:
    """A mention as its author made it."""

    author: str
    uri: str
    is_private: bool
    is_edited: bool = False
    is_deleted: bool = False


@dataclass
class Story:
    """One evening on the server. said: mark -> the mention."""

    server: Server
    passwords: dict[str, str]
    folder: Path
    rng: random.Random
    said: dict[str, Said] = field(default_factory=dict)

    def whole(self) -> None:
        """Tell it, and print what was seen."""
        everybody = {name: Person.sign_in(self.server, name, word) for name, word in self.passwords.items()}
        self.shop = everybody.pop("fernhill")
        self.people = list(everybody.values())
        home = Home(self.folder, env={"EARSHOT_MASTODON_TOKEN": self.shop.token}, patience=LONG)
        home.configure(SECTION.format(url=self.server.url))
        assert home.run("migrate").code == 0
        assert "we are @fernhill" in home.run("check", "--online").out
        self.line = Listening(home, self.rng)
        self.line.start()
        try:
            self._listen_while_they_post()
        finally:
            self.line.end()
        self._judge()

    def _tell(self, message: str) -> None:
        print(f"  {message}", flush=True)

    def _listen_while_they_post(self) -> None:
        began, threads = time.monotonic(), [threading.Thread(target=self._speak, args=(one,)) for one in self.people]
        for one in threads:
            one.start()
        while any(one.is_alive() for one in threads):
            self.line.live_and_die()
        assert len(self.said) == AUTHORS * EACH, f"only {len(self.said)} mentions were said"
        count = Counter(
            word for one in self.said.values() for word in ("is_private", "is_edited", "is_deleted") if vars(one)[word]
        )
        what = f"{count['is_private']} private, {count['is_edited']} edited, {count['is_deleted']} deleted"
        self._tell(f"{len(self.said)} mentions by {AUTHORS} authors in {time.monotonic() - began:.0f} s: {what}")
        until(lambda: not self._missing() or self._gaps(), "every mention is stored, or a gap is told", LONG)
        self._tell(f"all stored or told, {self.line.kills} kill -9 later")
        until(self.line.is_drained, "every approved reply is sent", LONG)
        self.line.stop()

    def _speak(self, person: Person) -> None:
        rng = random.Random(person.name)
        for number in range(EACH):
            mark, text = f"{person.name} {number}", rng.choice(SAID)
            visibility = "direct" if rng.random() < 0.25 else "public"
            made = person.post(f"@fernhill {text} ({mark})", visibility)
            self.said[mark] = said = Said(person.name, made["uri"], visibility == "direct")
            self._change(person, said, made, f"@fernhill {rng.choice(SAID)} ({mark})", rng)
            time.sleep(rng.uniform(0.3, 1.5))

    def _change(self, person: Person, said: Said, made: Json, text: str, rng: random.Random) -> None:
        """Some think again, at once or after the daemon may have read it."""
        dice = rng.random()
        if dice < 0.3:
            time.sleep(rng.choice((0.2, 3, 12)))
        if dice < 0.22:
            said.is_edited = True
            person.edit(made, text)
        elif dice < 0.3:
            said.is_deleted = True
            person.delete(made)

    def _stored(self) -> Counter[str]:
        return Counter(mark for row in self.line.rows() for mark in _MARK.findall(row["mention_text"]))

    def _missing(self) -> set[str]:
        return {mark for mark, one in self.said.items() if not one.is_deleted} - set(self._stored())

    def _gaps(self) -> list[Any]:
        return [one for one in self.line.home.run("notices", "--json").json if one["kind"] == "gap"]

    # ---- what stands there

    def _judge(self) -> None:
        """By the server's own disk against the log."""
        rows, stored, gaps = self.line.rows(), self._stored(), self._gaps()
        missed, twice = self._missing(), [mark for mark, count in stored.items() if count > 1]
        ours = self.server.answers_of(self.shop.name)
        parents = Counter(post["inReplyTo"] for post in ours)
        doubled = [parent for parent, count in parents.items() if count > 1]
        asked = {one.uri: one for one in self.said.values()}
        wrong = [post["id"] for post in ours if not self._is_for_its_author(post, asked[post["inReplyTo"]])]
        sent = [row for row in rows if row["state"] == "sent"]
        self._tell(f"missed {len(missed)}  gaps told {len(gaps)}  stored twice {len(twice)}")
        self._tell(
            f"sent {len(sent)}  on the server {len(ours)}  doubled {len(doubled)}  to the wrong reader {len(wrong)}"
        )
        self._tell(f"kills {self.line.kills}")
        assert not twice and not doubled and not wrong and (gaps or not missed), (missed, twice, doubled, wrong)
        assert len(ours) == len(sent) > AUTHORS * EACH / 4 and self.line.kills >= 4

    def _is_for_its_author(self, post: Json, asked: Said) -> bool:
        """A private mention is answered to its author alone, and to nobody who is merely named."""
        readers = {reader for name in ("to", "cc") for reader in _listed(post.get(name))}
        author, shop = (f"{self.server.url}/{name}" for name in (asked.author, self.shop.name))
        others = readers - {author, shop}
        return author in readers and (not others if asked.is_private else others <= {PUBLIC, f"{shop}/followers"})


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []
