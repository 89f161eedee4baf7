"""A page of the Graph API: its objects, and the token of the next page. Pure."""

from collections.abc import Mapping
from datetime import datetime

from listener.platforms.kit.values import Untrusted, object_in, time_in

Params = Mapping[str, str]
"""The query of a call."""


def data(body: object) -> list[object]:
    """Return what a page lists; nothing where there is no list."""
    listed = object_in(body).get("data")
    return listed if isinstance(listed, list) else []


def after(body: object, *, needs_next: bool = True) -> str | None:
    """Return the token of the next page; None at the end.

    Only the token is taken: the address in `next` holds our own. needs_next: a page without `next` is the last one.
    """
    paging = object_in(object_in(body).get("paging"))
    token = object_in(paging.get("cursors")).get("after")
    is_last = needs_next and not paging.get("next")
    return token if isinstance(token, str) and token and not is_last else None


def short_id(full_id: str) -> str:
    """Return what names a post or comment whichever way its id is spelled: POST_COMMENT or COMMENT."""
    return full_id.rpartition("_")[2]


def times(objects: list[object], key: str) -> list[str]:
    """Return when these were written, as far as it can be read, as text that sorts."""
    moments = (time_in(object_in(item).get(key)) for item in objects)
    return [stamp(moment) for moment in moments if moment is not None]


def stamp(moment: datetime) -> str:
    """Return an instant as text that sorts: ISO 8601 in UTC without fractions."""
    return moment.replace(microsecond=0).isoformat()


def ids(objects: list[object]) -> list[str]:
    """Return their ids, as far as they can be read."""
    return [str(item["id"]) for item in map(object_in, objects) if item.get("id")]


def count(value: object) -> int | None:
    """Return a number of comments, or None where none is told."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def number_of(objects: Untrusted, *path: str) -> int | None:
    """Return the number at this path, or None."""
    value: object = objects
    for name in path:
        value = object_in(value).get(name)
    return count(value)
