"""The token of an Instagram login: it lives 60 days, is renewed at half of them, and is written down before it is used.

A token that was not renewed in 60 days is dead, so an alarm begins on day 45.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from listener.errors import ReadFailed
from listener.feed_page import FeedError
from listener.model import Json
from listener.platforms.instagram.section import TOKEN
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.state import StateFile
from listener.platforms.kit.response import CallFailed
from listener.platforms.kit.values import object_in, text_in
from listener.protocols import Secrets

log = logging.getLogger(__name__)

FEED = "token renewal"
LIFE, YOUNGEST = timedelta(days=60), timedelta(hours=24)  # a younger token cannot be renewed
ALARM = timedelta(days=45)
AGAIN = timedelta(hours=6)  # after a renewal that failed


class Token:
    """The newest token: the one that was configured, or what it was renewed to. is_renewed: by this login."""

    def __init__(self, secrets: Secrets, state: StateFile, *, is_renewed: bool) -> None:
        self._secrets, self._state, self._is_renewed = secrets, state, is_renewed

    def value(self) -> str:
        """Return the token to use, read anew each time, so that one that was replaced counts at once."""
        configured = (self._secrets.get(TOKEN) or "").strip()
        kept = self._state.read() if self._is_renewed else {}
        return str(kept.get("token") or configured) if kept.get("source") == _proof(configured) else configured

    def renew(self, graph: Graph, now: datetime) -> FeedError | None:
        """Renew the token if it is time. Returns the alarm of a token that will die. Raises ReadFailed."""
        kept = self._known(now)
        since = datetime.fromisoformat(kept["since"])
        if self._is_due(kept, since, now):
            self._state.update({"tried_at": now.isoformat()})
            why = self._ask(graph, now)
            if why is None:
                return None
            log.warning("instagram: the token could not be renewed: %s", why)
        if now - since < ALARM:
            return None
        end = since + timedelta(seconds=kept.get("life", LIFE.total_seconds()))
        return FeedError(
            f"the token was not renewed since {since:%Y-%m-%d}; it is dead after {end:%Y-%m-%d}",
            f"make a new token (docs/platforms.md) and replace {TOKEN}",
        )

    def _known(self, now: datetime) -> Json:
        """Return what is kept of the configured token; of a new one, that its life is reckoned from now on."""
        kept, proof = self._state.read(), _proof((self._secrets.get(TOKEN) or "").strip())
        if kept.get("source") == proof:
            return kept
        anew = {"source": proof, "token": "", "since": now.isoformat(), "tried_at": "", "is_renewed": False}
        return self._state.update(anew)

    def _is_due(self, kept: Json, since: datetime, now: datetime) -> bool:
        """Half of its life; but nobody knows how old a configured token is, so that is renewed as soon as it may be."""
        life = timedelta(seconds=kept.get("life", LIFE.total_seconds()))
        is_time = now - since >= (life / 2 if kept.get("is_renewed") else YOUNGEST)
        tried_at = kept.get("tried_at")
        return is_time and (not tried_at or not timedelta(0) <= now - datetime.fromisoformat(tried_at) < AGAIN)

    def _ask(self, graph: Graph, now: datetime) -> str | None:
        """Return why there is no new token; None: it is kept. A refusal stops no other call."""
        old = self.value()
        params = {"grant_type": "ig_refresh_token", "access_token": old}
        try:
            answer = graph.web.get(f"{graph.host}/refresh_access_token", params, {"Authorization": f"Bearer {old}"})
        except CallFailed as error:
            return error.message
        finally:
            graph.budget.count(None, now)
        body = answer.object()
        token, life = text_in(body.get("access_token")), body.get("expires_in")
        if answer.status != 200 or token is None:
            return f"Instagram answered {answer.status}: {object_in(body.get('error')).get('message') or 'no token'}"
        seconds = life if isinstance(life, int | float) and life > 0 else LIFE.total_seconds()
        changes = {"token": token, "since": now.isoformat(), "life": seconds, "is_renewed": True}
        try:
            self._state.update(changes)
        except ReadFailed as error:
            return error.message
        return None


def _proof(token: str) -> str:
    """Which configured token the kept one came of, without keeping that."""
    return hashlib.sha256(f"earshot instagram {token}".encode(errors="replace")).hexdigest()
