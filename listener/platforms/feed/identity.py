"""Which item is which: what is new, what is listed again, what was edited. Pure.

What was listed is remembered as traces, so that an item keeps its id whatever stands beside it. An item is known by its
guid, else its link. When a guid turns out to be shared by several items it identifies none of them by itself: the
words, the title and the date of each tell them apart (docs/decisions/0044-which-item-is-which.md).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from listener.platforms.feed.items import Item
from listener.platforms.feed.links import normalized

REMEMBERED = 300  # items besides those that are listed now
_TAG = re.compile(r"<[^<>]*>")

Stored = tuple[str, ...]
"""A trace as JSON: its fields in their order."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is remembered of an item. key: of its guid or link, "" without; words: of its author and words.

    title, date: "" without; id, interaction: the names that it was given.
    """

    key: str
    words: str
    title: str
    date: str
    id: str
    interaction: str

    def store(self) -> Stored:
        """Return it as JSON."""
        return (self.key, self.words, self.title, self.date, self.id, self.interaction)


def mention_id(url: str, name: str) -> str:
    """Return the id of a mention: two feeds may use the same ids."""
    return hashlib.sha256(f"{url}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Recognized:
    """The items of a document, each once, with the names of each. known: how many were listed before."""

    items: tuple[tuple[Item, Trace], ...]
    known: int


def recognize(url: str, items: Sequence[Item], remembered: Sequence[Trace] | None) -> Recognized:
    """Give each item of a document its names. remembered: None where nothing was ever remembered of this feed."""
    known: dict[str, list[Trace]] = defaultdict(list)
    for trace in remembered or ():
        known[trace.key].append(trace)
    groups: dict[str, list[tuple[Item, Trace]]] = defaultdict(list)
    for item in items:
        face = _face(item)
        if all((face.words, face.date) != (other.words, other.date) for _, other in groups[face.key]):
            groups[face.key].append((item, face))
    named, again = list[tuple[Item, Trace]](), 0
    for key, group in groups.items():
        matches = _match([face for _, face in group], known[key])
        again += len(matches)
        for number, (item, face) in enumerate(group):
            match = matches.get(number)
            is_alone = bool(key) and len(group) == 1 and not known[key]
            names = (match.id, match.interaction) if match else _names(url, item, face, group, is_alone, remembered)
            named.append((item, Trace(face.key, face.words, face.title, face.date, *names)))
    return Recognized(tuple(named), again)


def remember(listed: Sequence[Trace], before: Sequence[Trace]) -> list[Trace]:
    """Return the traces to keep: of what is listed now, and of what was listed last before that."""
    now = {trace.id for trace in listed}
    return [*listed, *[trace for trace in before if trace.id not in now][:REMEMBERED]]


def _face(item: Item) -> Trace:
    """Return an item as it looks now, without names."""
    words = " ".join(_TAG.sub(" ", item.body).split())
    title = " ".join(_TAG.sub(" ", item.title).split())
    date = item.published.isoformat() if item.published else ""
    key = normalized(item.guid) or (normalized(item.url) if item.url else "")
    return Trace(_digest(key), _digest(f"{item.author}\0{words}"), _digest(title), date, "", "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12] if text else ""


def _match(faces: Sequence[Trace], known: Sequence[Trace]) -> dict[int, Trace]:
    """Map the items of one key that are known: the number of a face -> its trace.

    First those in the same words; then those that were edited, of what remains on both sides.
    """
    rest, matches = list(known), dict[int, Trace]()
    is_alone = len(faces) == len(known) == 1 and bool(faces[0].key)
    for is_same in (_is_unchanged, _is_edit_of_its_key if is_alone else _is_edit_among_others):
        for number, face in enumerate(faces):
            trace = next((trace for trace in rest if is_same(trace, face)), None) if number not in matches else None
            if trace is not None:
                matches[number] = trace
                rest.remove(trace)
    return matches


def _is_unchanged(trace: Trace, face: Trace) -> bool:
    return (trace.words, trace.date) == (face.words, face.date)


def _is_edit_of_its_key(trace: Trace, face: Trace) -> bool:
    """An author edits words and perhaps the title. Where the date differs too, another item has the same guid."""
    dates_differ = bool(trace.date) and bool(face.date) and trace.date != face.date
    return not (dates_differ and trace.title != face.title) or trace.words == face.words


def _is_edit_among_others(trace: Trace, face: Trace) -> bool:
    return bool(face.date) and bool(face.title) and (trace.date, trace.title) == (face.date, face.title)


def _names(
    url: str,
    item: Item,
    face: Trace,
    group: Sequence[tuple[Item, Trace]],
    is_alone: bool,
    remembered: Sequence[Trace] | None,
) -> tuple[str, str]:
    """Return id and interaction of a new item: its guid or link alone, if nothing else bears it, else its words too.

    Where nothing is remembered it may be stored under the name that Earshot once gave it: that is its id then, and the
    store recognizes it by either.
    """
    key = normalized(item.guid) or (normalized(item.url) if item.url else "")
    name = mention_id(url, key if is_alone else f"{key}\0{face.words}\0{face.date}")
    if remembered is not None:
        return name, name
    raw = item.guid or item.url or hashlib.sha256(item.body.encode("utf-8", "surrogatepass")).hexdigest()
    links = [other.url for other, _ in group]
    if len(group) > 1 and links.count(item.url) > 1:
        return name, name
    return mention_id(url, f"{raw} {item.url}" if len(group) > 1 else raw), name
