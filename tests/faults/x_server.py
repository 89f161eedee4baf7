"""The fake X with what only a random run asks of it: doubles that show, and echoes."""

import random
from collections.abc import Iterable

from tests.fakes.x import Post, XServer
from tests.fakes.x.endpoints import Account, Reply, X
from tests.fakes.x.posts import Json
from tests.faults.deadly import Deadly

POST = "POST /2/tweets"


class Loose(X):
    """X as it may turn out to be. tolerant: takes the same text twice, so that a double shows in the ledger;

    echo: our own posts come back as mentions; twice: a page lists some posts twice; left_out: media that were left out
    of an answer, as now and then some are. In some runs media are billed.
    """

    def __init__(self, account: Account, rng: random.Random) -> None:
        super().__init__(account)
        self.rng = random.Random(rng.random())
        self.tolerant, self.echo, self.twice = (rng.random() < share for share in (0.6, 0.5, 0.3))
        self.own_lag = rng.choice((0.0, 0.0, 5.0, 50.0))
        self.media_usd = rng.choice((0.0, 0.005))
        self.left_out = set[str]()

    def _refusal(self, text: str, target_id: str | None) -> Reply | None:
        refusal = super()._refusal(text, target_id)
        return None if self.tolerant and refusal and "duplicate content" in refusal[1] else refusal

    def _created(self, text: str, target_id: str | None) -> Reply:
        made = super()._created(text, target_id)
        if self.echo:
            post = self.posts.by_id[self.ledger.posted[-1]["id"]]
            post.mentions = [(self.account.id, self.account.username)]
        return made

    def _expand(self, body: Json, kind: str, name: str, keys: list[str], known: dict[str, Json]) -> None:
        listed = {key: item for key, item in known.items() if self.rng.random() > 0.1}
        self.left_out |= {key for key in keys if key in known and key not in listed}
        super()._expand(body, kind, name, keys, listed)

    def _page(self, listed: Iterable[Post], params: dict[str, str], *, least: int, owned: bool) -> Reply:
        listed = list(listed)
        if self.twice and listed:
            listed = sorted([*listed, self.rng.choice(listed)], key=lambda one: int(one.id), reverse=True)
        return super()._page(listed, params, least=least, owned=owned)


class Server(Deadly, XServer):
    """The fake X of one run."""

    post = POST

    def __init__(self, rng: random.Random, secrets: dict[str, str]) -> None:
        super().__init__()
        self.loose = Loose(self.x.account, rng)
        self.secrets, self.x = secrets, self.loose
