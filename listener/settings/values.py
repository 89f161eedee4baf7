"""What a value in policy.toml must look like beyond its type. Each raises ConfigError with what to do."""

import re
from zoneinfo import ZoneInfo, available_timezones

from listener.settings.scalars import Spot
from listener.settings.schema import near

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
STRONGEST = 4.0  # VADER's lexicon runs from -4 to 4
LONGEST_SIGNATURE = 20


def signature(text: str, spot: Spot) -> None:
    """A few letters, printable."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_SIGNATURE:
        raise spot.fault(f"is no signature: {text!r}", 'write a few letters such as "^DK"')


def timezone(name: str, spot: Spot) -> None:
    """A name of the zone database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a folder of the zone database, such as "Europe"
        mend = near(name, available_timezones())
        raise spot.fault(
            f"no such time zone: {name}", mend if mend.startswith("did") else "write one such as Europe/Oslo"
        ) from None


def language(code: str, spot: Spot) -> None:
    """Two letters."""
    if not re.fullmatch(r"[a-z]{2}", code):
        raise spot.fault(f"is no language code: {code!r}", 'write ISO 639-1 codes such as "en"')


def host(name: str, spot: Spot) -> None:
    """A host without scheme and path."""
    if not HOST.fullmatch(name.lower()):
        raise spot.fault(f"is no host name: {name!r}", 'write it without scheme and path, such as "help.example.com"')


def scored(word: str, value: float, spot: Spot) -> None:
    """One word, within the bounds of the lexicon."""
    if len(word.split()) != 1 or "*" in word:
        raise spot.fault("is not a single word", "write one word without *; phrases go under [cues]")
    if abs(value) > STRONGEST:
        raise spot.fault(f"is out of bounds: {value}", "write a number from -4 to 4")
