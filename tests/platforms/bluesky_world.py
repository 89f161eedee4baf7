"""The Bluesky platform against the fake network, for the tests of this folder."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from listener.model import Mention, Preview
from listener.platforms import bluesky
from listener.platforms.bluesky.api import Bluesky
from listener.platforms.kit.http import HttpClient
from tests.fakes.bluesky import SECRETS, BlueskyServer
from tests.fakes.bluesky.network import LIKE, REPOST
from tests.fakes.bluesky.server import PUT
from tests.platforms.other_side import Outcome, Shape, World
from tests.platforms.rounds import found

RENEWED = "canary-pass-word-wxyz"
LISTING = "app.bsky.notification.listNotifications"


@dataclass
class Keys:
    """Secrets that a test may replace."""

    values: dict[str, str] = field(default_factory=lambda: dict(SECRETS))

    def get(self, name: str, /) -> str | None:
        """As the environment would."""
        return self.values.get(name)


class BlueskyWorld(World):
    """A network, a platform, and both sides of them. seconds: the total deadline of a call."""

    def __init__(self, server: BlueskyServer, folder: Path, *, seconds: float = 5.0, **keys: Any) -> None:
        self.server, self.folder, self.keys, self.seconds = server, folder, Keys(), seconds
        settings: dict[str, Any] = {"start": "all", "search": ("hello",)}
        self.section = bluesky.Section(service_url=server.url, **(settings | keys))
        self.network = server.network
        self.clock = self.network.now
        self.platform = self.again()

    def again(self) -> Bluesky:
        """As a new process would connect it."""
        web, rng = HttpClient(seconds=self.seconds), random.Random(7)
        return Bluesky(self.section, self.keys, self.folder, web=web, rng=rng, clock=self.clock)

    def preview(self, text: str, mention: Mention) -> Preview:
        """Bluesky's preview."""
        return bluesky.preview(text, mention, self.section)

    def plant(self, text: str) -> str:
        """Somebody mentions us by a facet, the text left as it is."""
        return self.server.mention(text).uri

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers in the app."""
        return self.server.own(text, reply_to).uri

    def posted(self) -> list[tuple[str, str]]:
        """From the ledger of writes."""
        return [(one.text, one.parent) for one in self.server.records.ledger]

    def applauded(self) -> list[tuple[str, str]]:
        """The records of our account."""
        ours = [record for record in self.network.records.values() if record.did == self.server.us.did]
        kinds = {LIKE: "like", REPOST: "repost"}
        acts = [record for record in ours if record.collection in kinds and not record.deleted]
        return [(kinds[record.collection], record.value["subject"]["uri"]) for record in acts]

    def fail(self, outcome: Outcome) -> bool:
        """One fault for each outcome."""
        modes: dict[Outcome, tuple[str, bool]] = {
            "not_sent": ("rate", False),
            "refused": ("invalid", False),
            "unconfirmed": ("cut", False),
            "unknown_arrived": ("cut", True),
        }
        mode, after = modes[outcome]
        self.server.fail_next(PUT, mode, after=after)
        return True

    def lengths(self) -> Mapping[str, int]:
        """Graphemes; a link counts as it is written."""
        return {"👨‍👩‍👧‍👦": 1, "🇩🇪👍🏽": 2, "e\u0301": 1, "https://example.com/a": 21, "日本": 2}

    def hide(self, text: str) -> str:
        """Made now; the AppView knows it only once it is shown."""
        return self.server.mention(text, late=86_400).uri

    def show(self, mention_id: str) -> None:
        """The AppView has caught up; its place in the listing is that of its createdAt."""
        self.network.records[mention_id].shows = self.network.now()

    def repeat(self, mention_id: str) -> None:
        """A page lists it twice."""
        self.server.listings.twice.add(mention_id)

    def empty_page(self) -> None:
        """A page whose rows were all filtered after it was cut."""
        self.server.listings.blank = 1

    def plant_aside(self, text: str) -> str:
        """A search hit."""
        return self.network.post("bo.test", text).uri

    def plant_unanswerable(self, text: str) -> str:
        """A threadgate lets nobody reply."""
        uri = self.server.mention(text).uri
        self.network.gates[uri] = []
        return uri

    def plant_broken(self) -> str:
        """A record without a text."""
        one = self.server.mention("?")
        del one.value["text"]
        return one.uri

    def edit(self, mention_id: str, text: str) -> None:
        """The uri stays, the content is another."""
        one = self.network.records[mention_id]
        one.value = one.value | {"text": text}

    def delete(self, mention_id: str) -> None:
        """Gone from every listing."""
        self.network.records[mention_id].deleted = True

    def limit(self, shape: Shape, span: timedelta) -> None:
        """Bluesky's own header is `ratelimit-reset`, in unix seconds."""
        end = self.network.now() + span
        headers = {
            "reset": {"ratelimit-reset": str(int(end.timestamp()))},
            "retry_after": {"retry-after": str(int(span.total_seconds()))},
            "retry_after_date": {"retry-after": format_datetime(end, usegmt=True)},
            "past": {"ratelimit-reset": str(int((self.network.now() - span).timestamp()))},
            "nonsense": {"ratelimit-reset": "soon", "retry-after": "later"},
            "none": {},
        }[shape]
        self.server.fail_any("rate", headers=headers)

    def revoke(self) -> None:
        """The app password is deleted, and with it every session made with it."""
        self.server.sessions.revoke(self.server.us.handle)

    def renew(self) -> None:
        """A new app password, mounted where the old one was."""
        self.server.sessions.passwords[self.server.us.handle] = RENEWED
        self.keys.values["EARSHOT_BLUESKY_APP_PASSWORD"] = RENEWED

    def down(self) -> None:
        """Nothing answers any more, kept connections included."""
        self.server.forgets = True
        self.server.stop()


def planted(world: BlueskyWorld, text: str = "hello there") -> Mention:
    """A mention as the platform read it."""
    uri = world.plant(text)
    return found(world)[uri]


@contextmanager
def serving() -> Iterator[BlueskyServer]:
    """A network for a test."""
    server = BlueskyServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
