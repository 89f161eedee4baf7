"""A reply as it will stand on Instagram, and what Instagram asks of a comment. Pure."""

import re

from listener.model import Mention, Preview
from listener.platforms.instagram.items import HIDDEN
from listener.platforms.instagram.section import Section
from listener.platforms.kit.graph.sending import Dialect
from listener.platforms.kit.text import normalize_post
from listener.platforms.kit.values import Untrusted

LIMIT = 2_000
"""Characters of a comment: programs met a limit of 2,200; Meta's pages name none."""

_HASHTAGS, _LINKS = re.compile(r"(?<!\w)#\w"), re.compile(r"https?://", re.IGNORECASE)
_MOST_HASHTAGS, _MOST_LINKS = 4, 1  # rules of Instagram's older API


def preview(text: str, mention: Mention, section: Section) -> Preview:
    """Return the text as it will stand. link: where a person can answer by hand.

    An answer to an answer lands below the first comment of the thread, so it begins with whom it is for.
    """
    shown = normalize_post(text)
    if mention.in_reply_to and mention.author_handle:
        shown = _addressed(shown, mention.author_handle)
    return Preview(shown, len(shown), LIMIT, link=mention.url)


def _addressed(text: str, handle: str) -> str:
    is_there = re.match(rf"@{re.escape(handle)}(?![\w.]*\w)", text, re.IGNORECASE)
    return text if is_there else f"@{handle} {text}".strip()


def rule_broken(text: str) -> str | None:
    """Return which rule of comments a text breaks: what to change; None if it breaks none."""
    if len(_HASHTAGS.findall(text)) > _MOST_HASHTAGS:
        return f"use at most {_MOST_HASHTAGS} hashtags"
    if len(_LINKS.findall(text)) > _MOST_LINKS:
        return "use one link at most; links cannot be clicked on Instagram"
    letters = [letter for letter in text if letter.isalpha()]
    is_shouted = len(letters) > 1 and all(letter.isupper() for letter in letters)
    return "write it in small letters too" if is_shouted else None


def _refusal(target: Untrusted) -> str | None:
    return HIDDEN if target.get("hidden") is True else None


def _url(full_id: str) -> str | None:
    return None  # a comment has no address of its own


DIALECT = Dialect(
    text="text",
    time="timestamp",
    answers="replies",
    fields=lambda _: "id,text,timestamp,hidden",
    answer_fields="id,text,timestamp,username,from",
    url=_url,
    refusal=_refusal,
)
