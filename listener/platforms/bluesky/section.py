"""The `[platforms.bluesky]` section of earshot.toml: its keys, and what can be wrong with them."""

import re
from dataclasses import dataclass

from listener.platforms.kit.addresses import url_problem
from listener.platforms.kit.authors import item_author, names_under, raw_object
from listener.platforms.kit.section import HTTP_LOGGERS, KeyProblem, SettlingSection, repeated_problems
from listener.protocols import ItemAuthor

HANDLE, PASSWORD = "EARSHOT_BLUESKY_HANDLE", "EARSHOT_BLUESKY_APP_PASSWORD"
"""The account's handle (or its DID), and an app password of it: Settings, Privacy and security, App passwords."""

_POST_ADDRESS = re.compile(r"at://([^/]+)/")


@dataclass(frozen=True, kw_only=True)
class Section(SettlingSection):
    """Keys of `[platforms.bluesky]`. search: queries beyond what Bluesky notifies us of."""

    secret_names = (HANDLE, PASSWORD)
    chatty_loggers = HTTP_LOGGERS
    acts = ("like", "repost")

    service_url: str = "https://bsky.social"
    search: tuple[str, ...] = ()
    settle_after_seconds: float = 30.0

    @staticmethod
    def item_author(raw: str) -> ItemAuthor | None:
        """Return the author of a post view, whose DID also stands in the post's address."""
        item = raw_object(raw)
        author, address = item.get("author"), _POST_ADDRESS.match(str(item.get("uri")))
        ids = names_under(author, "did") | (frozenset({address[1]}) if address else frozenset())
        return item_author(ids, names_under(author, "handle"))

    def problems(self) -> list[KeyProblem]:
        """Return the problems that types do not catch."""
        faults = [("service_url", what, 'give scheme and host alone, such as "https://bsky.social"')
                  for what in [url_problem(self.service_url)] if what]  # fmt: skip
        faults += [("search", "a query is empty", "remove it") for query in self.search if not query.strip()]
        return [*faults, *repeated_problems("search", "a query", self.search), *super().problems()]

    def notes(self) -> list[str]:
        """Return what Bluesky asks of an automated account."""
        message = "Bluesky asks automated accounts to carry the bot label (`earshot check --online --fix` sets it)"
        return [f"{message} and to answer only people who addressed them"]
