"""What hangs on a post: pictures, videos, links, quotes, and the labels on its content. Pure."""

from collections.abc import Iterator

from listener.platforms.kit.values import Untrusted, object_in, objects_in, text_in

_NO_ALT = "no description"
_NO_CONTENT = ("!no-unauthenticated", "bot")  # labels that say nothing about what is shown


def attachments(record: Untrusted, view: Untrusted) -> tuple[str, ...]:
    """Return a line for each thing that the record embeds. view: how the AppView shows it, with a quote's words."""
    return tuple(_lines(object_in(record.get("embed")), view))


def _lines(embed: Untrusted, view: Untrusted) -> Iterator[str]:
    media = object_in(embed.get("media")) or embed  # a quote with a picture holds it one level deeper
    for image in objects_in(media.get("images")):
        yield f"picture: {text_in(image.get('alt')) or _NO_ALT}"
    if media.get("video") is not None:
        yield f"video: {text_in(media.get('alt')) or _NO_ALT}"
    if link := object_in(media.get("external")):
        yield f"link: {' '.join(filter(None, map(text_in, (link.get('title'), link.get('uri'))))) or _NO_ALT}"
    if uri := quoted({"embed": embed}):
        yield f"quote: {_quoted_words(view) or uri}"


def _quoted_words(view: Untrusted) -> str:
    """Return author and text of the quoted post, as far as they are shown."""
    shown = object_in(view.get("record"))
    shown = object_in(shown.get("record")) or shown
    handle, text = object_in(shown.get("author")).get("handle"), text_in(object_in(shown.get("value")).get("text"))
    return f"@{handle}: {text}" if text and isinstance(handle, str) else text or ""


def quoted(record: Untrusted) -> str | None:
    """Return the uri of the quoted post, if the record quotes one."""
    embedded = object_in(object_in(record.get("embed")).get("record"))
    uri = object_in(embedded.get("record", embedded)).get("uri")
    return uri if isinstance(uri, str) else None


def labels(record: Untrusted, view: Untrusted) -> tuple[str, ...]:
    """Return the labels that the author or a moderator put on the post, such as porn or graphic-media."""
    own = objects_in(object_in(record.get("labels")).get("values"))
    given = [label for label in objects_in(view.get("labels")) if not label.get("neg")]
    names = (text_in(label.get("val")) for label in (*own, *given))
    return tuple(dict.fromkeys(name for name in names if name and name not in _NO_CONTENT))
