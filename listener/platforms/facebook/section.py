"""The `[platforms.facebook]` section of earshot.toml."""

from dataclasses import dataclass
from typing import Literal

from listener.platforms.kit.graph.section import GraphSection, id_problem
from listener.platforms.kit.section import KeyProblem, repeated_problems

TOKEN, APP_SECRET = "EARSHOT_FACEBOOK_TOKEN", "EARSHOT_FACEBOOK_APP_SECRET"
"""The Page's access token, and the app's secret, which only apps need that demand `appsecret_proof`."""

_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class Section(GraphSection):
    """Keys of `[platforms.facebook]`. page_id: of the brand's Page; also_read: feeds beside the Page's own posts."""

    secret_names = (TOKEN,)
    label = "Facebook"
    blind = "mentions in other people's posts and comments, in groups and in private posts cannot be seen"

    page_id: str
    api_url: str = "https://graph.facebook.com"
    also_read: tuple[Literal["visitors", "ads", "tagged"], ...] = ("visitors", "ads", "tagged")

    @property
    def host(self) -> str:
        """Scheme and host of the API."""
        return self.api_url

    def problems(self) -> list[KeyProblem]:
        """Return the problems that types do not catch."""
        repeated = repeated_problems("also_read", "a feed", self.also_read)
        return [*id_problem("page_id", self.page_id), *repeated, *super().problems()]

    def usual_calls(self) -> float:
        """Return a call a feed and round, and the pages of posts of each full round."""
        feeds, pages = 1 + len(self.also_read), max(1, self.watched_posts // 100)
        return feeds * _DAY / self.poll_seconds + pages * _DAY / max(self.full_round_seconds, self.poll_seconds)
