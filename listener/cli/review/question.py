"""What is asked before a key acts, and which answer means what."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an act. keys: one for each choice.

    takes_text: other answers count too, and a key is then taken with Enter only, since it may begin a text.
    follow_ups: what a choice makes us ask; that answer counts.
    """

    title: str
    choices: tuple[str, ...] = ()
    keys: str = "123456789"
    takes_text: bool = True
    intro: tuple[str, ...] = ()
    may_be_empty: bool = False
    text: str = ""  # to be changed
    lead: str = ""  # what the answer begins with: the choice that led here
    follow_ups: Mapping[str, "Question"] = field(default_factory=dict)

    def choice_of(self, key: str) -> str | None:
        """Return the choice that a key means."""
        place = self.keys.find(key) if len(key) == 1 else -1
        return self.choices[place] if 0 <= place < len(self.choices) else None

    def resolve(self, answer: str) -> str:
        """Return the choice that an answer means by its key or, where no text counts, its start; else the answer."""
        words = answer.strip().lower()
        starts = words if words and not self.takes_text else None
        begun = [choice for choice in self.choices if starts and choice.lower().startswith(starts)]
        return self.lead + (self.choice_of(answer.strip()) or (begun[0] if len(begun) == 1 else answer))
