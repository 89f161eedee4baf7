"""Check values of policy.toml beyond their type. Each function raises ConfigError with what to do."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, available_timezones

from listener.settings.scalars import ConfigLocation
from listener.settings.schema import suggest

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
LONGEST_UNDO = 3600.0  # seconds
STRONGEST = 4.0  # VADER's lexicon runs from -4 to 4
LONGEST_SIGNATURE = 20


def require_signature(text: str, location: ConfigLocation) -> None:
    """Require a mark and a few letters, printable: without a mark it could be the last word of a text."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_SIGNATURE or text[0].isalnum():
        raise location.as_error(f"is not a signature: {text!r}", 'write a few letters such as "^DK"')


def require_undo_seconds(seconds: float, location: ConfigLocation) -> None:
    """Require 0 to 3600 seconds: an approved reply waits so long."""
    if not 0 <= seconds <= LONGEST_UNDO:
        raise location.as_error(f"is out of bounds: {seconds:g}", f"write seconds from 0 to {LONGEST_UNDO:g}")


def require_distinct_names(names: Sequence[str], location: ConfigLocation) -> None:
    """Require different names, whatever their capitals: two spellings of a person could give two approvals."""
    folded = [" ".join(name.split()).casefold() for name in names]
    if twice := next((name for name, same in zip(names, folded, strict=True) if folded.count(same) > 1), None):
        raise location.as_error(f"contains {twice!r} twice", "remove the duplicate")
    if padded := next((name for name in names if name != name.strip()), None):
        raise location.as_error(f"has blanks around {padded!r}", "remove them")


def require_timezone(name: str, location: ConfigLocation) -> None:
    """Require a name of the zone database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a folder of the zone database, such as "Europe"
        advice = suggest(name, available_timezones())
        do = advice if advice.startswith("did") else "write a name such as Europe/Oslo"
        raise location.as_error(f"no such time zone: {name}", do) from None


def require_language(code: str, location: ConfigLocation) -> None:
    """Require two letters."""
    if not re.fullmatch(r"[a-z]{2}", code):
        raise location.as_error(f"is not a language code: {code!r}", 'write ISO 639-1 codes such as "en"')


def require_host(name: str, location: ConfigLocation) -> None:
    """Require a host without scheme and path."""
    if not HOST.fullmatch(name.lower()):
        raise location.as_error(
            f"is not a host name: {name!r}", 'write it without scheme and path, such as "help.example.com"'
        )


def require_valence(word: str, value: float, location: ConfigLocation) -> None:
    """Require a single word, with a value within the bounds of the lexicon."""
    if len(word.split()) != 1 or "*" in word:
        raise location.as_error("is not a single word", "write a single word without *; put phrases under [cues]")
    if abs(value) > STRONGEST:
        raise location.as_error(f"is out of bounds: {value}", "write a number from -4 to 4")
