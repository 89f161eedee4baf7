"""How somebody joins, in their own words, and how they prove that two accounts are theirs. Pure."""

import re

from listener.intake.phrases import Matcher, tokenize


def asks_to_join(text: str, join: tuple[str, ...]) -> bool:
    """Return whether a text has one of the phrases by which people join."""
    return bool(join) and bool(Matcher({"join": join}).find(tokenize(text)))


def names_account(text: str, handle: str) -> bool:
    """Return whether a text names an account by its whole handle, with or without @, in any case."""
    return re.search(rf"(?<![\w.-])@?{re.escape(handle.casefold())}(?![\w.-]*\w)", text.casefold()) is not None
