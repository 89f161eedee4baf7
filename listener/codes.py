"""How coupon codes are written, and what is shown of them. Standard library only."""

import re

CODE = "{coupon}"  # in the text of an offer: where the code stands
MASKED = "****"  # how every masked code begins
MASK = re.compile(r"\*{4,}[\w-]{2}")  # whatever follows: a code that is not recognised would go out in public
GLUED = re.compile(r"[\w-]\*{4,}[\w-]{2}|\*{4,}[\w-]{2}[\w*-]")  # nobody could tell where the code ends
GLUED_CODE = re.compile(r"[\w*-]\{coupon\}|\{coupon\}[\w*-]")
CODE_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{5,39}")
_RUN = re.compile(r"[A-Za-z0-9_-]+")
_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]")
_SHOWN = 2  # letters at the end of a code that are not masked


def mask(code: str) -> str:
    """Return what is shown of a code, in its length."""
    return "*" * (len(code) - _SHOWN) + code[-_SHOWN:]


def list_candidates(text: str) -> set[str]:
    """Return every part of a text that could be a code, whatever stands around it; plain words are among them."""
    return {part for run in _RUN.findall(text) for part in _list_parts(run)}


def _list_parts(run: str) -> list[str]:
    """Return the parts of a run of letters, digits, - and _ that begin and end at its ends or at a - or _."""
    starts = [match.start() for match in _START.finditer(run)]
    ends = [end for end in range(len(run) + 1) if end == len(run) or run[end] in "-_" or run[end - 1] in "-_"]
    return [part for start in starts for end in ends if CODE_SHAPE.fullmatch(part := run[start:end])]
