"""Rounds of reading, replies on their way, and what a refusal may say: as the contract's tests need them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from listener.errors import Indeterminate, NotSent, ReadFailed
from listener.feed_page import FeedPage
from listener.model import Json, Mention, Outgoing, PostStatus
from listener.protocols import Platform
from tests.platforms.other_side import Shape, World

WAIT = timedelta(minutes=5)


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def walk(platform: Platform, cursor: Json | None) -> tuple[list[FeedPage], Json]:
    """Fetch until there is no more; the cursor goes through JSON after every page, as the store keeps it."""
    pages: list[FeedPage] = []
    for _ in range(400):
        page = platform.fetch(cursor, now())
        pages.append(page)
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return pages, cursor
    raise AssertionError("the platform never says that there is no more")


def mentions(pages: list[FeedPage]) -> list[Mention]:
    """The mentions of these pages in order."""
    return [mention for page in pages for mention in page.mentions]


def found(world: World, cursor: Json | None = None) -> dict[str, Mention]:
    """The mentions of a round by id, the last one listed of each."""
    return {mention.id: mention for mention in mentions(walk(world.platform, cursor)[0])}


def standing(world: World, mention: Mention) -> PostStatus:
    """How it stands; skips where a look is not free."""
    try:
        return world.platform.check_post(mention)
    except Indeterminate as error:
        pytest.skip(f"this platform cannot tell: {error.message}")


def bounded(
    refusal: ReadFailed | NotSent, shape: Shape, moment: datetime, guess: timedelta = timedelta(hours=1)
) -> datetime:
    """When a rate limit of WAIT ends: as told, with some jitter; within `guess` where nothing readable was told."""
    until = refusal.retry_at
    assert refusal.cause == "rate" and until is not None
    told = shape in ("reset", "retry_after", "retry_after_date")
    least, most = (WAIT - timedelta(seconds=2), WAIT * 1.5) if told else (timedelta(0), guess)
    assert least < until - moment < most
    return until


def idle(platform: Platform, cursor: Json, moment: datetime) -> bool:
    """True when no mentions are read now; another feed with a limit of its own may be."""
    try:
        return not platform.fetch(cursor, moment).mentions
    except ReadFailed:
        return True


def outgoing(world: World, mention: Mention, text: str = "Thank you!", reply_id: int = 1) -> Outgoing:
    """An approved reply, its text the preview's."""
    return Outgoing(reply_id, 1, world.preview(text, mention).text, mention)
