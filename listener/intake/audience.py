"""To whom a post is said: to us, or to others who read that we are named. Pure."""

from collections.abc import Collection, Iterable

from listener.intake.text import find_handles, find_hashtags

ANOTHER_FIRST = "another handle first"
ONLY_TAGGED = "no handle of ours"
GREETING_WORDS = 2  # "hey there @fernhill"


def begins_with_handle(text: str) -> bool:
    """True if a text begins with a handle, at most after a greeting: it is addressed to it."""
    return "@" in text and len(text[: text.index("@")].split()) <= GREETING_WORDS


def find_audience(text: str, own: Collection[str]) -> str | None:
    """Return why a text is said to others, None if it may be said to us. own: our handles and names, lower case.

    Another's handle comes before ours: it is answered, or spoken of. Or the text names us by a hashtag alone. A lone
    handle that is not known here may be ours: the handle of a platform need not stand in the policy.
    """
    handles = find_handles(text)
    if _is_ours(handles, own):
        return None if _is_ours(handles[:1], own) else ANOTHER_FIRST
    return ONLY_TAGGED if any(tag in own for tag in find_hashtags(text)) else None


def _is_ours(handles: Iterable[str], own: Collection[str]) -> bool:
    """True if one of the handles has one of our names in it: @fernhill_help may be ours as well."""
    return any(name in handle for handle in handles for name in own)
