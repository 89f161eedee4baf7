"""The X platform against the fake X server, for the tests of this folder."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from listener.feed_page import FeedPage
from listener.model import Json, Mention, Outgoing, Prepared, Preview
from listener.platforms import x
from listener.platforms.x.api import XPlatform
from listener.platforms.x.wire import XClient
from listener.store.engine import open_store
from listener.store.ledger import LedgerMeter
from listener.store.migrate import migrate
from tests.fakes.x import SECRETS, XServer
from tests.platforms.other_side import Outcome, Shape, World


@dataclass
class Keys:
    """Secrets that a test may replace."""

    values: dict[str, str] = field(default_factory=lambda: dict(SECRETS))

    def get(self, name: str, /) -> str | None:
        """As the environment would."""
        return self.values.get(name)


@cache
def _empty() -> bytes:
    """A fresh database, migrated once a process."""
    with TemporaryDirectory() as folder:
        migrate(Path(folder) / "earshot.db", datetime.now(UTC))
        return (Path(folder) / "earshot.db").read_bytes()


class Bill(LedgerMeter):
    """The real ledger, in a database of its own. budget: US dollars a day; kept: of which for sending."""

    def __init__(self, clock: Callable[[], datetime], budget: float = 1000.0, kept: float = 0.0) -> None:
        self._folder = TemporaryDirectory(prefix="earshot-bill-")
        path = Path(self._folder.name) / "earshot.db"
        path.write_bytes(_empty())
        super().__init__(open_store(path), "x", budget, kept, clock)
        _open.append(self)

    @property
    def budget(self) -> float:
        """The day's budget."""
        return self._budget or 0.0

    @budget.setter
    def budget(self, usd: float) -> None:
        self._budget = usd

    @property
    def usd(self) -> float:
        """The sum booked."""
        return round(self._sum(""), 6)

    @property
    def unknown(self) -> float:
        """Of which for pages that nobody could read."""
        return round(self._sum("page "), 6)

    @property
    def posts(self) -> float:
        """Of which for posts, also for those of unknown outcome."""
        return round(sum(usd for call, _, usd in self.lines if call.startswith("POST")), 6)

    def _sum(self, prefix: str) -> float:
        query = "SELECT coalesce(sum(usd), 0.0) FROM ledger WHERE coalesce(key, '') LIKE ?"
        with self._store.read() as connection:
            return float(connection.exec_driver_sql(query, (f"{prefix}%",)).scalar_one())

    @property
    def lines(self) -> list[tuple[str, int, float]]:
        """What was booked for known calls: (call, resources, usd)."""
        query = "SELECT call, resources, usd FROM ledger WHERE coalesce(key, '') NOT LIKE 'page %' ORDER BY id"
        with self._store.read() as connection:
            return [(call, number, usd) for call, number, usd in connection.exec_driver_sql(query)]

    def close(self) -> None:
        """End the database."""
        self._store.close()
        self._folder.cleanup()


_open: list[Bill] = []


