"""From the bytes of a feed to its items. An item that cannot be read is set aside and costs no other."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from listener.errors import ReadFailed
from listener.feed_page import QuarantinedItem
from listener.platforms.feed import parse
from listener.platforms.feed.document import Pieces, decode, split
from listener.platforms.feed.items import Item, json_item, xml_item
from listener.platforms.feed.json_pieces import loads, split_json
from listener.platforms.kit.items import RAW_MOST
from listener.platforms.kit.response import HttpResponse
from listener.platforms.kit.values import clean

SECONDS = 120.0  # for all of a feed, by the clock on the wall
_ALONE, _TOGETHER, _BATCH = 16_384, 200, 1 << 18  # characters of an item parsed alone; items, characters parsed at once
_MOST_DEATHS = 8  # documents that may take too long before the feed is given up
_DO = "look at it in a browser, then correct [platforms.feed]"

Documents = list[tuple[str, ...]]
"""Groups of items, each parsed as a document of its own."""


@dataclass(slots=True)
class Reading:
    """What a feed lists. aside: what cannot be read; cut: what follows the last whole item of a cut feed; else ""."""

    items: list[Item] = field(default_factory=list)
    aside: list[QuarantinedItem] = field(default_factory=list)
    cut: str = ""

    def add(self, entry: Any, make: Callable[[Any], Item]) -> None:
        """Add an item, or set it aside."""
        try:
            self.items.append(make(entry))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it costs this item alone
            self.set_aside(json.dumps(entry), _in_words(error), _name(entry))

    def set_aside(self, raw: str, error: str, name: str = "") -> None:
        """Set aside an item that cannot be read."""
        self.aside.append(QuarantinedItem(clean(name), clean(raw[:RAW_MOST]), clean(" ".join(error.split()))[:300]))

    def judge_cut(self, before: str) -> str:
        """Hold back what was cut; when the same was cut before, it is set aside. Return its digest."""
        if not self.cut:
            return ""
        digest = hashlib.sha256(self.cut.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        if digest == before:
            if "<" in self.cut or "{" in self.cut:
                self.set_aside(self.cut.strip(), "the feed ends in the middle of this item")
            self.cut = ""
        return digest


def read_items(answer: HttpResponse, url: str) -> Reading:
    """Return the items of a feed. Raises ReadFailed if it is none."""
    text = decode(answer.body, answer.headers.get("content-type", ""))
    try:
        return _read_json(text) if text.lstrip().startswith("{") else _read_xml(text, url)
    except Exception as error:  # noqa: BLE001 - a document may break a parser in any way, and is no fault of ours
        why = " ".join(_in_words(error).split())[:200]
        raise ReadFailed(f"{url} is not a feed that can be read ({why})", _DO, cause="item") from None


def _read_json(text: str) -> Reading:
    """JSON Feed, all versions."""
    try:
        feed, pieces = loads(text), None
    except ValueError:
        pieces = split_json(text)
        feed = loads(pieces.head)
    if not str(feed.get("version")).startswith("https://jsonfeed.org/version/"):
        raise ValueError("a JSON object, but no JSON Feed")
    reading = Reading(cut=pieces.cut if pieces else "")
    for item in feed["items"] if pieces is None else _loaded(pieces.items, reading):
        reading.add(item, lambda entry: json_item(entry, feed.get("language")))
    return reading


def _loaded(pieces: Sequence[str], reading: Reading) -> Iterator[Any]:
    for piece in pieces:
        try:
            yield loads(piece)
        except ValueError as error:
            reading.set_aside(piece, str(error))


def _read_xml(text: str, url: str) -> Reading:
    """RSS and Atom."""
    if "<!entity" in text.lower():  # a few bytes of them may unpack to gigabytes
        raise ValueError("it declares XML entities of its own")
    pieces = split(text)
    reading, ends, deaths = Reading(cut=pieces.cut), time.monotonic() + SECONDS, 0
    groups = _groups(pieces)
    while groups:
        documents = ["".join((pieces.head, *group, pieces.tail)) for group in groups]
        answers = parse.parse_documents(documents, url, max(ends - time.monotonic(), 0.1))
        again = [part for group, answer in zip(groups, answers, strict=False) for part in _take(group, answer, reading)]
        rest = groups[len(answers) :]
        deaths += bool(rest)
        if rest and (deaths > _MOST_DEATHS or time.monotonic() > ends):
            raise ValueError(f"it cannot be parsed within {SECONDS:g} s")
        if rest:  # the first of them took too long
            again += _divided(rest[0], f"it cannot be parsed within {parse.SECONDS} s", reading)
        groups = [*again, *rest[1:]]
    return reading


def _groups(pieces: Pieces) -> Documents:
    """Return the items in groups that are parsed at once; what is large is parsed alone, so that it stops no other."""
    groups: Documents = [()] if not pieces.items else []
    alone: Documents = [(piece,) for piece in pieces.items if len(piece) > _ALONE]
    group: list[str] = []
    size = 0
    for piece in pieces.items:
        if len(piece) > _ALONE:
            continue
        if group and (len(group) >= _TOGETHER or size + len(piece) > _BATCH):
            groups.append(tuple(group))
            group, size = [], 0
        group.append(piece)
        size += len(piece)
    return [*groups, *([tuple(group)] if group else []), *alone]


def _take(group: tuple[str, ...], answer: parse.Answer, reading: Reading) -> Documents:
    """Add what a document holds; return the groups that are to be parsed again. Raises ValueError if it is no feed."""
    if answer.get("raised"):
        return _divided(group, answer["error"], reading)
    if "error" in answer:
        raise ValueError(answer["error"])
    if group and not answer["entries"]:
        return _divided(group, "no item can be read in it", reading)
    for entry in answer["entries"]:
        reading.add(entry, lambda entry: xml_item(entry, answer["lang"]))
    return []


def _divided(group: tuple[str, ...], why: str, reading: Reading) -> Documents:
    """Return the halves of a group, to find the item that is at fault; set aside an item alone. Raises ValueError."""
    if not group:
        raise ValueError(why)
    if len(group) == 1:
        reading.set_aside(group[0], why)
        return []
    return [group[: len(group) // 2], group[len(group) // 2 :]]


def _in_words(error: Exception) -> str:
    """Return what is wrong, for a person: what Python says of a value of the wrong type is for programmers."""
    return str(error) if isinstance(error, ValueError) else "something in it is not what such a feed has there"


def _name(entry: Any) -> str:
    """Return the id or link that an item bears, as far as it can be read."""
    if not isinstance(entry, dict):
        return ""
    names = (entry.get(key) for key in ("id", "url", "external_url", "link"))
    return next((str(name) for name in names if isinstance(name, str | int) and name), "")
