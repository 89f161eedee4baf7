"""What was said on X besides words: pictures by their alternative text, polls, quoted posts. Pure."""

from collections.abc import Iterator, Sequence

from listener.platforms.kit.values import Untrusted, object_in, objects_in
from listener.platforms.x.expansions import Expanded
from listener.platforms.x.post import Post, full_text, text_of

_BY_TYPE = {"photo": "picture", "video": "video", "animated_gif": "animation"}
_BY_KEY = {"3": "picture", "7": "video", "13": "video", "16": "animation"}  # first part of a media key


def attachments(item: Post, expanded: Expanded, quoted: str | None) -> Iterator[str]:
    """Yield a line for each thing attached. quoted: the id of somebody else's post.

    X leaves out what is gone, and all of it where it is not asked for: then the key tells the kind.
    """
    attached = object_in(item.get("attachments"))
    for key in map(str, _listed(attached, "media_keys")):
        yield _medium(key, expanded.media.get(key, {}))
    for poll in map(str, _listed(attached, "poll_ids")):
        yield _poll(expanded.polls.get(poll, {}))
    if quoted:
        yield f"quote: {_words(expanded.posts.get(quoted, {})) or f'https://x.com/i/status/{quoted}'}"


def _medium(key: str, medium: Untrusted) -> str:
    by_key = _BY_KEY.get(key.partition("_")[0], "picture or video")
    return _line(_BY_TYPE.get(str(medium.get("type")), by_key), medium.get("alt_text"))


def _poll(poll: Untrusted) -> str:
    options = sorted(objects_in(poll.get("options")), key=_position)
    return _line("poll", " / ".join(label for option in options if (label := text_of(option.get("label")))))


def _position(option: Untrusted) -> int:
    position = option.get("position")
    return position if isinstance(position, int) else 0


def _line(kind: str, described: object) -> str:
    words = " ".join((text_of(described) or "").split())
    return f"{kind}: {words}" if words else kind


def _words(post: Untrusted) -> str:
    return " ".join(full_text(post).split()) if isinstance(post.get("text"), str) else ""


def _listed(value: Untrusted, key: str) -> Sequence[object]:
    items = value.get(key)
    return items if isinstance(items, list) else []
