"""A status as servers give it: which post it is, who can read it, and what was said besides its text. Pure."""

import html
from hashlib import sha256

from listener.platforms.kit.values import Untrusted, object_in, objects_in, text_in
from listener.platforms.mastodon.text import plain

OPEN = ("public", "unlisted", "local")
"""Visibilities that anybody can read; a mention of any other is private."""
_KINDS = {"image": "picture", "video": "video", "gifv": "video", "audio": "audio"}


def original(status: Untrusted) -> Untrusted | None:
    """Return the post itself: snac shows one that was boosted as its boost. None for a boost without its post."""
    boosted = status.get("reblog")
    if not boosted:
        return status
    return boosted if isinstance(boosted, dict) and isinstance(boosted.get("content"), str) else None


def id_of(status: Untrusted) -> str:
    """Return the id by which this server knows the post now. Raises ValueError."""
    name = text_in(status.get("id"))
    if name is None:
        raise ValueError("without an id")
    return name


def identity(status: Untrusted) -> str:
    """Return what stays when a server gives an edited post another id: a digest of its uri, else its id.

    A uri names its author, who may ask to be forgotten; a digest does not. Raises ValueError.
    """
    uri = text_in(status.get("uri"))
    return f"uri:{sha256(uri.encode()).hexdigest()[:32]}" if uri else id_of(status)


def html_of(status: Untrusted) -> str:
    """Return the text of a status as HTML, its content warning first."""
    content, warning = status["content"], status.get("spoiler_text")
    if not isinstance(content, str):
        raise ValueError("content is not a text")
    return f"<p>{html.escape(warning)}</p>{content}" if isinstance(warning, str) and warning else content


def is_private(status: Untrusted) -> bool:
    """Return whether not everybody can read it: a direct message, or a post for followers."""
    return status.get("visibility") not in OPEN


def labels(status: Untrusted) -> tuple[str, ...]:
    """Return the content labels of its author or of moderators."""
    return ("sensitive",) if status.get("sensitive") is True else ()


def attachments(status: Untrusted) -> tuple[str, ...]:
    """Return what was said besides the text: media with their descriptions, a poll's options, what is quoted."""
    media = [_medium(medium) for medium in objects_in(status.get("media_attachments"))]
    return (*media, *_poll(object_in(status.get("poll"))), *_quote(object_in(status.get("quote"))))


def _medium(medium: Untrusted) -> str:
    kind = _KINDS.get(str(medium.get("type")), "file")
    described = text_in(medium.get("description"))
    return f"{kind}: {' '.join(described.split())}" if described else kind


def _poll(poll: Untrusted) -> tuple[str, ...]:
    options = [title for option in objects_in(poll.get("options")) if (title := text_in(option.get("title")))]
    return (f"poll: {' / '.join(options)}",) if options else ()


def _quote(quote: Untrusted) -> tuple[str, ...]:
    """Mastodon wraps the quoted post, older servers give it as it is; one that is hidden has no words."""
    quoted = object_in(quote.get("quoted_status")) or quote
    content = text_in(quoted.get("content"))
    return (f"quote: {plain(content)}",) if content else ()
