"""The `[platforms.mastodon]` section of earshot.toml: its keys, and what can be wrong with them."""

import re
from dataclasses import dataclass
from datetime import timedelta

from listener.model import Section as Base
from listener.platforms.kit.addresses import url_problem

TOKEN = "EARSHOT_MASTODON_TOKEN"  # noqa: S105 -- the name of a secret
SECRETS = (TOKEN,)
"""An access token of the brand's account: Preferences, Development, New application."""

LIMIT = 500
"""Characters of a post on a server that has changed nothing."""

Fault = tuple[str, str, str]
_TAG = re.compile(r"\w*[^\W\d]\w*")  # a hashtag holds a letter


@dataclass(frozen=True, kw_only=True)
class Section(Base):
    """Keys of `[platforms.mastodon]`. characters: the server's limit of a post; hashtags: timelines that are read too.

    `preview` is pure and must know the limit without a call, so it stands here; `check --online` compares it.
    """

    server_url: str
    hashtags: tuple[str, ...] = ()
    characters: int = LIMIT
    settle_after_seconds: float = 60.0

    @property
    def settle_after(self) -> timedelta:
        """How long a server may take to list a post that it has accepted."""
        return timedelta(seconds=self.settle_after_seconds)

    @property
    def tags(self) -> tuple[str, ...]:
        """The hashtags without their #."""
        return tuple(tag.removeprefix("#") for tag in self.hashtags)

    def problems(self) -> list[Fault]:
        """Faults that types do not catch."""
        what = url_problem(self.server_url)
        faults = [("server_url", what, 'give scheme and host alone, such as "https://mastodon.social"')] if what else []
        faults += [("hashtags", f"{tag!r} is no hashtag", "give one word") for tag in self.tags if not _word(tag)]
        if len({tag.casefold() for tag in self.tags}) < len(self.tags):
            faults.append(("hashtags", "a hashtag stands there twice", "leave one out"))
        if not 0 < self.characters <= 1_000_000:
            faults.append(("characters", f"{self.characters}", "give the server's limit; Mastodon's own is 500"))
        if not 0 <= self.settle_after_seconds <= 86_400:
            faults.append(("settle_after_seconds", f"{self.settle_after_seconds}", "give 0 to 86400 seconds"))
        return faults

    def notes(self) -> list[str]:
        """What the fediverse asks of an automated account."""
        return ["Mastodon: mark the account as automated in its profile, and name a person there"]


def _word(tag: str) -> bool:
    return _TAG.fullmatch(tag) is not None