class XWorld(World):
    """A server, a platform, and both sides of them. seconds: the total deadline of a call."""

    def __init__(self, server: XServer, *, seconds: float = 5.0, cap: int = 8 * 1024 * 1024, **keys: Any) -> None:
        settings: dict[str, Any] = {"handle": "shop", "start": "all", "app_owned_by_brand": True}
        self.server, self.keys, self.bill, self.seconds, self.cap = (
            server,
            Keys(),
            Bill(server.x.posts.now),
            seconds,
            cap,
        )
        self.section = x.Section(api_url=server.url, **(settings | keys))
        self.platform = self.again()

    def again(self) -> XPlatform:
        """As a new process would connect it."""
        wire = XClient(self.section.api_url, self.keys, seconds=self.seconds, cap=self.cap)
        return XPlatform(
            self.section, self.keys, self.bill, wire=wire, rng=random.Random(7), clock=self.server.x.posts.now
        )

    def preview(self, text: str, mention: Mention) -> Preview:
        """X's preview."""
        return x.preview(text, mention, self.section)

    def plant(self, text: str) -> str:
        """Somebody mentions us, the text left as it is."""
        return self.server.mention(text, mentions=[("100", "shop")]).id

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers in the app."""
        return self.server.own(text, reply_to).id

    def posted(self) -> list[tuple[str, str]]:
        """From the server's ledger."""
        return [(reply["text"], reply["in_reply_to"]) for reply in self.server.x.ledger.posted]

    def fail(self, outcome: Outcome) -> bool:
        """One fault for each outcome."""
        modes: dict[Outcome, tuple[str, bool]] = {
            "not_sent": ("rate", False),
            "refused": ("not-summoned", False),
            "unconfirmed": ("cut", False),
            "unknown_arrived": ("cut", True),
        }
        mode, after = modes[outcome]
        self.server.fail_next("POST /2/tweets", mode, after=after)
        return True

    def lengths(self) -> Mapping[str, int]:
        """X's weights; a link counts 23 whatever its length."""
        return {"e\u0301": 1, "日本": 4, "👨‍👩‍👧‍👦": 2, "https://example.com/a/very/long/path?that=is&never=read": 23}

    def hide(self, text: str) -> str:
        """Indexed tomorrow."""
        return self.server.mention(text, mentions=[("100", "shop")], late=86_400).id

    def show(self, mention_id: str) -> None:
        """Indexed now."""
        self.server.x.posts.by_id[mention_id].indexed_at = self.server.x.posts.now()

    def plant_aside(self, text: str) -> str:
        """A search for its first word finds it."""
        self.section = replace(self.section, search=(text.split()[0],))
        self.platform = self.again()
        return self.server.mention(text, mentions=[]).id

    def plant_unanswerable(self, text: str) -> str:
        """A bare reply to a post of ours: X takes no answer to it."""
        own = self.server.own("We open at nine.")
        return self.server.mention(text, mentions=[], reply_to=own.id, reply_to_user="100").id

    def plant_broken(self) -> str:
        """A post whose text is a number."""
        post = self.server.mention("?")
        post.raw = {"id": post.id, "text": 7}
        return post.id

    def edit(self, mention_id: str, text: str) -> None:
        """A new id, with the old one as its history."""
        self.server.edit(mention_id, text)

    def delete(self, mention_id: str) -> None:
        """Its author takes it away."""
        self.server.x.posts.by_id[mention_id].deleted = True

    def limit(self, shape: Shape, span: timedelta) -> None:
        """X tells the end in unix seconds."""
        end = self.server.x.posts.now() + (-span if shape == "past" else span)
        shapes: dict[Shape, dict[str, str]] = {
            "reset": {"x-rate-limit-reset": str(int(end.timestamp()) + 1)},
            "past": {"x-rate-limit-reset": str(int(end.timestamp()))},
            "nonsense": {"x-rate-limit-reset": "soon"},
            "retry_after": {"retry-after": f"{span.total_seconds():.0f}"},
            "retry_after_date": {"retry-after": format_datetime(end, usegmt=True)},
        }
        for endpoint in ("GET /2/users/:id/mentions", "POST /2/tweets"):
            self.server.fail_next(endpoint, "rate", headers=shapes.get(shape, {}))

    def revoke(self) -> None:
        """The server knows other tokens now."""
        self.server.secrets = {name: f"new {value}" for name, value in self.server.secrets.items()}

    def renew(self) -> None:
        """And so does the operator."""
        self.keys.values = dict(self.server.secrets)

    def down(self) -> None:
        """Nobody listens there, and no connection was kept."""
        self.server.stop()
        self.platform = self.again()

    def ahead(self, span: timedelta) -> None:
        """Move the server's clock."""
        self.server.x.posts.ahead += span


@contextmanager
def serving() -> Iterator[XServer]:
    """A server for a test."""
    server = XServer().start()
    try:
        yield server
    finally:
        server.stop()
        while _open:
            _open.pop().close()


def connected(world: XWorld, folder: Path) -> XPlatform:
    """By the public door."""
    return x.connect(world.section, world.keys, folder, world.bill)


def a_mention(**changes: Any) -> Mention:
    """A mention on X that can be answered."""
    made = datetime(2026, 11, 22, 12, tzinfo=UTC)
    told: dict[str, Any] = {"id": "42", "text": "@shop hello", "author_id": "7001", "conversation_id": "42"}
    told |= {"platform": "x", "interaction_id": "42", "created_at": made, "age_start_at": made}
    return Mention(**(told | changes))


def prepared(world: XWorld, text: str = "Thank you!", reply_id: int = 1) -> Prepared:
    """A reply to a mention that stands on the server."""
    post = world.server.mention("@shop hello")
    return world.platform.prepare(Outgoing(reply_id, 1, text, a_mention(id=post.id)), datetime.now(UTC))


def one_round(world: XWorld, cursor: Json | None) -> tuple[list[FeedPage], Json]:
    """One poll: fetch until there is no more, by the server's clock."""
    pages = []
    while True:
        page = world.platform.fetch(cursor, world.server.x.posts.now())
        pages.append(page)
        cursor = page.cursor
        if not page.more:
            return pages, cursor


def read(pages: list[FeedPage]) -> dict[str, Mention]:
    """The mentions of these pages by id."""
    return {mention.id: mention for page in pages for mention in page.mentions}
