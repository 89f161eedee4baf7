"""A sign of life to a service that calls people when it stays away: so is a dead machine noticed.

The addresses are those of healthchecks.io and of what speaks like it: URL/start when the daemon begins, URL after each
round in which every platform was read, URL/fail with the reason when some platform was not read for long.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from listener.alert_rules import AlertRules
from listener.messages import clean
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed
from listener.protocols import Secrets
from listener.store import platforms
from listener.store.engine import Store
from listener.store.operation_records import PlatformState

log = logging.getLogger(__name__)

SECRET = AlertRules.heartbeat
SHORTEST = timedelta(minutes=1)  # between two signs
LATE_AFTER = timedelta(minutes=5)  # a platform that was not read for so long, and for three intervals, is late


class Heartbeat:
    """Gives signs of life, if the secret is set."""

    def __init__(self, store: Store, secrets: Secrets, clock: Callable[[], datetime]) -> None:
        self._store, self._secrets, self._clock = store, secrets, clock
        self._http = HttpClient(seconds=10.0, cap=64 * 1024)
        self._begun: datetime | None = None
        self._last: datetime | None = None

    def beat(self) -> str | None:
        """Give the sign that is due, if one is. Returns "start", "success" or "fail"; None: nothing was sent."""
        url, now = self._secrets.get(SECRET), self._clock()
        if url is None or (self._last is not None and timedelta(0) <= now - self._last < SHORTEST):
            return None
        with self._store.read() as connection:
            states = platforms.list_states(connection)
        sign, reason = self._choose(states, now)
        if sign is None:
            return None
        self._last = now
        if not self._send(url, sign, reason):
            return None
        self._begun = self._begun or now
        return sign

    def _choose(self, states: Sequence[PlatformState], now: datetime) -> tuple[str | None, str]:
        """Return the sign that is due, and the reason of a failure."""
        if self._begun is None:
            return "start", ""
        late = [state.name for state in states if _is_late(state, self._begun, now)]
        if late:
            return "fail", f"not read for long: {', '.join(late)}"
        since = self._last or self._begun
        is_round_over = states and all(state.ok_at is not None and state.ok_at > since for state in states)
        return ("success", "") if is_round_over else (None, "")

    def _send(self, url: str, sign: str, reason: str) -> bool:
        target = url.rstrip("/") + {"success": "", "start": "/start", "fail": "/fail"}[sign]
        try:
            answer = self._http.post(target, {"reason": reason}) if reason else self._http.get(target)
        except CallFailed as error:
            why = "no answer" if url in error.message else clean(error.message)
            log.warning("the heartbeat could not be sent: %(why)s", {"event": "heartbeat_not_sent", "why": why})
            return False
        if answer.status >= 400:
            fields = {"event": "heartbeat_refused", "status": answer.status, "secret": SECRET}
            log.warning("the heartbeat was refused with status %(status)d: check %(secret)s", fields)
        return answer.status < 400


def _is_late(state: PlatformState, begun: datetime, now: datetime) -> bool:
    since = max(state.ok_at or begun, begun)
    return now - since > max(LATE_AFTER, timedelta(seconds=3 * state.poll_seconds))
