"""The digest as plain text: the same for a mail, a chat room and the terminal. Pure."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from listener.analysis.digest import Digest
from listener.store.notices import EVERYWHERE

SHOWN = 10  # notices that are written out


def compose(brand: str, digest: Digest) -> tuple[str, str]:
    """Return title and text."""
    name = f"Earshot {brand}".strip()
    title = f"{name}: digest of {_span(digest)}"
    return title, "\n".join(_lines(digest))


def _span(digest: Digest) -> str:
    zone = ZoneInfo(digest.timezone)
    return f"{_local(digest.since, zone)} to {_local(digest.until, zone)} ({digest.timezone})"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %H:%M}"


def _lines(digest: Digest) -> Iterator[str]:
    yield f"Heard: {_count(digest.mentions, 'mention')} ({digest.mentions_before} in the period before)"
    yield _answered(digest)
    yield f"Automatic, sent or on the way: {_by_name(digest.automatic) or 'nothing'}"
    yield f"Waiting now: {digest.waiting}, {digest.overdue} of them overdue"
    yield f"Complaints: {digest.complaints} ({digest.complaints_before} in the period before)"
    for subject in digest.subjects:
        yield f"- {subject.category}: {subject.number} ({subject.before})"
        if subject.quote:
            yield f"  “{subject.quote}”"
    yield from _proactive("Announced", digest.announced, digest.announcements_waiting)
    yield from _proactive("Applauded", digest.applauded, digest.applause_waiting)
    spent = ", ".join(f"{spend.platform} {spend.usd:.2f} USD" for spend in digest.spend)
    yield f"Spent: {spent or 'nothing'}"
    yield from _notices(digest)


def _answered(digest: Digest) -> str:
    automatic, elsewhere = f"{digest.automatically} automatically", f"{digest.on_platform} on the platform"
    parts = [f"{digest.by_staff} by staff", automatic, elsewhere]
    return f"Answered, of {digest.asked} that asked: {', '.join(parts)}"


def _proactive(label: str, done: dict[str, int], waiting: int) -> Iterator[str]:
    """Yield what was done that is no reply, and what waits for a person; nothing where there is neither."""
    if done or waiting:
        yield f"{label}: {_by_name(done) or 'nothing'}; waiting for a person now: {waiting}"


def _notices(digest: Digest) -> Iterator[str]:
    yield f"Open notices: {len(digest.notices) or 'none'}"
    for notice in digest.notices[:SHOWN]:
        place = "" if notice.platform == EVERYWHERE else f" ({notice.platform})"
        yield f"- {notice.kind}{place}: {notice.what}"
    if len(digest.notices) > SHOWN:
        yield f"- and {len(digest.notices) - SHOWN} more: `earshot notices`"


def _by_name(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
