"""A reply as it will stand on Facebook. Pure."""

from listener.model import Json, Mention, Preview
from listener.platforms.facebook.items import unanswerable
from listener.platforms.facebook.section import Section
from listener.platforms.kit.graph.sending import Dialect
from listener.platforms.kit.text import normalize_post

LIMIT = 8_000
"""Characters of a comment, as other programs found; Meta's pages name no number."""


def preview(text: str, mention: Mention, section: Section) -> Preview:
    """Return the text as it will stand. link: where a person can answer by hand."""
    shown = normalize_post(text)
    return Preview(shown, len(shown), LIMIT, link=mention.url)


def _url(full_id: str) -> str:
    return f"https://www.facebook.com/{full_id}"


def _refusal(target: Json) -> str | None:
    return unanswerable(target)


DIALECT = Dialect(
    text="message",
    time="created_time",
    answers="comments",
    fields="id,message,created_time,is_hidden,can_comment",
    answer_fields="id,from,message,created_time",
    url=_url,
    refusal=_refusal,
)
