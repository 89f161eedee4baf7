"""A reply as it will stand on Facebook. Pure."""

from listener.model import Mention, Preview
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


def dialect(page_id: str) -> Dialect:
    """Return how a Page is answered. A post has fewer fields than a comment, and asking for more is refused."""

    def fields(full_id: str) -> str:
        is_post = full_id.startswith(f"{page_id}_")
        return "id,message,created_time" + ("" if is_post else ",is_hidden,can_comment")

    return Dialect(
        text="message",
        time="created_time",
        answers="comments",
        fields=fields,
        answer_fields="id,from,message,created_time",
        url=_url,
        refusal=unanswerable,
    )
