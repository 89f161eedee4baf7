"""Keys that the sections of Facebook and Instagram share, and what `check` and `status` say about them."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from listener.model import Json
from listener.platforms.kit.addresses import on_loopback, url_problem
from listener.platforms.kit.authors import item_author, names_under, raw_object
from listener.platforms.kit.graph.usage import describe_calls
from listener.platforms.kit.section import HTTP_LOGGERS, KeyProblem, SettlingSection
from listener.protocols import ItemAuthor

_VERSION, _ID = re.compile(r"v\d{1,3}\.\d"), re.compile(r"\d{3,32}")
VERSION = "v27.0"  # since 2026-11-04
_ENDS = {  # of versions, as Meta's changelog had them on 2026-11-29
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
SHOWN_FOR = timedelta(days=7)  # how long `status` asks to look at the first reply


@dataclass(frozen=True, kw_only=True)
class GraphSection(SettlingSection):
    """app_is_live: attested by the operator; daily_calls: our own limit; the rest bounds replies.

    label: the platform's name for people; blind: what cannot be seen on it, for `status` and `check`.
    """

    label: ClassVar[str]
    blind: ClassVar[str]
    chatty_loggers = HTTP_LOGGERS
    retain_text = timedelta(days=90)  # Meta's terms: delete what is no longer needed

    api_version: str = VERSION
    app_is_live: bool = False
    poll_seconds: float = 300.0
    full_round_seconds: float = 1800.0
    watched_posts: int = 500
    daily_calls: int = 4800
    replies_per_hour: int = 30
    reply_spacing_seconds: float = 30.0
    alike_per_day: int = 10

    @property
    def host(self) -> str:
        """Scheme and host of the API."""
        raise NotImplementedError

    @property
    def base(self) -> tuple[str, str]:
        """The API's host and version."""
        return self.host.rstrip("/"), self.api_version

    @property
    def full_round(self) -> timedelta:
        """How often all watched posts are gone through."""
        return timedelta(seconds=self.full_round_seconds)

    @property
    def is_trial(self) -> bool:
        """True when the API is on this machine: a test server, to which nobody has to attest anything."""
        with suppress(ValueError):
            return on_loopback(urlsplit(self.host).hostname or "")
        return False

    @property
    def may_send(self) -> bool:
        """True when the operator has attested that the app is Live, or nobody has to."""
        return self.app_is_live or self.is_trial

    @staticmethod
    def item_author(raw: str) -> ItemAuthor | None:
        """Return who wrote a post or comment."""
        item = raw_object(raw)
        who = item.get("from")
        handles = names_under(who, "username") | names_under(item, "username")
        return item_author(names_under(who, "id"), handles)

    def problems(self) -> list[KeyProblem]:
        """Return the problems that types do not catch."""
        faults = []
        if what := url_problem(self.host):
            faults.append(("api_url", what, 'give scheme and host alone, such as "https://graph.facebook.com"'))
        if not _VERSION.fullmatch(self.api_version):
            faults.append(("api_version", f"{self.api_version!r} is not a version", f'write it as "{VERSION}"'))
        least = {"watched_posts": self.watched_posts, "daily_calls": self.daily_calls}
        least["alike_per_day"] = self.alike_per_day
        faults += [(key, f"{number}", "give 1 or more") for key, number in least.items() if number < 1]
        if self.replies_per_hour < 0:
            faults.append(("replies_per_hour", f"{self.replies_per_hour}", "give 0 or more"))
        return [*faults, *super().problems()]

    def notes(self) -> list[str]:
        """Return what an operator should know: calls, what is not seen, whether replies go out."""
        calls = f"{self.label}: at most {self.daily_calls:,} calls a UTC day (daily_calls)"
        usual = f"{calls}; without comments {self.usual_calls():,.0f} are made at this pace"
        if self.usual_calls() > 0.9 * self.daily_calls:
            usual += ", which is more than reading may make: raise poll_seconds or daily_calls"
        live = [] if self.may_send else [f"{self.label}: {HELD}"]
        end = _ENDS.get(self.api_version)
        old = [f"{self.label}: Meta ends {self.api_version} on {end}; set api_version"] if end else []
        return [usual, f"{self.label}: {self.blind}", *live, *old]

    def usual_calls(self) -> float:
        """Return how many calls a day of reading makes where nobody writes."""
        raise NotImplementedError

    def status_lines(self, cursor: Json | None, now: datetime) -> list[str]:
        """Return the day's calls, what is not seen, and for a week where the first reply stands."""
        stored = cursor or {}
        lines = [describe_calls(stored), self.blind, *([] if self.may_send else [HELD])]
        first = stored.get("first")
        if isinstance(first, dict) and now - datetime.fromisoformat(first["at"]) < SHOWN_FOR:
            lines.append(f"look at the first reply logged out: {first['url']}; if it is not there, the app is not Live")
        return lines

    def state_file(self, folder: Path) -> Path:
        """Return where is kept what was sent lately."""
        return folder / f"{self.label.lower()}-sending.json"


HELD = "sending is held until app_is_live = true: only people with a role see what an app in Development mode writes"


def id_problem(key: str, value: str) -> list[KeyProblem]:
    """Return the problem of a key that must hold an id."""
    return [] if _ID.fullmatch(value) else [(key, f"{value!r} is not an id", "give the number, not the name")]
