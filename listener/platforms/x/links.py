"""Where X sees a link: with a scheme or bare (`example.com`). Each counts 23 and may cost more. Linear time.

The rules are those of X's own twitter-text 3.1 (compared with it, see docs/decisions/0014); the endings come from the
public suffix list, since X's live list is not published.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

_LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_SPACES = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # of direction: a link may follow them, none holds them
_OUTSIDE = rf"!'#%&()*+,\\/:;<=>?@\[\]^{{|}}~$\"`{_SPACES}\ufffe\ufeff\uffff{_MARKS}"  # what no host holds
_HOST = re.compile(rf"[^{_OUTSIDE}]+")
_ASCII = re.compile(rf"[A-Za-z0-9{_LATIN}-][A-Za-z0-9{_LATIN}.-]*")
_GLUED = re.compile(r"[A-Za-z0-9@＠$#＃]")  # right before a link it makes a handle, a tag or a longer word of it
_ENDING = re.compile(r"(?:xn--[-0-9a-z]+|[0-9a-z]+)", re.IGNORECASE)
_SCHEME = re.compile(r"(https?://)$", re.IGNORECASE)
_PORT = re.compile(r":[0-9]+")
_IN_PATH = rf"A-Za-z0-9\u0400-\u04ff{_LATIN}!*';:=+,.$/%#\[\]\-\u2013_~@|&"
_PATH = re.compile(rf"[{_IN_PATH}]+|\((?:[{_IN_PATH}]+|[{_IN_PATH}]*\([{_IN_PATH}]+\)[{_IN_PATH}]*)\)")
_PATH_ENDS = re.compile(rf"[A-Za-z0-9\u0400-\u04ff{_LATIN}=_#/+\-]")
_QUERY = re.compile(r"\?[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[A-Za-z0-9\-_&=#/]")
_TCO = re.compile(r"t\.co/([A-Za-z0-9]+)", re.IGNORECASE)
_LONGEST, _LONGEST_NAME = 4096, 400  # characters: X's own bound of a link; no host name is longer


@dataclass(frozen=True, slots=True)
class Link:
    """A link's place in the text."""

    start: int
    end: int


def links(text: str) -> Iterator[Link]:
    """Yield the links of a text from left to right; they do not overlap."""
    at = last = 0
    while host := _HOST.search(text, at):
        at = host.end()
        for link in _of_host(text, host, last) if "." in host[0] else ():
            last = link.end
            at = max(at, last)
            if link.end - link.start <= _LONGEST:
                yield link


def _of_host(text: str, host: re.Match[str], last: int) -> list[Link]:
    """The links that begin in a run of host characters, the last one before it ending at `last`."""
    scheme = _SCHEME.search(text, max(host.start() - 8, last), host.start())
    if scheme and (not scheme.start() or not _GLUED.match(text[scheme.start() - 1])):
        end = _name_end(text, host.start(), host.end())
        return [Link(scheme.start(), _tail(text, host.start(), end))] if end else []
    start = host.start()
    while start and start < host.end() and (start == last or _GLUED.match(text[start - 1])):
        start += 1
    return [] if start and text[start - 1] in "-_./" else _bare(text, start, host.end())


def _bare(text: str, start: int, end: int) -> list[Link]:
    """Without a scheme X links the parts in Latin letters; a path belongs to the last of them."""
    whole = _name_end(text, start, end)
    shown = [
        Link(part.start(), end)
        for part in _ASCII.finditer(text, start, whole)
        if (end := _name_end(text, part.start(), part.end(), bare=True))
    ]
    if shown and shown[-1].end == whole:
        shown[-1] = Link(shown[-1].start, _tail(text, shown[-1].start, whole, bare=True))
    return shown


def _name_end(text: str, start: int, end: int, *, bare: bool = False) -> int:
    """Where the longest host name ends that begins at `start`: labels, and an ending that exists; 0 for none.

    A label begins and ends with neither - nor _; the one before the ending holds no _. bare: as X reads names in Latin
    letters, where a label may be anything.
    """
    best, label, previous = 0, start, ""
    for dot in [*_dots(text, start, min(end, start + _LONGEST_NAME)), end]:
        if previous and (bare or ("_" not in previous)):
            best = _ending(text, label) or best
        previous = text[label:dot]
        if not previous or (not bare and (previous[0] in "-_" or previous[-1] in "-_")):
            break
        label = dot + 1
    return best


def _dots(text: str, start: int, end: int) -> Iterator[int]:
    while (dot := text.find(".", start, end)) >= 0:
        yield dot
        start = dot + 1


def _ending(text: str, start: int) -> int:
    """Where a top-level domain ends that begins here and is followed by nothing that would make it another word."""
    word = _ENDING.match(text, start) or _HOST.match(text, start)
    if not word or text[word.end() : word.end() + 1] in ("@", "+", "-"):
        return 0
    name = word[0].partition(".")[0]
    return start + len(name) if _exists(name.lower()) else 0


@cache
def _exists(ending: str) -> bool:
    return _suffixes()(f"a.{ending}") is not None


@cache
def _suffixes() -> Callable[[str], str | None]:
    """Loaded when a text first holds a dot between words: it takes 40 ms."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False, only_icann=True).publicsuffix


def _tail(text: str, start: int, end: int, *, bare: bool = False) -> int:
    """The end of port, path and query behind a host name. X's own t.co links end with their code; a bare host has a
    port and a query only with a path."""
    code = None if bare else _TCO.match(text, start)
    if code:
        return code.end()
    port = _PORT.match(text, end)
    after = port.end() if port else end
    if text[after : after + 1] == "/":
        after = _path(text, after + 1)
    elif bare:
        return end
    query = _QUERY.match(text, after)
    return query.end() if query else after


def _path(text: str, at: int) -> int:
    """Brackets belong to a path in pairs; punctuation at its end does not."""
    end = at
    while piece := _PATH.match(text, at):
        at = piece.end()
        if piece[0][0] == "(":
            end = at
            continue
        last = at
        while last > piece.start() and not _PATH_ENDS.match(text[last - 1]):
            last -= 1
        end = last if last > piece.start() else end
    return end
