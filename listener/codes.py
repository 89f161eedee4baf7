"""How coupon codes are written, and what is shown of them. Standard library only."""

import re

CODE = "{coupon}"  # in the text of an offer: where the code stands
MASKED = "****"  # how every masked code begins
MASK = re.compile(r"\*{4,}[\w-]{2}")  # whatever follows: a code that is not recognised would go out in public
GLUED = re.compile(r"[\w-]\*{4,}[\w-]{2}|\*{4,}[\w-]{2}[\w*-]")  # nobody could tell where the code ends
GLUED_CODE = re.compile(r"[\w*-]\{coupon\}|\{coupon\}[\w*-]")
CODE_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{5,39}")
_SHOWN = 2  # letters at the end of a code that are not masked


def mask(code: str) -> str:
    """Return what is shown of a code, in its length."""
    return "*" * (len(code) - _SHOWN) + code[-_SHOWN:]
