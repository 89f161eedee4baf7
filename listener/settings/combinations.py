"""Texts made of parts: each opening goes with each next step, so that a few sentences give many replies.

    text = [["Sorry that it is late.", "We're sorry for the wait."], ["Send us your number.", "Write to us."]]

is four texts. They are made when the file is read: whatever follows knows plain variants alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import lcm, prod

from listener.policy import PART, Variant
from listener.settings.scalars import ConfigLocation

MAX_TEXTS = 200  # that an entry may make: more would be read by nobody
Pieces = tuple[tuple[str, ...], str]  # the number of each part, and the text


@dataclass(frozen=True, slots=True)
class Wording:
    """A [[KIND]] of replies.toml. text: a text, or a list of parts, each a list of alternatives."""

    id: str
    text: str | tuple[tuple[str, ...], ...]
    short: str | None = None
    when: tuple[str, ...] = ()

    def alternatives(self) -> Iterator[str]:
        """Yield every text that people wrote for it."""
        yield from (self.text,) if isinstance(self.text, str) else chain.from_iterable(self.text)


def require_parts(entry: Wording, location: ConfigLocation) -> None:
    """Require that every part has an alternative, and that they make no more texts than anybody reads.

    Raises ConfigError.
    """
    if PART in entry.id:
        raise location.at("id").as_error(f"contains {PART!r}", "write an id without it")
    if isinstance(entry.text, str):
        return
    if not entry.text or not all(entry.text):
        raise location.at("text").as_error("has a part without a text", "write at least one, or remove the part")
    if (number := prod(map(len, entry.text))) > MAX_TEXTS:
        raise location.at("text").as_error(
            f"makes {number} texts", f"write fewer alternatives: at most {MAX_TEXTS} texts come of an entry"
        )


def expand(entry: Wording) -> tuple[Variant, ...]:
    """Return the variants of an entry: one for a plain text, else each combination of its parts; none of too many."""
    if isinstance(entry.text, str):
        return (Variant(entry.id, entry.text, entry.short, entry.when),)
    if prod(map(len, entry.text)) > MAX_TEXTS:
        return ()
    combined: list[Pieces] = [((), "")]
    for part in entry.text:
        combined = _combine(combined, part)
    return tuple(Variant(PART.join((entry.id, *numbers)), text, entry.short, entry.when) for numbers, text in combined)


def _combine(before: list[Pieces], part: tuple[str, ...]) -> list[Pieces]:
    """Add each alternative of a part to each text, in an order in which neighbours differ in both."""
    shared = lcm(len(before), len(part))
    result = []
    for at in range(len(before) * len(part)):
        numbers, text = before[at % len(before)]
        number = (at + at // shared) % len(part)
        result.append(((*numbers, str(number)), f"{text} {part[number]}".strip()))
    return result
