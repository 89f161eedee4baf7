"""How a text is made ready for a post. Pure."""

import re

_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")  # platforms refuse or drop these
_SENTENCE = ".,;:!?'*_\"”’»…“‘«"  # ends a sentence or a quotation, and no link
_BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【"}


def normalize_post(text: str) -> str:
    """Return the text without control characters, half surrogates and blanks at the ends. Idempotent."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def trim_link(link: str) -> str:
    """Return a link without the punctuation that ends its sentence, and without a bracket that it did not open."""
    while link and (link[-1] in _SENTENCE or _is_left_open(link)):
        link = link[:-1]
    return link


def _is_left_open(link: str) -> bool:
    """Return whether a link ends with a bracket that stands open before it."""
    opening = _BRACKETS.get(link[-1])
    return opening is not None and link.count(link[-1]) > link.count(opening)
