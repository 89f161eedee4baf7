"""How each feed and each stage stands, for `status`: since when, why, and what to do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from listener.cli.lines import clock

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.store.records import FeedState, StageState


@dataclass(frozen=True, slots=True)
class StageStatus:
    """How a stage stands. state: working, failing or waiting (until retry_at); error: why, None while it works."""

    state: str
    since: datetime | None
    error: str | None
    do: str | None
    retry_at: datetime | None

    def describe(self) -> str:
        """Return it as a line: since when, why, until when, and what to do."""
        since = f" since {clock(self.since)}" if self.since else ""
        until = f"; the next try is at {clock(self.retry_at)}" if self.retry_at else ""
        return f"{self.state}{since}: {self.error}{until}; {self.do}"


@dataclass(frozen=True, slots=True)
class FeedStatus(StageStatus):
    """How a feed stands. state: listening, failing, waiting, or never read."""

    name: str


def feeds(connection: "Connection", platform: str, now: datetime) -> list[FeedStatus]:
    """List how the feeds of a platform stand."""
    from listener.store.feed_states import list_feeds

    return [
        FeedStatus(*_stand(state, "listening" if state.ok_at else "never read", now), name=state.name)
        for state in list_feeds(connection, platform)
    ]


def stages(connection: "Connection", platforms: Collection[str], now: datetime) -> dict[str, StageStatus]:
    """Map each stage to how it stands; those of platforms that are off are left out."""
    from listener.store.stage_states import list_stages

    return {
        state.name: StageStatus(*_stand(state, "working", now))
        for state in list_stages(connection)
        if state.name.partition(" ")[2] in ("", *platforms)
    }


def _stand(
    state: "FeedState | StageState", well: str, now: datetime
) -> tuple[str, datetime | None, str | None, str | None, datetime | None]:
    """Return state, since, error, do and retry_at."""
    from listener.store.notices import advice

    retry_at = state.retry_at if state.retry_at is not None and state.retry_at > now else None
    if not state.failures and retry_at is None:
        return well, state.since, None, None, None
    word = "failing" if state.failures else "waiting"
    return word, state.since, state.error or "no reason was given", advice("unreachable", state.error_do), retry_at
