"""How a text stands on Bluesky: its length by Bluesky's counting, and its facets (links and mentions). Pure.

A facet names its place by UTF-8 byte offsets (app.bsky.richtext.facet).
"""

import re
from collections.abc import Mapping

from listener.model import Json
from listener.platforms.kit.graphemes import count_graphemes
from listener.platforms.kit.text import trim_link

LIMIT, BYTES = 300, 3000
"""Graphemes and UTF-8 bytes of app.bsky.feed.post's text."""

_LINK = re.compile(r"(?<![\w@])https?://[^\s<>\"]+", re.IGNORECASE)
_HANDLE = re.compile(
    r"(?<![\w@./=&?#])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61})", re.IGNORECASE
)


def length(text: str) -> int:
    """Graphemes, or what the bytes come to in a limit of 300: a text fits when neither limit is passed."""
    return max(count_graphemes(text), -(-len(text.encode("utf-8", "surrogatepass")) * LIMIT // BYTES))


def handles(text: str) -> list[str]:
    """The handles that a text @mentions, in lower case, each once."""
    return list(dict.fromkeys(match[1].lower() for match in _HANDLE.finditer(text)))


def facets(text: str, dids: Mapping[str, str]) -> list[Json]:
    """The links of a text, and its mentions of the handles whose DID is known."""
    links = [(*_trimmed(link), {"$type": f"{_FACET}#link", "uri": _uri(link)}) for link in _LINK.finditer(text)]
    names = [(name.span(), dids.get(name[1].lower())) for name in _HANDLE.finditer(text)]
    mentions = [(*span, {"$type": f"{_FACET}#mention", "did": did}) for span, did in names if did]
    return [_facet(text, *mark) for mark in sorted([*links, *mentions], key=lambda mark: mark[0])]


_FACET = "app.bsky.richtext.facet"


def _facet(text: str, start: int, end: int, feature: Json) -> Json:
    first = len(text[:start].encode())
    index = {"byteStart": first, "byteEnd": first + len(text[start:end].encode())}
    return {"index": index, "features": [feature]}


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.start() + len(trim_link(match[0]))


def _uri(match: re.Match[str]) -> str:
    return trim_link(match[0])
