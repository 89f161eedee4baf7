"""A post as X gives it, in either vocabulary (`tweet.*`, `post.*`): what must be there, and how its parts are read."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, cast

from listener.platforms.kit import values
from listener.platforms.kit.values import Untrusted, object_in, objects_in
from listener.platforms.x.ids import is_id, lowest

REQUIRED = ("id", "text", "author_id", "created_at", "conversation_id")
"""Keys without which a post cannot be judged: X answers 200 and leaves out fields whose name it no longer knows."""

_THREADS = 3  # posts inside threads, none of which refers to anything: no accident
_TEXT_MOST = 50_000  # characters kept; X's own limit is 25,000
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # X escapes these three in `text`, the ampersand last


class Post(TypedDict):
    """A post that `check` let through: ids and texts are there, the rest may be anything."""

    id: str
    text: str
    author_id: str
    created_at: str
    conversation_id: str
    in_reply_to_user_id: NotRequired[object]
    lang: NotRequired[object]
    possibly_sensitive: NotRequired[object]
    attachments: NotRequired[object]


def check(item: object) -> Post:
    """Return a post with all that is required. Raises ValueError naming the key that is missing or of a wrong type."""
    if not isinstance(item, dict):
        raise ValueError("not an object")
    for key in REQUIRED:
        if not isinstance(item.get(key), str):
            raise ValueError(f"{key} is missing or not a text")
    for key in ("id", "author_id", "conversation_id"):
        if not is_id(item[key]):
            raise ValueError(f"{key} is not an id")
    return cast(Post, item)


def missing(items: Sequence[object]) -> str | None:
    """Return a required key that every post lacks: X has renamed it, or no longer knows our parameter."""
    objects = [item for item in items if isinstance(item, dict)]
    lost = [key for key in REQUIRED if objects and all(key not in item for item in objects)]
    inside = [item for item in objects if _in_thread(item)]
    if not lost and len(inside) >= _THREADS and not any(_listed_references(item) for item in inside):
        return "referenced_tweets"
    return lost[0] if lost else None


def _in_thread(item: Untrusted) -> bool:
    """Return whether a post stands in the conversation of another, so that it must refer to something."""
    conversation, history = item.get("conversation_id"), _history(item)
    edits = history if isinstance(history, list) else []
    return is_id(conversation) and conversation != item.get("id") and conversation not in edits


def references_of(item: Untrusted) -> dict[str, str]:
    """Map the types of a post's references to ids. Raises ValueError where they cannot be read."""
    references, listed = {}, _listed_references(item)
    if not isinstance(listed, list):
        raise ValueError("its references are not a list")
    for reference in listed:
        if not isinstance(reference, dict):
            raise ValueError("a reference is not an object")
        if is_id(reference_id := reference.get("id")):
            references[str(reference["type"])] = reference_id
    return references


def _listed_references(item: Untrusted) -> object:
    return item.get("referenced_tweets") or item.get("referenced_posts") or []


def entities_of(item: Untrusted, kind: str) -> list[Untrusted]:
    """Return the entities of a kind, of the post and of its long form, whose entities stand apart."""
    places = (item.get("entities"), _note(item).get("entities"))
    return [entity for place in places for entity in objects_in(object_in(place).get(kind))]


def _note(item: Untrusted) -> Untrusted:
    return object_in(item.get("note_tweet") or item.get("note_post"))


def full_text(item: Untrusted) -> str:
    """Return the whole text: of a long post the note, since `text` is cut at 280; X's three escapes undone; capped."""
    text = text_of(_note(item).get("text")) or clean(str(item["text"]))
    for escape, char in _ESCAPES:
        text = text.replace(escape, char)
    return text


def clean(text: str) -> str:
    """Return a text capped, with what no database takes replaced."""
    return values.clean(text[:_TEXT_MOST])


def text_of(value: object) -> str | None:
    """Return a text clean, or None where there is none."""
    return clean(value) if isinstance(value, str) and value else None


def interaction_of(item: Post) -> str:
    """Return the first id of the edit history; one client saw [""] there: then the post's own. Raises ValueError."""
    history = _history(item)
    if not isinstance(history, list):
        raise ValueError("its edit history is not a list")
    return lowest(*(edit for edit in history if is_id(edit))) or item["id"]


def _history(item: Untrusted) -> object:
    return item.get("edit_history_tweet_ids") or item.get("edit_history_post_ids") or []
