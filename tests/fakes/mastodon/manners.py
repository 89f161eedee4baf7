"""How servers differ that speak one API, as measured (../shared/platforms/mastodon.md): ids, paging, limits."""

import random
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import regex

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LINK, _HANDLE = regex.compile(r"https?://\S+"), regex.compile(r"@(\w+)@[\w.-]+\w")


@dataclass(frozen=True)
class Manners:
    """ids: of what shape; min_id, max_id, idempotent: whether the server knows these; counts: what a length is.

    late: seconds until a mention is listed; forgets: kept connections are reset; bound: only so many notifications are
    listed, the newest; restamps: an edit gives a post another id; filters: notifications have a policy (Mastodon 4.3).
    """

    name: str
    ids: Literal["snowflake", "ulid", "time"]
    min_id: bool = True
    max_id: bool = True
    idempotent: bool = True
    forgets: bool = False
    late: float = 0.0
    characters: int = 500
    counts: Literal["mastodon", "runes"] = "mastodon"
    types: bool = True  # keeps to types[]
    bound: int | None = None
    restamps: bool = False
    old_ids: bool = True  # a post is found by an id that it had before
    filters: bool = False

    def new_id(self, moment: datetime, serial: int) -> str:
        """An id of this moment. ULIDs of one millisecond come in any order."""
        ms = int(moment.timestamp() * 1000)
        if self.ids == "snowflake":
            return str((ms << 16) + serial % (1 << 16))
        if self.ids == "time":
            return f"{ms // 1000}.{serial:06}"
        return _base32(ms, 10) + _base32(random.getrandbits(80), 16)

    def length(self, text: str) -> int:
        """As the server counts a post."""
        if self.counts == "runes":
            return len(text)
        return len(regex.findall(r"\X", _HANDLE.sub(r"@\1", _LINK.sub("x" * 23, text))))


def _base32(number: int, width: int) -> str:
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(width)))


MASTODON = Manners("Mastodon", "snowflake", filters=True)
GOTOSOCIAL = Manners("GoToSocial", "ulid", idempotent=False, characters=5000, counts="runes")
SNAC = Manners(
    "snac", "time", idempotent=False, forgets=True, late=12.0, counts="runes", types=False, bound=64, restamps=True
)
WALKED_DOWN = replace(SNAC, min_id=False, bound=None)
"""A server that lists everything and ignores min_id, so that it is read down from the newest."""
REPEATING = replace(WALKED_DOWN, name="a server without paging", max_id=False)
"""A server that gives its newest whatever is asked."""
