"""The `[platforms.bluesky]` section of earshot.toml: its keys, and what can be wrong with them."""

from dataclasses import dataclass
from datetime import timedelta

from listener.model import Section as Base
from listener.platforms.kit.addresses import url_problem

HANDLE, PASSWORD = "EARSHOT_BLUESKY_HANDLE", "EARSHOT_BLUESKY_APP_PASSWORD"
SECRETS = (HANDLE, PASSWORD)
"""The account's handle (or its DID), and an app password of it: Settings, Privacy and security, App passwords."""

Fault = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Section(Base):
    """Keys of `[platforms.bluesky]`. search: queries beyond what Bluesky notifies us of."""

    service_url: str = "https://bsky.social"
    search: tuple[str, ...] = ()
    settle_after_seconds: float = 30.0

    @property
    def settle_after(self) -> timedelta:
        """How long a call that was given up on may still arrive; the server itself lists a record at once."""
        return timedelta(seconds=self.settle_after_seconds)

    def problems(self) -> list[Fault]:
        """Faults that types do not catch."""
        faults = [("service_url", what, 'give scheme and host alone, such as "https://bsky.social"')
                  for what in [url_problem(self.service_url)] if what]  # fmt: skip
        faults += [("search", "a query is empty", "remove it") for query in self.search if not query.strip()]
        if len({query.strip() for query in self.search}) < len(self.search):
            faults.append(("search", "a query stands there twice", "leave one out"))
        if not 0 <= self.settle_after_seconds <= 86_400:
            faults.append(("settle_after_seconds", f"{self.settle_after_seconds}", "give 0 to 86400 seconds"))
        return faults

    def notes(self) -> list[str]:
        """What Bluesky asks of an automated account."""
        message = "Bluesky asks automated accounts to carry the bot label (`earshot check --online --fix` sets it)"
        return [f"{message} and to answer only who addressed them"]
