"""How a text stands on Mastodon, and its length by Mastodon's counting. Pure.

Graphemes; a link counts 23 whatever its length, a handle counts without its server (Mastodon's StatusLengthValidator).
"""

import html
import re

from listener.platforms.kit.graphemes import count_graphemes
from listener.platforms.kit.text import trim_link

_LINK_LENGTH = 23  # characters_reserved_per_url
_ENOUGH = 20_000  # characters counted one by one: the work stays bounded
_LINK = re.compile(r"(?<![\w/@=])https?://[^\s<>\"]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)@\w+(?:[.-]+\w+)*", re.IGNORECASE)
_NAMED = re.compile(r"(?<![\w@/=.])@(\w+(?:[.-]+\w+)*(?:@\w+(?:[.-]+\w+)*(?::\d+)?)?)")
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|blockquote|pre|h\d)\b[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")  # what is left stands inside a line, and inside a handle or a link
_WORD = re.compile(r"[^\W_]+")  # snac takes _ and * for markup


def length(text: str) -> int:
    """Characters by Mastodon's counting."""
    return count_graphemes(_HANDLE.sub(r"@\1", _LINK.sub(_shortened, text[:_ENOUGH]))) + max(0, len(text) - _ENOUGH)


def _shortened(match: re.Match[str]) -> str:
    """23 letters in the place of a link; what ends the sentence after it stays."""
    return "x" * _LINK_LENGTH + match[0][len(trim_link(match[0])) :]


def addressed(text: str, handle: str) -> str:
    """The text with the author's @handle first: without it nobody is notified. Idempotent."""
    there = re.match(rf"@{re.escape(handle)}(?![\w@-]|\.\w)", text, re.IGNORECASE)
    return text if there else f"@{handle} {text}".strip()


def other_handles(text: str, *allowed: str) -> list[str]:
    """Return the @handles in a text but those allowed: each of them would be sent the post, also a private one."""
    known = {handle.casefold() for handle in allowed}
    return [handle for handle in _NAMED.findall(text) if handle.casefold() not in known]


def plain(markup: str) -> str:
    """Return HTML as one line of text."""
    return " ".join(html.unescape(_MARKUP.sub("", _BLOCK.sub(" ", markup))).split())


def words(text: str, *, markup: bool = False) -> str:
    """What is left to compare a post with what was asked for: its letters, without markup, links and handles."""
    bare = re.sub(r"@\S+", " ", _LINK.sub(" ", plain(text) if markup else text))
    return "".join(_WORD.findall(bare)).casefold()
