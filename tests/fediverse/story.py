"""What happens: six people post 204 mentions, edit and delete some, some of them in private, while the daemon listens
and is killed again and again; staff approve, and each reply stands once, where only who may read it does.

snac lists its newest 64 notifications only. What left that list unread may be missed, if a gap was reported whose
stretch it lies in, by the ids of the notifications on the server's own disk.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests import evening
from tests.evening import AUTHORS, TEXTS, repeated, report
from tests.fediverse.boot import Server
from tests.fediverse.people import Json, Person
from tests.listening import KILLS, LONG, Listening
from tests.process import until

EACH = 34
SHOP = "fernhill"
SECTION = """[daemon]
send_seconds = 0.5
route_seconds = 0.5
[platforms.mastodon]
server_url = "{url}"
start = "all"
poll_seconds = {poll}
characters = 5000
settle_after_seconds = 5
"""
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_MARK = re.compile(r"\((\w+ \w+)\)")  # what tells a mention from all others, also after an edit


@dataclass
class Posted:
    """A mention as its author made it."""

    author: str
    uri: str
    is_private: bool
    is_edited: bool = False
    is_deleted: bool = False


@dataclass
class Story:
    """An evening on the server. posted: mark -> the mention."""

    server: Server
    passwords: dict[str, str]
    folder: Path
    rng: random.Random
    posted: dict[str, Posted] = field(default_factory=dict)

    def whole(self) -> None:
        """Play it, and report what was seen."""
        everybody = {name: Person.sign_in(self.server, name, word) for name, word in self.passwords.items()}
        self.shop = everybody.pop(SHOP)
        self.people = list(everybody.values())
        home = evening.new_home(
            self.folder, SECTION.format(url=self.server.url, poll=0.5), {"EARSHOT_MASTODON_TOKEN": self.shop.token}
        )
        assert home.run("migrate").code == 0
        assert f"we are @{SHOP}" in home.run("check", "--online").out
        self.line = Listening(home, self.rng)
        self.line.start()
        try:
            self._listen_while_they_post()
        finally:
            self.line.end()
        self._judge()

    def _listen_while_they_post(self) -> None:
        self._welcome()
        took = evening.speak_while_it_dies(self.line, [partial(self._speak, person) for person in self.people])
        evening.require_all_posted(len(self.posted), AUTHORS * EACH + 1)
        kinds = ("is_private", "is_edited", "is_deleted")
        count = Counter(kind for mention in self.posted.values() for kind in kinds if vars(mention)[kind])
        what = f"{count['is_private']} private, {count['is_edited']} edited, {count['is_deleted']} deleted"
        report(f"{len(self.posted)} mentions by {AUTHORS} authors in {took:.0f} s: {what}")
        until(lambda: not self._unexplained(), "every mention is stored, or lies in a reported gap", LONG)
        report(f"all stored or reported, {self.line.kills} kill -9 later")
        evening.drain(self.line, SECTION.format(url=self.server.url, poll=evening.CALM))

    def _welcome(self) -> None:
        """A first mention is read before the others come: only behind a known one can a gap be noticed."""
        self._post(self.people[0], "welcome", random.Random(0))
        until(lambda: not self._missed(), "the first mention is stored", LONG)

    def _speak(self, person: Person) -> None:
        rng = random.Random(person.name)
        for number in range(EACH):
            made = self._post(person, str(number), rng)
            self._change(person, f"{person.name} {number}", made, rng)
            time.sleep(rng.uniform(0.3, 1.5))

    def _post(self, person: Person, number: str, rng: random.Random) -> Json:
        mark, text = f"{person.name} {number}", rng.choice(TEXTS)
        visibility = "direct" if rng.random() < 0.25 else "public"
        status = person.post(f"@{SHOP} {text} ({mark})", visibility)
        self.posted[mark] = Posted(person.name, status["uri"], visibility == "direct")
        return status

    def _change(self, person: Person, mark: str, status: Json, rng: random.Random) -> None:
        """Some think again, at once or after the daemon may have read it."""
        dice, text = rng.random(), f"@{SHOP} {rng.choice(TEXTS)} ({mark})"
        if dice < 0.3:
            time.sleep(rng.choice((0.2, 3, 12)))
        if dice < 0.22:
            self.posted[mark].is_edited = True
            person.edit(status, text)
        elif dice < 0.3:
            self.posted[mark].is_deleted = True
            person.delete(status)

    def _stored(self) -> list[str]:
        return [mark for row in self.line.rows() for mark in _MARK.findall(row["mention_text"])]

    def _missed(self) -> set[str]:
        """The marks of mentions that still stand on the server and are not stored."""
        return {mark for mark, mention in self.posted.items() if not mention.is_deleted} - set(self._stored())

    def _gaps(self) -> list[tuple[int, int]]:
        """The stretches that an operator is asked to check, as the ids of the notifications on either side."""
        query = "SELECT from_id, to_id FROM gap JOIN notice ON notice.id = notice_id WHERE cleared_at IS NULL"
        with self.line.home.database() as connection:
            return [(int(low), int(high)) for low, high in connection.execute(query)]

    def _unexplained(self) -> list[str]:
        """The marks of missed mentions that lie in no reported gap."""
        missed, notifications = self._missed(), self.server.notifications_of(SHOP)
        explained = inside_gaps(notifications, self._gaps())
        return sorted(mark for mark in missed if self.posted[mark].uri not in explained)

    # ---- what stands there

    def _judge(self) -> None:
        """By the server's own disk against the log."""
        closed = evening.withdraw_deleted(self.line)
        withdrawn = {mark for item in closed for mark in _MARK.findall(item["mention"]["text"])}
        forsaken = [mark for mark in withdrawn if not self.posted[mark].is_deleted]
        rows, twice = self.line.rows(), repeated(self._stored())
        missed, unexplained = self._missed(), self._unexplained()
        ours = self.server.answers_of(self.shop.name)
        doubled = repeated(post["inReplyTo"] for post in ours)
        asked = {mention.uri: mention for mention in self.posted.values()}
        wrong = [post["id"] for post in ours if not self._is_for_its_author(post, asked[post["inReplyTo"]])]
        sent = [row for row in rows if row["state"] == "sent"]
        gaps = f"gaps reported {len(self._gaps())}  missed outside of them {len(unexplained)}"
        report(f"missed {len(missed)}  {gaps}  stored twice {len(twice)}")
        report(f"sent {len(sent)}  on the server {len(ours)}  doubled {len(doubled)}  to the wrong reader {len(wrong)}")
        report(f"withdrawn {len(withdrawn)}  of them not deleted {len(forsaken)}  kills {self.line.kills}")
        faults = (unexplained, twice, doubled, wrong, forsaken)
        assert not any(faults), faults
        assert len(ours) == len(sent) > AUTHORS * EACH / 4 and self.line.kills >= KILLS

    def _is_for_its_author(self, post: Json, asked: Posted) -> bool:
        """A private mention is answered to its author alone, and to nobody who is merely named."""
        readers = {reader for name in ("to", "cc") for reader in _listed(post.get(name))}
        author, shop = (f"{self.server.url}/{name}" for name in (asked.author, self.shop.name))
        others = readers - {author, shop}
        return author in readers and (not others if asked.is_private else others <= {PUBLIC, f"{shop}/followers"})


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []


def inside_gaps(notifications: Collection[tuple[str, int]], gaps: Collection[tuple[int, int]]) -> set[str]:
    """Return the posts whose notifications all lie in a gap; a post without any lies in none."""
    outside = {uri for uri, number in notifications if not any(low < number < high for low, high in gaps)}
    return {uri for uri, _ in notifications} - outside
