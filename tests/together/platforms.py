"""The platforms of the rounds: they take the same words twice, so that a double shows."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from tests.fakes.loopback import Call, Loopback
from tests.fakes.mastodon import GOTOSOCIAL, MastodonServer
from tests.fakes.mastodon.statuses import markup
from tests.fakes.x import SECRETS
from tests.faults import x_server
from tests.faults.world import SAID


class Platform(Protocol):
    """A platform with a server of its own on loopback."""

    name: str
    section: str
    secrets: Mapping[str, str]

    def say(self, number: int) -> str:
        """Somebody speaks to us; returns the post's id."""

    def cut(self, *, after: bool) -> None:
        """The answer to the next post is lost; after: it arrives all the same."""

    def interrupt(self, rng: random.Random, act: Callable[[], bool]) -> None:
        """Let something happen in the next call that sends: before it is written where that can be told, or after.

        act: returns whether it did.
        """

    def posts(self) -> Counter[tuple[str, str]]:
        """What we posted: (the id it answers, or "", and the words) -> how often."""

    def close(self) -> None:
        """End the server."""


class Interrupting(Loopback):
    """A server at which something happens between a call and its answer."""

    meanwhile: tuple[str, Callable[[], bool]] | None = None

    def served(self, endpoint: str, call: Call, status: int) -> None:
        """Let it happen at this endpoint, until it says that it has."""
        super().served(endpoint, call, status)
        if self.meanwhile is not None and self.meanwhile[0] == endpoint and self.meanwhile[1]():
            self.meanwhile = None


class XServer(Interrupting, x_server.Server):
    """X."""


class Fediverse(Interrupting, MastodonServer):
    """Mastodon."""


def _words(number: int) -> str:
    return f"{SAID[number % len(SAID)]} ({number})"


class X:
    """X, tolerant of repeated words."""

    name, secrets = "x", SECRETS

    def __init__(self) -> None:
        self._server = XServer(random.Random(1), dict(SECRETS))
        self._server.x = platform = x_server.Loose(self._server.x.account, random.Random(1))
        platform.tolerant, platform.echo, platform.twice, platform.own_lag = True, False, False, 0.0
        self._server.start()
        self.section = (
            f'[platforms.x]\nhandle = "shop"\napi_url = "{self._server.url}"\nstart = "all"\npoll_seconds = 0.5\n'
            'daily_budget_usd = "none"\napp_owned_by_brand = true\nurl_reserve_usd = 0.01\nsettle_after_seconds = 1\n'
        )

    def say(self, number: int) -> str:
        """In time."""
        return self._server.mention(f"@shop {_words(number)}", author_id=str(7000 + number)).id

    def cut(self, *, after: bool) -> None:
        """Once."""
        self._server.fail_next(x_server.POST, "cut", after=after)

    def interrupt(self, rng: random.Random, act: Callable[[], bool]) -> None:
        """After it was written: X is asked nothing before."""
        self._server.meanwhile = (x_server.POST, act)

    def posts(self) -> Counter[tuple[str, str]]:
        """By the server's ledger."""
        return Counter((post["in_reply_to"] or "", post["text"]) for post in [*self._server.x.ledger.posted])

    def close(self) -> None:
        """End it."""
        self._server.stop()


class Mastodon:
    """A GoToSocial, which knows no key of idempotency."""

    name = "mastodon"

    def __init__(self) -> None:
        self._server = Fediverse(GOTOSOCIAL)
        self._server.start()
        self.secrets = {"EARSHOT_MASTODON_TOKEN": self._server.token}
        self.section = (
            f'[platforms.mastodon]\nserver_url = "{self._server.url}"\nstart = "all"\npoll_seconds = 0.5\n'
            "characters = 5000\nsettle_after_seconds = 1\n"
        )

    def say(self, number: int) -> str:
        """In public."""
        return self._server.say(markup(f"@shop {_words(number)}"), by=f"h{number}").id

    def cut(self, *, after: bool) -> None:
        """Once."""
        self._server.fail_next("POST statuses", "cut", after=after)

    def interrupt(self, rng: random.Random, act: Callable[[], bool]) -> None:
        """Mastodon is asked for the mention before: for the check, and once more in the call that sends."""
        self._server.meanwhile = (rng.choice(("GET status", "GET status", "POST statuses")), act)

    def posts(self) -> Counter[tuple[str, str]]:
        """All that was sent."""
        return Counter((post["in_reply_to"] or "", post["text"]) for post in [*self._server.posted])

    def close(self) -> None:
        """End it."""
        self._server.stop()


PLATFORMS: Mapping[str, type[X] | type[Mastodon]] = {"x": X, "mastodon": Mastodon}
