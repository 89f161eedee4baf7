"""One row of a file as a Mention; what it lacks is filled in, what cannot be read is refused."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from listener.model import Mention

LONGEST_TEXT = 100_000  # characters; longer texts are cut
LONGEST_WORD = 500  # characters of an id or a name
NO_DATABASE_TAKES = re.compile("[\0\ud800-\udfff]")  # NUL and lone surrogates
BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$|Z$)")
SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
EXACT_DIGITS = 15  # of a number in a spreadsheet; the others become zeros
ROUNDED = "was rounded by a spreadsheet, so several rows may bear it: save the file anew with the column id as text"
OTHER_WORDS = (
    "an earlier row has this id and other words: give it an id of its own, or name the row that it edits in `edits`"
)
YES, NO = ("true", "yes", "1"), ("false", "no", "0")


def read_row(row: Mapping[str, object], now: datetime, replay: bool) -> Mention:
    """The row as a mention that was read at `now`. Raises ValueError saying what is wrong with it."""
    name, handle = _id(row), _word(row, "author")
    handle = handle.lstrip("@") if handle else None
    created, first = _time(row, now), _word(row, "edits") or name
    return Mention(
        platform="memory",
        id=name,
        text=_text(row),
        author_id=_word(row, "author_id") or (handle or f"unknown:{name}").lower(),
        created_at=created,
        age_start_at=now if replay else created,
        interaction_id=first,
        conversation_id=_word(row, "conversation_id") or first,
        author_handle=handle,
        author_name=_word(row, "name"),
        in_reply_to=_word(row, "in_reply_to"),
        lang=_word(row, "lang"),
        url=_word(row, "url"),
        extra_brand_term=_word(row, "brand"),
        is_addressed=_addressed(row),
    )


def row_id(row: Mapping[str, object] | None) -> str | None:
    """The id of a row that may be faulty elsewhere, so that its corrected copy is known to be the same."""
    try:
        return _id(row) if row is not None else None
    except ValueError:
        return None


def is_rounded(name: str) -> bool:
    """Return True for a number that looks as a spreadsheet leaves it: one in a hundred of 17 digits does by chance."""
    return len(name) > EXACT_DIGITS + 1 and name.isdecimal() and not name[EXACT_DIGITS:].strip("0")


def is_exact(name: str | None) -> bool:
    """Return True for a number that cannot have come from a spreadsheet's column of numbers."""
    return name is not None and len(name) > EXACT_DIGITS and name.isdecimal() and name[EXACT_DIGITS:].strip("0") != ""


def printable(text: str) -> str:
    """The text with U+FFFD for what no database takes."""
    return text if text.isascii() and "\0" not in text else NO_DATABASE_TAKES.sub("\ufffd", text)


def _id(row: Mapping[str, object]) -> str:
    value = _word(row, "id")
    if not value:
        raise ValueError("the row has no id")
    if not value.isprintable() or "\ufffd" in value or len(value) >= LONGEST_WORD:
        raise ValueError("the id is too long or has characters that cannot be shown")
    if SCIENTIFIC.fullmatch(value):
        raise ValueError(f"the id {value} {ROUNDED}")
    return value


def _text(row: Mapping[str, object]) -> str:
    value = row.get("text")
    if not isinstance(value, str):
        raise ValueError("the row has no text" if value is None else "text is not a text")
    return printable(value[:LONGEST_TEXT])


def _word(row: Mapping[str, object], key: str) -> str | None:
    """A text, or a whole number as text; None when it is missing or empty."""
    value = row.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError(f"{key} is neither a text nor a whole number")
    return printable(value.strip()[:LONGEST_WORD]) or None


def _time(row: Mapping[str, object], now: datetime) -> datetime:
    """created_at, ISO 8601, also with blanks; without an offset it is UTC; missing: now."""
    value = _word(row, "created_at")
    if value is None:
        return now
    try:
        when = datetime.fromisoformat(BEFORE_OFFSET.sub("", value))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"created_at is not an ISO 8601 time: {value[:40]!r}") from None


def _addressed(row: Mapping[str, object]) -> bool:
    value = row.get("addressed")
    word = "true" if value is None or value == "" else str(value).strip().lower()
    if word not in YES + NO:
        raise ValueError(f"addressed is neither true nor false: {str(value)[:40]!r}")
    return word in YES
