"""Tokens of the fake PDS: made with an app password, two hours good, renewed in pairs, revoked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.bluesky.network import Actor, Json, Network, Refusal

ACCESS, REFRESH = timedelta(seconds=7200), timedelta(days=90)
GRACE = timedelta(hours=2)  # that a refresh token stays good after it was used


@dataclass
class Sessions:
    """passwords: handle -> app password; home: the PDS that the DID document names; made: how often one signed in."""

    network: Network
    home: str = ""
    passwords: dict[str, str] = field(default_factory=dict)
    made: int = 0
    renewed: int = 0
    _access: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _refresh: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)
    _serial: int = 0

    def create(self, body: Json) -> Json:
        """com.atproto.server.createSession."""
        handle = str(body.get("identifier"))
        if handle not in self.passwords or self.passwords[handle] != body.get("password"):
            raise Refusal(401, "AuthenticationRequired", "Invalid identifier or password")
        self.made += 1
        self._serial += 1
        return self._pair(self.network.actor(handle), self._serial)

    def renew(self, token: str | None, body: bytes) -> Json:
        """com.atproto.server.refreshSession: the same token gives the same next pair, as long as it is good."""
        if body:
            raise Refusal(400, "InvalidRequest", "A request body was provided when none was expected")
        if token in self._access:
            raise Refusal(400, "InvalidToken", "Invalid token type")
        did, until = self._refresh.get(token or "", ("", self.network.now()))
        if not did or until <= self.network.now():
            raise Refusal(400, "ExpiredToken", "Token has been revoked")
        self.renewed += 1
        self._refresh[str(token)] = did, min(until, self.network.now() + GRACE)
        if str(token) not in self._next:
            self._serial += 1
            self._next[str(token)] = self._serial
        return self._pair(self.network.actors[did], self._next[str(token)])

    def who(self, token: str | None) -> Actor:
        """Whose access token this is. Raises Refusal."""
        if token is None:
            raise Refusal(401, "AuthMissing", "Authentication Required")
        if token not in self._access:
            raise Refusal(400, "InvalidToken", "Token could not be verified")
        did, until = self._access[token]
        if until <= self.network.now():
            raise Refusal(400, "ExpiredToken", "Token has expired")
        return self.network.actors[did]

    def expire(self) -> None:
        """Every access token is two hours old."""
        self._access = {token: (did, self.network.now()) for token, (did, _) in self._access.items()}

    def revoke(self, handle: str) -> None:
        """The app password is gone and what was made with it."""
        self.passwords.pop(handle, None)
        self._refresh.clear()
        self.expire()

    def _pair(self, actor: Actor, serial: int) -> Json:
        now = self.network.now()
        self._access[f"access-{serial}"] = actor.did, now + ACCESS
        self._refresh[f"refresh-{serial}"] = actor.did, now + REFRESH
        service = [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.home}]
        tokens = {"accessJwt": f"access-{serial}", "refreshJwt": f"refresh-{serial}"}
        return {"did": actor.did, "handle": actor.handle, "didDoc": {"id": actor.did, "service": service}} | tokens
