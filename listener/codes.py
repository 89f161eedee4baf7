"""How coupon codes are written, recognised in a text, and what is shown of them. Standard library only."""

import re
import unicodedata

CODE = "{coupon}"  # in the text of an offer: where the code stands
MASKED = "****"  # how every masked code begins
MASK = re.compile(r"\*{4,}[\w-]{2}")  # whatever follows: a code that is not recognised would go out in public
GLUED = re.compile(r"[\w-]\*{4,}[\w-]{2}|\*{4,}[\w-]{2}[\w*-]")  # nobody could tell where the code ends
GLUED_CODE = re.compile(r"[\w*-]\{coupon\}|\{coupon\}[\w*-]")
SHORTEST, LONGEST = 6, 40
CODE_SHAPE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{{SHORTEST - 1},{LONGEST - 1}}}")
_RUN = re.compile(r"[a-z0-9_-]+")
_UNSEEN = {"Cf", "Mn", "Me"}  # zero-width characters, soft hyphens, accents and selectors put on a letter
_DASHES = {"Pd": "-", "Pc": "_"}
_MINUS = "\u2212"
_SHOWN = 2  # letters at the end of a code that are not masked


def mask(code: str) -> str:
    """Return what is shown of a code, in its length."""
    return "*" * (len(code) - _SHOWN) + code[-_SHOWN:]


def list_candidates(text: str) -> set[str]:
    """Return every part of a text that could be a code, in lower case, whatever touches it or stands within it."""
    return {part for run in _RUN.findall(_flatten(text)) for part in _list_parts(run)}


def _flatten(text: str) -> str:
    """Return a text in plain letters: without what is not seen, every dash a hyphen, full-width letters as usual."""
    plain = unicodedata.normalize("NFKD", text.replace(_MINUS, "-"))
    kept = ((letter, unicodedata.category(letter)) for letter in plain)
    return "".join(_DASHES.get(category, letter) for letter, category in kept if category not in _UNSEEN).casefold()


def _list_parts(run: str) -> list[str]:
    """Return the parts of a run that have the length of a code and begin with a letter or a digit."""
    starts = [start for start, letter in enumerate(run) if letter not in "-_"]
    ends = range(SHORTEST, LONGEST + 1)
    spans = [(start, start + length) for start in starts for length in ends if start + length <= len(run)]
    return [run[start:end] for start, end in spans if not _cuts_number(run, start, end)]


def _cuts_number(run: str, start: int, end: int) -> bool:
    """Return True for a part of a longer number: a code of digits alone would be in many of them."""
    if not run[start:end].isdigit():
        return False
    return (start > 0 and run[start - 1].isdigit()) or (end < len(run) and run[end].isdigit())


def is_plain_word(code: str, words: str) -> bool:
    """Return True for a code without digits whose every part is in words, a text in lower case."""
    plain = code.casefold()
    return not any(letter.isdigit() for letter in plain) and all(part in words for part in re.split("[-_]", plain))
