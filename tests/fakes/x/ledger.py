"""What the fake X really did: every call, every post that exists because of one, every resource it billed."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PRICES = {"post": 0.005, "owned": 0.001, "user": 0.010, "media": 0.0, "create": 0.015, "summoned": 0.010, "url": 0.200}


@dataclass
class Ledger:
    """calls: (instant, endpoint, status, parameters); posted: created posts; billed: (instant, what, id, usd)."""

    calls: list[tuple[datetime, str, int, dict[str, str]]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    billed: list[tuple[datetime, str, str, float]] = field(default_factory=list)
    _today: set[tuple[str, str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, now: datetime, endpoint: str, status: int, params: dict[str, str]) -> None:
        """Note a call and how it was answered."""
        with self._lock:
            self.calls.append((now, endpoint, status, params))

    def read(self, now: datetime, what: str, ids: list[str], usd: float) -> None:
        """Bill resources, each once a UTC day; what has no price stands on no bill."""
        if not usd:
            return
        with self._lock:
            for one in ids:
                key = (now.date().isoformat(), what, one)
                if key not in self._today:
                    self._today.add(key)
                    self.billed.append((now, what, one, usd))

    def wrote(self, now: datetime, post_id: str, usd: float) -> None:
        """Bill a created post."""
        with self._lock:
            self.billed.append((now, "create", post_id, usd))

    def usd(self, what: str | None = None) -> float:
        """The sum billed, of one kind or of all."""
        return round(sum(usd for _, kind, _, usd in self.billed if what in (None, kind)), 6)

    def count(self, endpoint: str) -> int:
        """How often an endpoint was called."""
        return sum(name == endpoint for _, name, _, _ in self.calls)
