"""How a text stands on Bluesky: its length by Bluesky's counting, and its facets (links, mentions, hashtags). Pure.

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
_TOP_LEVEL = (
    "com|org|net|info|biz|app|dev|shop|store|blog|site|online|social|io|ai|co|tv|eu|uk|ca|au|nz|de|ch|fr|es|pt|nl|lu|dk|"
    "se|fi|ie|pl|cz|sk|hu|gr|jp|kr|br|mx"
)
"""Where a bare domain is surely meant as a link: readme.md and node.js are none, nor is a sentence.It begins so."""
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?<![^\s(])(?:{_LABEL}\.)+(?:{_TOP_LEVEL})(?![\w@-]|\.\w)(?:[/?#:][^\s<>\"]*)?", re.IGNORECASE)
_TAG = re.compile(r"(?<!\S)[#＃]([^\s#＃\u00ad\u2060\u200a-\u200d\u20e2\ufe0f]{1,64})(?=[\s#＃]|$)")
_TAG_END = re.compile(r"[^\w]+$")
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
    """The links and hashtags of a text, and its mentions of the handles whose DID is known."""
    links = [_link(link.start(), trim_link(link[0]), "") for link in _LINK.finditer(text)]
    links += [_link(link.start(), trim_link(link[0]), "https://") for link in _DOMAIN.finditer(text)]
    tags = ((tag.start(), _TAG_END.sub("", tag[1])) for tag in _TAG.finditer(text))
    links += [
        (start, start + 1 + len(tag), {"$type": f"{_FACET}#tag", "tag": tag})
        for start, tag in tags
        if tag and not tag.isdigit()
    ]
    names = [(name.span(), dids.get(name[1].lower())) for name in _HANDLE.finditer(text)]
    mentions = [(*span, {"$type": f"{_FACET}#mention", "did": did}) for span, did in names if did]
    return [_facet(text, *mark) for mark in sorted([*links, *mentions], key=lambda mark: mark[0])]


_FACET = "app.bsky.richtext.facet"


def _facet(text: str, start: int, end: int, feature: Json) -> Json:
    first = len(text[:start].encode())
    index = {"byteStart": first, "byteEnd": first + len(text[start:end].encode())}
    return {"index": index, "features": [feature]}


def _link(start: int, link: str, scheme: str) -> tuple[int, int, Json]:
    return start, start + len(link), {"$type": f"{_FACET}#link", "uri": scheme + link}
