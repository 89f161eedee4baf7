"""Facebook and Instagram against their fakes, for the tests of this folder."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from listener.model import Mention, Preview
from listener.platforms import facebook
from listener.platforms.facebook.api import Facebook
from listener.platforms.kit.http import HttpClient
from listener.settings import EnvSecrets
from tests.fakes.meta import PAGE_ID, TOKEN, FacebookServer, Person
from tests.fakes.meta.posts import somebody
from tests.platforms.other_side import Outcome, Shape, World

LATE = 86_400.0


class FacebookWorld(World):
    """A Page, a platform, and both sides of them. Every process has a data folder of its own."""

    longest_guess = timedelta(minutes=67)  # an hour and some jitter

    def __init__(self, server: FacebookServer, folder: Path, *, seconds: float = 5.0, **keys: Any) -> None:
        settings: dict[str, Any] = {"start": "all", "reply_spacing_seconds": 0.0, "daily_calls": 100_000}
        self.server, self.folder, self.seconds, self._count = server, folder, seconds, itertools.count()
        self.env = {"EARSHOT_FACEBOOK_TOKEN": TOKEN}
        self.section = facebook.Section(page_id=PAGE_ID, api_url=server.url, **(settings | keys))
        self.platform: Facebook = self.again()

    def again(self, folder: Path | None = None) -> Facebook:
        """As a new process would connect it, on another machine unless a data folder is given."""
        web, secrets = HttpClient(seconds=self.seconds, cap=1 << 20), EnvSecrets(self.env)
        own = folder or self.folder / str(next(self._count))
        own.mkdir(exist_ok=True)
        return Facebook(self.section, secrets, own, web=web, rng=random.Random(7), clock=self.server.now)

    def preview(self, text: str, mention: Mention) -> Preview:
        """The module's preview."""
        return facebook.preview(text, mention, self.section)

    def plant(self, text: str) -> str:
        """Somebody comments on our first post."""
        return self.server.say(text, self.server.first).id

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers in the app."""
        target = self.server.comment_of(reply_to)
        return self.server.say(text, self.server.first, author=self.server.me, parent=target).key

    def posted(self) -> list[tuple[str, str]]:
        """From the server's ledger."""
        return [(reply["text"], reply["in_reply_to"]) for reply in self.server.posted]

    def fail(self, outcome: Outcome) -> bool:
        """One fault for each outcome."""
        modes = {"not_sent": "rate", "refused": "invalid", "unconfirmed": "cut", "unknown_arrived": "unknown"}
        self.server.fail_next("POST comments", modes[outcome], after=outcome == "unknown_arrived")
        return True

    def hide(self, text: str) -> str:
        """Listed tomorrow."""
        return self.server.say(text, self.server.first, late=LATE).id

    def show(self, mention_id: str) -> None:
        """Listed now."""
        self.server.comments[mention_id.rpartition("_")[2]].listed_at = self.server.now()

    def repeat(self, mention_id: str) -> None:
        """Every page begins with its first item twice."""
        self.server.twice = True

    def empty_page(self) -> None:
        """One, which has a next one."""
        self.server.empty = 1

    def plant_aside(self, text: str) -> str:
        """Somebody answers somebody else's comment."""
        first = self.server.say("Have you seen this?", self.server.first, by="bo")
        return self.server.say(text, self.server.first, by="cy", parent=first).id

    def plant_unanswerable(self, text: str) -> str:
        """A comment that takes no reply."""
        return self.server.say(text, self.server.first, can_comment=False).id

    def plant_broken(self) -> str:
        """A comment whose words are a number."""
        comment = self.server.say("?", self.server.first)
        comment.raw = {"id": comment.id, "message": 7, "created_time": "yesterday"}
        return comment.key

    def edit(self, mention_id: str, text: str) -> None:
        """The id stays."""
        self.server.comments[mention_id.rpartition("_")[2]].message = text

    def delete(self, mention_id: str) -> None:
        """Nobody sees it any more."""
        self.server.comments[mention_id.rpartition("_")[2]].deleted = True

    def limit(self, shape: Shape, span: timedelta) -> None:
        """Meta's own header names minutes; the others are what no server should do."""
        end = self.server.now() + span
        shapes: dict[Shape, dict[str, str]] = {
            "reset": usage(span.total_seconds() / 60),
            "past": usage(0),
            "nonsense": {"X-Business-Use-Case-Usage": "soon"},
            "retry_after": {"Retry-After": f"{span.total_seconds():.0f}"},
            "retry_after_date": {"Retry-After": format_datetime(end, usegmt=True)},
        }
        for endpoint in ("GET posts", "POST comments"):
            self.server.fail_next(endpoint, "rate", headers=shapes.get(shape, {}))

    def revoke(self) -> None:
        """The server knows another token now."""
        self.server.token = "another-token"

    def renew(self) -> None:
        """And so does the operator."""
        self.env["EARSHOT_FACEBOOK_TOKEN"] = self.server.token

    def down(self) -> None:
        """Nobody listens there, and no connection was kept."""
        self.server.stop()
        self.platform = self.again()


def usage(minutes: float) -> dict[str, str]:
    """Meta's header, with the minutes until a limit ends."""
    entry = f'{{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": {minutes:g}}}'
    return {"X-Business-Use-Case-Usage": f'{{"1": [{entry}]}}'}


def person(name: str) -> Person:
    """Somebody."""
    return somebody(name)


@contextmanager
def serving(server: FacebookServer | None = None) -> Iterator[FacebookServer]:
    """A server for a test."""
    made = server or FacebookServer()
    made.start()
    try:
        yield made
    finally:
        made.stop()
