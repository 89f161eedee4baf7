"""What a wording takes from a mention: the nouns that it names, and what it need not ask for. Pure.

A noun is one of the lists of topics, never the author's own word. Where the author has given the order number, texts
that ask for it come last.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

PRINTED = frozenset(("topic", "matter", "event", "praised"))  # variables that the cue of that name fills
# variable -> cues that show that the mention has what a text with this variable asks for
GIVEN: Mapping[str, frozenset[str]] = {
    "reference": frozenset(("reference", "given_reference")),
    "picture": frozenset(("given_picture",)),
}
_MARK = "\ufffc"  # around the name of a printed variable in a text that is rendered once for all mentions
_VARIABLE = re.compile(r"{{\s*(\w+)")
_MARKED = re.compile(f"{_MARK}(\\w+){_MARK}")

PLACEHOLDERS = {name: f"{_MARK}{name}{_MARK}" for name in PRINTED}


@lru_cache(maxsize=2048)
def find_used(source: str) -> frozenset[str]:
    """Return the variables above that a template uses."""
    return frozenset(_VARIABLE.findall(source)) & (PRINTED | GIVEN.keys())


def print_nouns(text: str, cues: Mapping[str, tuple[str, ...]]) -> str:
    """Fill the placeholders of a rendered text with the nouns of a mention."""
    return _MARKED.sub(lambda mark: cues[mark[1]][0], text)


def find_given(cues: Mapping[str, object], attachments: Collection[str]) -> frozenset[str]:
    """Return the variables that need not be asked for."""
    given = frozenset(name for name, shown in GIVEN.items() if not shown.isdisjoint(cues))
    return given | {"picture"} if attachments else given
