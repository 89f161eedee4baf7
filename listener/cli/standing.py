"""How each platform, feed and stage stands, for `status`: since when, why, and what to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from listener.cli.lines import clock

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.store.operation_records import FeedState, PlatformState, StageState

STALLED_AFTER = 3  # poll intervals without an attempt
SHORTEST_STALL_S = 300.0  # seconds; before that cron may be on its way


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


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """How listening on a platform stands. state: never polled, failing, paused, not running, stalled or listening."""

    name: str
    state: str
    last_poll: datetime | None
    last_success: datetime | None
    last_error: str | None
    do: str | None
    gaps: int
    feeds: list[FeedStatus]


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits to be sent to a channel or a webhook. since: the oldest of it; error: of the last try, if any."""

    to: str
    what: str
    since: datetime
    attempts: int
    error: str | None

    def describe(self) -> str:
        """Return it as a line."""
        tried = f", tried {self.attempts} time{'' if self.attempts == 1 else 's'}" if self.attempts else ""
        return f"{self.to}: {self.what} since {clock(self.since)}{tried}" + (f": {self.error}" if self.error else "")


def unsent(connection: "Connection") -> list[Unsent]:
    """List what waits to be sent to people and programs."""
    from listener.store import alerts, digests, webhooks

    messages = [
        Unsent(
            f"channel {waiting.channel}",
            f"{waiting.number} message{'' if waiting.number == 1 else 's'}",
            waiting.since,
            waiting.attempts,
            waiting.error,
        )
        for waiting in alerts.count_unsent(connection)
    ]
    late = [
        Unsent(f"channel {digest.channel}", "a digest", digest.until, digest.attempts, digest.error)
        for digest in digests.list_waiting(connection)
    ]
    failing = [
        Unsent(f"webhook {hook.name}", "events", hook.changed_at, hook.attempts, hook.error)
        for hook in webhooks.list_states(connection)
        if hook.attempts
    ]
    return messages + late + failing


def platforms(
    connection: "Connection",
    states: "Sequence[PlatformState]",
    paused_scopes: set[str],
    now: datetime,
    *,
    is_stopped: bool,
) -> list[PlatformStatus]:
    """List how the platforms stand. paused_scopes: a platform's name, or `*`; is_stopped: nobody polls any more."""
    from listener.store import notices

    gaps = notices.gap_counts(connection)
    return [
        PlatformStatus(
            name=state.name,
            state=_state_word(state, paused_scopes, now, is_stopped),
            last_poll=state.attempt_at,
            last_success=state.ok_at,
            last_error=state.error or state.send_error,
            do=_advice(state),
            gaps=gaps.get(state.name, 0),
            feeds=feeds(connection, state.name, now),
        )
        for state in states
    ]


def _advice(state: "PlatformState") -> str | None:
    """Return what to do about the last error; None where there is none."""
    from listener.store import notices

    has_error = state.error or state.send_error
    return notices.advice(state.cause or "unreachable", state.error_do) if has_error else None


def _state_word(state: "PlatformState", paused_scopes: set[str], now: datetime, is_stopped: bool) -> str:
    if state.attempt_at is None:
        return "never polled"
    if state.failures:
        return "failing"
    if paused_scopes & {"*", state.name}:
        return "paused"
    if is_stopped:
        return "not running"
    is_late = (now - state.attempt_at).total_seconds() > max(STALLED_AFTER * state.poll_seconds, SHORTEST_STALL_S)
    return "stalled" if is_late else "listening"


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
