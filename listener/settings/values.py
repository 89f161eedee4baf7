"""What a value in policy.toml must look like beyond its type. Each raises ConfigError with what to do."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, available_timezones

from listener.settings.scalars import ConfigLocation
from listener.settings.schema import suggest

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
LONGEST_UNDO = 3600.0  # seconds
STRONGEST = 4.0  # VADER's lexicon runs from -4 to 4
LONGEST_SIGNATURE = 20


def signature(text: str, spot: ConfigLocation) -> None:
    """A mark and a few letters, printable: without a mark it could be the last word of what somebody writes."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_SIGNATURE or text[0].isalnum():
        raise spot.fault(f"is no signature: {text!r}", 'write a few letters such as "^DK"')


def undo(seconds: float, spot: ConfigLocation) -> None:
    """No less than nothing, and no more than an hour: an approved reply waits so long."""
    if not 0 <= seconds <= LONGEST_UNDO:
        raise spot.fault(f"is out of bounds: {seconds:g}", f"write seconds from 0 to {LONGEST_UNDO:g}")


def staff(names: Sequence[str], spot: ConfigLocation) -> None:
    """Each a name of its own, whatever its capitals: two spellings of one person would be two pairs of eyes."""
    seen = [" ".join(name.split()).casefold() for name in names]
    if twice := next((name for name, each in zip(names, seen, strict=True) if seen.count(each) > 1), None):
        raise spot.fault(f"names {twice!r} twice", "leave one of them out")
    if odd := next((name for name in names if name != name.strip()), None):
        raise spot.fault(f"has blanks around {odd!r}", "leave them out")


def timezone(name: str, spot: ConfigLocation) -> None:
    """A name of the zone database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a folder of the zone database, such as "Europe"
        mend = suggest(name, available_timezones())
        raise spot.fault(
            f"no such time zone: {name}", mend if mend.startswith("did") else "write one such as Europe/Oslo"
        ) from None


def language(code: str, spot: ConfigLocation) -> None:
    """Two letters."""
    if not re.fullmatch(r"[a-z]{2}", code):
        raise spot.fault(f"is no language code: {code!r}", 'write ISO 639-1 codes such as "en"')


def host(name: str, spot: ConfigLocation) -> None:
    """A host without scheme and path."""
    if not HOST.fullmatch(name.lower()):
        raise spot.fault(f"is no host name: {name!r}", 'write it without scheme and path, such as "help.example.com"')


def scored(word: str, value: float, spot: ConfigLocation) -> None:
    """One word, within the bounds of the lexicon."""
    if len(word.split()) != 1 or "*" in word:
        raise spot.fault("is not a single word", "write one word without *; phrases go under [cues]")
    if abs(value) > STRONGEST:
        raise spot.fault(f"is out of bounds: {value}", "write a number from -4 to 4")
