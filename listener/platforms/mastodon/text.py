"""How a text stands on Mastodon, and its length by Mastodon's counting. Pure.

Graphemes; a link counts 23 whatever its length, a handle counts without its server (Mastodon's StatusLengthValidator).
"""

import html
import re

import regex

_LINK_LENGTH = 23  # characters_reserved_per_url
_ENOUGH = 20_000  # characters counted one by one: the work stays bounded
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINK = re.compile(r"(?<![\w/@=])https?://[^\s<>\"]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)@\w+(?:[.-]+\w+)*", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|blockquote|pre|h\d)\b[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")  # what is left stands inside a line, and inside a handle or a link
_WORD = re.compile(r"[^\W_]+")  # snac takes _ and * for markup
_GRAPHEME = regex.compile(r"\X")


def normalize_post(text: str) -> str:
    """The text without control characters, half surrogates and blanks at the ends. Idempotent."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def length(text: str) -> int:
    """Characters by Mastodon's counting."""
    short = _HANDLE.sub(r"@\1", _LINK.sub(_shortened, text[:_ENOUGH]))
    return sum(1 for _ in _GRAPHEME.finditer(short)) + max(0, len(text) - _ENOUGH)


def _shortened(found: re.Match[str]) -> str:
    """23 letters in the place of a link; what ends the sentence after it stays."""
    link = found[0]
    while link[-1] in ".,;:!?'*_" or (link[-1] == ")" and link.count(")") > link.count("(")):
        link = link[:-1]
    return "x" * _LINK_LENGTH + found[0][len(link) :]


def addressed(text: str, handle: str) -> str:
    """The text with the author's @handle first: without it nobody is notified. Idempotent."""
    there = re.match(rf"@{re.escape(handle)}(?![\w@-]|\.\w)", text, re.IGNORECASE)
    return text if there else f"@{handle} {text}".strip()


def words(text: str, *, markup: bool = False) -> str:
    """What is left to compare a post with what was asked for: its letters, without markup, links and handles."""
    told = html.unescape(_MARKUP.sub("", _BLOCK.sub(" ", text))) if markup else text
    told = re.sub(r"@\S+", " ", _LINK.sub(" ", told))
    return "".join(_WORD.findall(told)).casefold()
