"""How quickly replies may follow each other: Meta takes frequent or repetitive posts for spam, and names no number.

What was sent lately is kept in the data folder, so that restarts and `once` know it: times, ids, and of each text only
the checksums of its words.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

from listener.errors import Held
from listener.model import Json, Receipt
from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.graph.section import GraphSection
from listener.platforms.kit.graph.state import StateFile

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEARLY_EQUAL = 0.8  # share of words in common
KEPT = 500  # sent replies
LONGEST_BLOCK = timedelta(hours=25)  # one that ends later was kept by a clock that was ahead
FIRST_LOOK = timedelta(minutes=15)  # nothing follows the very first reply, so that somebody can look at it


class Pace:
    """per_hour: replies in any hour; spacing: between two of them, up to twice that; alike: near-equal texts in a day.

    is_trial: a test server, to which nobody has to attest anything and where no first reply is to be looked at.
    """

    def __init__(
        self, state: StateFile, per_hour: int, spacing: timedelta, alike: int, rng: random.Random, *, is_trial: bool
    ) -> None:
        self._state, self._per_hour, self._spacing, self._alike = state, per_hour, spacing, alike
        self._rng, self._is_trial = rng, is_trial

    def require_open(self, platform: str, now: datetime) -> None:
        """Raise Held, with its end, while nothing at all may be sent."""
        kept = self._state.read()
        blocked, next_at = kept.get("blocked"), kept.get("next_at")
        if blocked and now < (until := datetime.fromisoformat(blocked["until"])) < now + LONGEST_BLOCK:
            raise Held("account", blocked["message"], blocked["do"], until=until)
        self._require_first_look(platform, kept, now)
        if next_at and now < (until := datetime.fromisoformat(next_at)) < now + 3 * self._spacing:
            raise Held("rate", f"{platform}: replies keep a distance", until=until)
        last_hour = sorted(at for at, _ in _recent(kept, now) if now - at < HOUR)
        if len(last_hour) >= self._per_hour:
            until = (last_hour[-self._per_hour] if self._per_hour else now) + HOUR
            raise Held("cap", f"{platform}: {self._per_hour} replies were sent within the hour", until=until)

    def require_new(self, platform: str, text: str, now: datetime) -> None:
        """Raise Held while a text like this was sent too often."""
        words = _checksums(text)
        alike = [at for at, other in _recent(self._state.read(), now) if _likeness(other, words) >= NEARLY_EQUAL]
        if len(alike) >= self._alike:
            do = "write it in other words: Meta takes repetitive replies for spam"
            message = f"{platform}: nearly this text was sent {len(alike)} times in a day"
            raise Held("duplicate", f"{message}; {do}", do, until=min(alike) + DAY)

    def _require_first_look(self, platform: str, kept: Json, now: datetime) -> None:
        first = kept.get("first")
        if self._is_trial or first is None:
            return
        if not timedelta(0) <= now - datetime.fromisoformat(first["at"]) < FIRST_LOOK:
            return  # over, or of a clock that was ahead
        until = datetime.fromisoformat(first["at"]) + FIRST_LOOK
        do = f"look at it logged out, and pause sending if it is not there: {first['url']}"
        raise Held("attestation", f"{platform}: the first reply is out; {do}", do, until=until)

    def note_try(self, text: str, now: datetime) -> None:
        """Keep that a text is about to be sent. Raises ReadFailed when it cannot be kept."""
        kept = self._state.read()
        row = {"at": now.isoformat(), "words": _checksums(text)}
        tried = [old for old in kept.get("tried", []) if datetime.fromisoformat(old["at"]) > now - DAY]
        next_at = (now + with_jitter(self._spacing, self._rng, 1.0)).isoformat()
        self._state.update({"tried": [*tried, row][-KEPT:], "next_at": next_at})

    def forget_try(self, text: str) -> None:
        """Count a text no more: it was surely not sent. The distance stays. Raises ReadFailed."""
        tried, words = list(self._state.read().get("tried", [])), _checksums(text)
        if tried and tried[-1]["words"] == words:
            self._state.update({"tried": tried[:-1]})

    def note_sent(self, key: str, receipt: Receipt, now: datetime) -> None:
        """Keep under which id a reply stands. Raises ReadFailed when it cannot be kept."""
        kept = self._state.read()
        sent = {**kept.get("sent", {}), key: receipt.remote_id}
        changes: Json = {"sent": dict(list(sent.items())[-KEPT:])}
        if "first" not in kept:
            changes["first"] = {"at": now.isoformat(), "url": receipt.url or f"comment {receipt.remote_id}"}
        self._state.update(changes)

    def block(self, until: datetime, message: str, do: str) -> None:
        """Send nothing before a time, also after a restart. Raises ReadFailed when that cannot be kept."""
        self._state.update({"blocked": {"until": until.isoformat(), "message": message, "do": do}})

    def looked_at(self, key: str, now: datetime) -> datetime | None:
        """Return when this reply was first looked for in vain; None: this is the first time, which is kept."""
        looks = dict(self._state.read().get("looks", {}))
        if key in looks:
            return datetime.fromisoformat(looks[key])
        self._state.update({"looks": dict(list({**looks, key: now.isoformat()}.items())[-KEPT:])})
        return None

    def sent_ids(self) -> dict[str, str]:
        """Map the keys of replies sent lately to their ids on the platform."""
        return dict(self._state.read().get("sent", {}))

    def first_reply(self) -> Json | None:
        """Return when the first reply of this installation went out, and its address; None before."""
        first = self._state.read().get("first")
        return first if isinstance(first, dict) else None


def make_pace(section: GraphSection, folder: Path, rng: random.Random) -> Pace:
    """Return the pace that a section asks for, with its file in the data folder."""
    return Pace(
        StateFile(section.state_file(folder)),
        section.replies_per_hour,
        timedelta(seconds=section.reply_spacing_seconds),
        section.alike_per_day,
        rng,
        is_trial=section.is_trial,
    )


def _recent(kept: Json, now: datetime) -> list[tuple[datetime, list[int]]]:
    """Return when something was sent in the last 24 hours, with the checksums of its words."""
    tried = ((datetime.fromisoformat(row["at"]), row["words"]) for row in kept.get("tried", []))
    return [(at, words) for at, words in tried if timedelta(0) <= now - at < DAY]


def _checksums(text: str) -> list[int]:
    return [
        crc32(word.encode("utf-8", "surrogatepass")) for word in text.casefold().split() if not word.startswith("@")
    ]


def _likeness(words: Sequence[int], others: Sequence[int]) -> float:
    """Return the share of words in common, 0 to 1 (Dice's coefficient)."""
    common = (Counter(words) & Counter(others)).total()
    return 2 * common / max(1, len(words) + len(others))
