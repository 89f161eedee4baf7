"""The text of a feed: its encoding, and its items as pieces, so that each can be judged on its own. Pure."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),  # without a mark, as a feed begins
    (b"{\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\0{", "utf-16-be"),
)
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_TAG = re.compile(r"<!\[CDATA\[|<!--|<(?P<close>/?)(?:[\w.-]+:)?(?P<name>item|entry)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_SKIPPED = {"<![CDATA[": "]]>", "<!--": "-->"}
_ROOT = re.compile(r"<([A-Za-z][\w.:-]*)")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A feed in pieces. cut: what follows the last whole item of a document that is not whole; else ""."""

    head: str
    items: tuple[str, ...]
    tail: str
    cut: str


def decode(body: bytes, content_type: str) -> str:
    """Return the text of a feed, without a byte order mark and an XML declaration.

    A mark comes first. What is UTF-8 throughout is UTF-8, whatever a server or a declaration says; else it is what they
    say, else Windows-1252.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _DECLARATION.sub("", body.decode(name, "replace").lstrip("\ufeff"))
    named = [*_CHARSET.findall(content_type), *(charset.decode("ascii") for charset in _DECLARED.findall(body[:400]))]
    is_ascii_only = [name for name in named if name.lower().startswith(("iso-2022", "hz"))]  # these look like UTF-8
    for name in (*is_ascii_only, "utf-8", *named):
        try:
            return _DECLARATION.sub("", body.decode(name))
        except (LookupError, ValueError):
            continue
    return _DECLARATION.sub("", body.decode("cp1252", "replace"))


def split(text: str) -> Pieces:
    """Split RSS or Atom at its items. Linear in time, whatever the text."""
    spans, start = [], None
    for at, end, kind in _tags(text):
        if start is None and kind == "open":
            start = at
        elif start is None and kind == "empty":
            spans.append((at, end))
        elif start is not None and kind == "close":
            spans.append((start, end))
            start = None
    first = spans[0][0] if spans else len(text) if start is None else start
    last = spans[-1][1] if spans else first
    head, rest = text[:first], text[last:]
    is_whole = start is None and _ends(head, rest if spans else head)
    tail, cut = (rest, "") if is_whole else (_closing(head), rest or "\n")
    return Pieces(head, tuple(text[at:end] for at, end in spans), tail, cut)


def _tags(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where the tags of items stand, and whether they open, close or are empty. Skip CDATA and comments."""
    at = 0
    while (match := _TAG.search(text, at)) is not None:
        at = match.end()
        if match["name"] is None:
            end = text.find(_SKIPPED[match[0].upper()], at)
            at = len(text) if end < 0 else end
            continue
        kind = "close" if match["close"] else "empty" if match[0].endswith("/>") else "open"
        yield match.start(), at, kind


def _ends(head: str, tail: str) -> bool:
    """Return whether a document has the end tag of its first element."""
    root = _ROOT.search(head)
    return root is None or f"</{root[1]}" in tail


def _closing(head: str) -> str:
    """Return the end tags that a document lacks when it is cut: a strict parser reads the rest as if it were whole."""
    root = _ROOT.search(head)
    channel = "</channel>" if "<channel" in head and "</channel" not in head else ""
    return f"{channel}</{root[1]}>" if root else ""
