"""A JSON Feed that cannot be parsed whole, in pieces: an item nested too deeply, or a document that was cut. Pure."""

import json
import re
from typing import Any

from listener.platforms.feed.document import Pieces

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_LIST = re.compile(r"\s*:\s*\[")
_ITEMS = '"items"'


def split_json(text: str) -> Pieces:
    """Split a JSON Feed at its items; head: the rest of the feed as JSON. Raises ValueError if it has none."""
    begin = _find_items(text)
    spans, depth, start = list[tuple[int, int]](), 0, 0
    for token in _TOKEN.finditer(text, begin):
        if token[0][0] == '"':
            continue
        if token[0] in "[{":
            start, depth = (token.start(), 1) if depth == 0 else (start, depth + 1)
            continue
        depth -= 1
        if depth < 0:
            return Pieces(f"{text[:begin]}]}}", _cut_out(text, spans), "", "")
        if depth == 0:
            spans.append((start, token.end()))
    rest = text[start:] if depth else text[spans[-1][1] if spans else begin :]
    return Pieces(f"{text[:begin]}]}}", _cut_out(text, spans), "", rest or "\n")


def loads(text: str) -> Any:
    """Parse JSON. Raises ValueError also for NaN, and for depth beyond the parser's."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError("it is not JSON") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _find_items(text: str) -> int:
    """Return where the list of items begins."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif depth == 1 and token[0] == _ITEMS and (opening := _LIST.match(text, token.end())):
            return opening.end()
    raise ValueError("it is not JSON")


def _cut_out(text: str, spans: list[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in spans)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
