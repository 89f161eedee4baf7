"""Files of mentions for tests of the memory platform."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from listener.feed_page import FeedPage
from listener.model import Json, Mention, Outgoing
from listener.platforms import memory
from listener.protocols import PageBooking
from listener.settings import EnvSecrets

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATA = Path(__file__).parents[3] / "shared" / "data"


class Bill:
    """A meter that would fail the test if anything were billed."""

    def reserve(self, usd: float, *, purpose: str) -> None:
        """Never called by this platform."""
        raise AssertionError(f"reserved {usd} for {purpose}")

    def charge(self, call: str, resources: int, usd: float, *, key: str | None = None) -> None:
        """Never called by this platform."""
        raise AssertionError(f"charged {usd} for {call} under {key}")

    def lost_at(self, feed: str) -> None:
        """Never called by this platform."""
        raise AssertionError(f"asked for a page of {feed}")

    def book_page(self, call: str, feed: str, size: int, price: float, *, purpose: str) -> PageBooking:
        """Never called by this platform."""
        raise AssertionError(f"booked {size} of {feed} for {call} at {price} for {purpose}")

    def settle_page(self, page: PageBooking, units: Mapping[str, float] | None, *, is_last: bool = False) -> None:
        """Never called by this platform."""
        raise AssertionError(f"settled {page} with {units}")


def on(file: Path, **keys: Any) -> memory.Memory:
    """The platform on a file, from its first row on unless told otherwise; posts lie beside it."""
    section = memory.Section(mentions=file, **{"start": "all", **keys})
    return memory.connect(section, EnvSecrets({}), file.parent, Bill())


def written(folder: Path, text: str | bytes, name: str = "m.jsonl") -> Path:
    """A file with this content."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def add(file: Path, text: str | bytes) -> None:
    """Append to a file as a writer of rows would."""
    with file.open("ab") as out:
        out.write(text.encode() if isinstance(text, str) else text)


def drained(platform: memory.Memory, cursor: Json | None = None) -> tuple[list[FeedPage], Json]:
    """All pages until none is left."""
    pages = [platform.fetch(cursor, NOW)]
    while pages[-1].more:
        pages.append(platform.fetch(pages[-1].cursor, NOW))
    return pages, pages[-1].cursor


def ids(*pages: FeedPage) -> list[str]:
    """The ids of the mentions of these pages."""
    return [mention.id for page in pages for mention in page.mentions]


def row(id_: str, **keys: object) -> str:
    """One JSON line."""
    return json.dumps({"id": id_, "text": "hello", **keys}) + "\n"


def reply(name: str = "7", text: str = "Thanks!", reply_id: int = 1, revision: int = 1) -> Outgoing:
    """An approved reply to a mention of this id."""
    mention = Mention("memory", name, "hello", "a", NOW, NOW, name, name)
    return Outgoing(reply_id, revision, text, mention)
