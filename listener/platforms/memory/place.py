"""The place up to which a file was read, and whether the file still is the one that was read there."""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

from listener.feed_page import Gap
from listener.model import Json

_TAIL = 256  # bytes before the place by which the file is recognized


@dataclass(frozen=True, slots=True)
class Place:
    """offset: what lies before it has been read; first: the size of the file at its first read.

    tail: digest of the bytes before the offset; last: id of the last row read; sought: after the file was rewritten,
    the row that has not been met again yet; exact: an id was read that no spreadsheet has rounded.
    """

    offset: int = 0
    first: int = 0
    tail: str = ""
    last: str = ""
    sought: str = ""
    exact: bool = False

    @classmethod
    def load(cls, cursor: Json) -> "Place":
        """From the cursor's JSON, whatever it holds."""
        numbers = {key: value for key in ("offset", "first") if isinstance(value := cursor.get(key), int) and value > 0}
        words = {key: value for key in ("tail", "last", "sought") if isinstance(value := cursor.get(key), str)}
        return cls(**numbers, **words, exact=cursor.get("exact") is True)  # type: ignore[arg-type]

    def dump(self) -> Json:
        """Return it as JSON, without what says nothing."""
        stored = {key: value for key, value in asdict(self).items() if value}
        if self.first <= self.offset:
            stored.pop("first", None)
        return {"offset": self.offset, **stored}

    def is_lost(self, file: BinaryIO, size: int) -> bool:
        """Return whether the file was rewritten before the place: it is shorter, or other bytes lie there."""
        return self.offset > size or (self.tail != "" and self.tail != tail(file, self.offset))

    def begin_again(self) -> "Place":
        """Return the place at the beginning of a file that was rewritten."""
        return Place(sought=self.sought or self.last, exact=False)

    def pass_row(self, end: int, row_id: str | None) -> "Place":
        """Return the place after a row."""
        met = row_id is not None and row_id == self.sought
        return replace(self, offset=end, last=row_id or self.last, sought="" if met else self.sought)

    def end_walk(self, name: str) -> "tuple[Place, Gap | None]":
        """Return the place at the end of the file, and a gap if the file was rewritten without the last row read."""
        if not self.sought:
            return self, None
        message = (
            f"{name} was rewritten, and no longer holds the row {self.sought}, which was read last: rows that were "
            "written after it and removed before they were read are missing"
        )
        return replace(self, sought=""), Gap("mentions", self.sought, self.last, message)


def tail(file: BinaryIO, offset: int) -> str:
    """Return the digest of the bytes before an offset."""
    file.seek(max(offset - _TAIL, 0))
    return hashlib.sha256(file.read(min(offset, _TAIL))).hexdigest()[:12] if offset else ""
