"""How a text stands on Bluesky: its length by Bluesky's counting, and its facets (links and mentions). Pure.

A facet names its place by UTF-8 byte offsets (app.bsky.richtext.facet).
"""

import re
from collections.abc import Mapping

import regex

from listener.model import Json

LIMIT, BYTES = 300, 3000
"""Graphemes and UTF-8 bytes of app.bsky.feed.post's text."""

_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINK = re.compile(r"(?<![\w@])https?://[^\s<>\"]+", re.IGNORECASE)
_HANDLE = re.compile(
    r"(?<![\w@./=&?#])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61})", re.IGNORECASE
)
_GRAPHEME = regex.compile(r"\X")
_ENOUGH = 10_000  # characters counted one by one; a longer text does not fit anyway


def normalize_post(text: str) -> str:
    """The text without control characters, half surrogates and blanks at the ends. Idempotent."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def length(text: str) -> int:
    """Graphemes, or what the bytes come to in a limit of 300: a text fits when neither limit is passed."""
    graphemes = sum(1 for _ in _GRAPHEME.finditer(text[:_ENOUGH])) + max(0, len(text) - _ENOUGH)
    return max(graphemes, -(-len(text.encode("utf-8", "surrogatepass")) * LIMIT // BYTES))


def handles(text: str) -> list[str]:
    """The handles that a text @mentions, in lower case, each once."""
    return list(dict.fromkeys(found[1].lower() for found in _HANDLE.finditer(text)))


def facets(text: str, dids: Mapping[str, str]) -> list[Json]:
    """The links of a text, and its mentions of the handles whose DID is known."""
    links = [(*_trimmed(one), {"$type": f"{_FACET}#link", "uri": _uri(one)}) for one in _LINK.finditer(text)]
    names = [(one.span(), dids.get(one[1].lower())) for one in _HANDLE.finditer(text)]
    mentions = [(*span, {"$type": f"{_FACET}#mention", "did": did}) for span, did in names if did]
    return [_facet(text, *one) for one in sorted([*links, *mentions], key=lambda one: one[0])]


_FACET = "app.bsky.richtext.facet"


def _facet(text: str, start: int, end: int, feature: Json) -> Json:
    first = len(text[:start].encode())
    index = {"byteStart": first, "byteEnd": first + len(text[start:end].encode())}
    return {"index": index, "features": [feature]}


def _trimmed(found: re.Match[str]) -> tuple[int, int]:
    """Without the punctuation that ends the sentence, and without a bracket that the link did not open."""
    link = found[0]
    while link and (link[-1] in ".,;:!?'*_" or (link[-1] == ")" and link.count(")") > link.count("("))):
        link = link[:-1]
    return found.start(), found.start() + len(link)


def _uri(found: re.Match[str]) -> str:
    return found.string[slice(*_trimmed(found))]
