"""Announcements of ours that come back as mentions, through a search or a feed of another platform. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from listener.model import Mention

_LINK = re.compile(r"https?://\S+")  # shortened on the way, and other in every place
MIN_WORDS = 3  # of an announcement that is recognised by its words: fewer are anybody's
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Published:
    """An announcement as it stands on a platform. remote_id, url: None while nobody knows them."""

    platform: str
    remote_id: str | None
    url: str | None
    text: str


def drop_own(candidates: Iterable[Mention], published: Sequence[Published]) -> list[Mention]:
    """Leave out mentions that are announcements of ours, by id, link or words.

    Words alone count only where nobody could expect an answer: what is addressed to us is somebody else's.
    """
    ids = {(own.platform, own.remote_id) for own in published}
    links = {_bare_link(own.url) for own in published if own.url and "?" not in own.url}
    texts = {words for own in published if len(words := _find_words(own.text)) >= MIN_WORDS}
    return [mention for mention in candidates if not _is_own(mention, ids, links, texts)]


def _is_own(mention: Mention, ids: set[tuple[str, str | None]], links: set[str], texts: set[tuple[str, ...]]) -> bool:
    if (mention.platform, mention.id) in ids or (mention.url and _bare_link(mention.url) in links):
        return True
    if mention.is_addressed and mention.can_reply:
        return False
    mention_words = _find_words(mention.text)
    return any(_says_only(mention_words, words) for words in texts)


def _bare_link(url: str) -> str:
    """Return a link as it is compared: without scheme, query and the slash at its end, in lower case."""
    return re.sub(r"^https?://(www\.)?|[?#].*$", "", url.casefold()).rstrip("/")


def _find_words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_LINK.sub(" ", text).casefold()))


def _says_only(mention_words: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Return True for the same words: once, or behind a title that begins with them, as feeds make of a post."""
    title = mention_words[: len(mention_words) - len(own)]
    return mention_words[-len(own) :] == own and title == own[: len(title)]
