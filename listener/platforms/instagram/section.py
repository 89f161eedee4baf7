"""The `[platforms.instagram]` section of earshot.toml."""

from dataclasses import dataclass
from typing import Literal

from listener.platforms.kit.graph.section import GraphSection, id_problem
from listener.platforms.kit.section import KeyProblem

TOKEN, APP_SECRET = "EARSHOT_INSTAGRAM_TOKEN", "EARSHOT_INSTAGRAM_APP_SECRET"
"""The account's access token, and the app's secret, which only apps need that demand `appsecret_proof`."""

_DAY, _FEEDS = 86_400, 2


@dataclass(frozen=True, kw_only=True)
class Section(GraphSection):
    """Keys of `[platforms.instagram]`. account_id: of the professional account; login: which of Meta's two logins.

    api_url: "" is the login's own host.
    """

    secret_names = (TOKEN,)
    label = "Instagram"
    blind = "mentions in other people's captions, comments and stories cannot be polled; comments on ads are not listed"

    account_id: str
    login: Literal["instagram", "facebook"] = "instagram"
    api_url: str = ""

    @property
    def host(self) -> str:
        """Scheme and host of the API."""
        return self.api_url or f"https://graph.{self.login}.com"

    def problems(self) -> list[KeyProblem]:
        """Return the problems that types do not catch."""
        return [*id_problem("account_id", self.account_id), *super().problems()]

    def usual_calls(self) -> float:
        """Return a call a feed and round, and the pages of media of each full round."""
        pages = max(1, self.watched_posts // 100)
        return _FEEDS * _DAY / self.poll_seconds + pages * _DAY / max(self.full_round_seconds, self.poll_seconds)
