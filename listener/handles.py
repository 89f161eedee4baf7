"""@handles: the form in which they are compared, and whom a text of ours would reach. Standard library only.

A name that is only displayed identifies nobody, so nothing here reads one.
"""

import re

from listener.model import Mention

# Not after a letter (e-mail), a slash (a link) or another @. On Mastodon a server follows: @ada@social.example
_HANDLE = re.compile(r"(?<![\w@/])@(\w(?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?)")


def fold_handle(handle: str) -> str:
    """Return a handle in the form by which people are found: without @, in any case, also beyond ASCII."""
    return handle.strip().lstrip("@").casefold()


def find_others(text: str, mention: Mention) -> tuple[str, ...]:
    """Return the handles in a text of ours that are not the author's: who bears one is told, and can read along."""
    author = fold_handle(mention.author_handle or "")  # without its server, a handle is that of another person
    return tuple(dict.fromkeys(handle for handle in _HANDLE.findall(text) if fold_handle(handle) != author))
