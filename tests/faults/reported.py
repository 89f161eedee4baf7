"""Is everybody told who should be? A stage that fails and a feed that is deaf need a notice, at any moment of a run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.faults.evidence import Finding

SHORT_WAIT = timedelta(minutes=5)  # a longer one needs a notice, and so does a longer silence
INTERVALS = 3  # of silence, where they are longer
READING = ("unreachable", "waiting", "account", "billing")  # kinds of notices that tell of deafness
Ask = Callable[[str], Sequence[Sequence[Any]]]
FEEDS = """
SELECT feed.platform, feed.name, feed.failures, feed.retry_at, coalesce(feed.ok_at, feed.since), attempt_at,
    poll_seconds
FROM feed JOIN platform ON platform.name = feed.platform WHERE enabled AND attempt_at IS NOT NULL
"""


def unreported(ask: Ask, *, polled: bool = True) -> Iterator[Finding]:
    """I4: a stage or a platform that failed three times in a row, and a deaf feed, without a notice.

    May be asked whenever a command has ended by itself. polled: its poll has too; a killed one reports nothing.
    """
    notices = {tuple(row) for row in ask("SELECT kind, platform, subject FROM notice WHERE cleared_at IS NULL")}
    deaf = {(platform, subject) for kind, platform, subject in notices if kind in READING and subject != "sending"}
    stages, platforms = {subject for kind, _, subject in notices if kind == "stage"}, {name for name, _ in deaf}
    for name, failures in ask("SELECT name, failures FROM stage WHERE failures >= 3"):
        if name not in stages:
            yield Finding("silent", f"stage {name} failed {failures} times in a row without a notice")
    for name, failures in ask("SELECT name, failures FROM platform WHERE enabled AND failures >= 3"):
        if name not in platforms:
            yield Finding("silent", f"{name} could not be read {failures} times in a row without a notice")
    for platform, name, why in _deaf_feeds(ask) if polled else ():
        if not {(platform, name), (platform, "reading")} & deaf:
            yield Finding("silent", f"feed {name} of {platform} is deaf without a notice: {why}")


def _deaf_feeds(ask: Ask) -> Iterator[tuple[str, str, str]]:
    """Yield each feed that failed three times, waits for long, or was not read for long at the last poll."""
    for platform, name, failures, retry_at, read_at, polled_at, seconds in ask(FEEDS):
        limit, polled = max(SHORT_WAIT, INTERVALS * timedelta(seconds=seconds)), datetime.fromisoformat(polled_at)
        if failures >= 3:
            yield platform, name, f"it failed {failures} times"
        elif retry_at is not None and datetime.fromisoformat(retry_at) - polled > SHORT_WAIT:
            yield platform, name, f"it waits until {retry_at}"
        elif read_at is not None and polled - datetime.fromisoformat(read_at) > limit:
            yield platform, name, f"read at {read_at}, polled at {polled_at}"
