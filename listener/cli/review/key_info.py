"""A key of `review`: its word, its help, and when it fits."""

from dataclasses import dataclass, field

from listener.store.states import EDITABLE


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key, its word, its line of help, and the states of a reply in which the footer offers it.

    purpose: what it is pressed for, as `reject it`.
    """

    key: str
    word: str
    message: str
    states: tuple[str, ...] = ()
    purpose: str = field(default="", kw_only=True)

    def again(self, state: str) -> str:
        """Return how to do it all the same; "" where it does not fit the state that the reply has now."""
        return f". Press {self.key} again to {self.purpose or f'{self.word} it'}." if state in self.states else ""


APPROVE = KeyInfo("a", "approve", "send exactly the text shown", ("drafted",))
EDIT = KeyInfo("e", "edit", "write another text", EDITABLE)
