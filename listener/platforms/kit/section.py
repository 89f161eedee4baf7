"""What sections of platforms share: loggers of the HTTP library, the time to settle, and checks of keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from listener.protocols import Section

HTTP_LOGGERS = ("httpx", "httpcore")
"""The chatty loggers of a platform that uses kit.http."""

KeyProblem = tuple[str, str, str]
"""(key, what is wrong, what to do)"""


@dataclass(frozen=True, kw_only=True)
class SettlingSection(Section):
    """A section of a platform that can find out whether a reply arrived."""

    settle_after_seconds: float = 60.0

    @property
    def settle_after(self) -> timedelta:
        """How long after a call a reply may still appear in the platform's own lists."""
        return timedelta(seconds=self.settle_after_seconds)

    def problems(self) -> list[KeyProblem]:
        """Return the problem of the time to settle, if it is out of bounds."""
        if 0 <= self.settle_after_seconds <= 86_400:
            return []
        return [("settle_after_seconds", f"{self.settle_after_seconds}", "give 0 to 86400 seconds")]


def repeated_problems(key: str, noun: str, values: Iterable[str]) -> list[KeyProblem]:
    """Return a problem if a value of a list occurs twice, whatever its blanks."""
    plain = [value.strip() for value in values]
    return [(key, f"{noun} is listed twice", "remove one of them")] if len(set(plain)) < len(plain) else []
