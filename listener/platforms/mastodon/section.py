"""The `[platforms.mastodon]` section of earshot.toml: its keys, and what can be wrong with them."""

import re
from dataclasses import dataclass

from listener.platforms.kit.addresses import url_problem
from listener.platforms.kit.authors import item_author, names_under, raw_object
from listener.platforms.kit.section import HTTP_LOGGERS, KeyProblem, SettlingSection, repeated_problems
from listener.protocols import ItemAuthor

TOKEN = "EARSHOT_MASTODON_TOKEN"  # noqa: S105 -- the name of a secret
"""An access token of the brand's account: Preferences, Development, New application."""

LIMIT = 500
"""Characters of a post on a server that has changed nothing."""

_TAG = re.compile(r"\w*[^\W\d]\w*")  # a hashtag holds a letter


@dataclass(frozen=True, kw_only=True)
class Section(SettlingSection):
    """Keys of `[platforms.mastodon]`. characters: the server's limit of a post; hashtags: timelines that are read too.

    `preview` is pure and must know the limit without a call, so it stands here; `check --online` compares it.
    """

    secret_names = (TOKEN,)
    chatty_loggers = HTTP_LOGGERS
    acts = ("like", "repost")
    can_whisper = True

    server_url: str
    hashtags: tuple[str, ...] = ()
    characters: int = LIMIT

    @staticmethod
    def item_author(raw: str) -> ItemAuthor | None:
        """Return the account of a status or a notification, or of the status inside the notification."""
        item = raw_object(raw)
        status = item.get("status")
        accounts = [part.get("account") for part in (item, status) if isinstance(part, dict)]
        ids, handles = ([names_under(account, key) for account in accounts] for key in ("id", "acct"))
        return item_author(frozenset().union(*ids), frozenset().union(*handles))

    @property
    def tags(self) -> tuple[str, ...]:
        """The hashtags without their #."""
        return tuple(tag.removeprefix("#") for tag in self.hashtags)

    def problems(self) -> list[KeyProblem]:
        """Return the problems that types do not catch."""
        what = url_problem(self.server_url)
        faults = [("server_url", what, 'give scheme and host alone, such as "https://mastodon.social"')] if what else []
        faults += [("hashtags", f"{tag!r} is not a hashtag", "give one word") for tag in self.tags if not _word(tag)]
        faults += repeated_problems("hashtags", "a hashtag", map(str.casefold, self.tags))
        if not 0 < self.characters <= 1_000_000:
            faults.append(("characters", f"{self.characters}", "give the server's limit; Mastodon's own is 500"))
        return [*faults, *super().problems()]

    def notes(self) -> list[str]:
        """Return what the fediverse asks of an automated account, and what that costs."""
        automated = "mark it as automated if your server asks for it, though some people filter such accounts"
        return [f"Mastodon: name a person in the account's profile; {automated}"]


def _word(tag: str) -> bool:
    return _TAG.fullmatch(tag) is not None
