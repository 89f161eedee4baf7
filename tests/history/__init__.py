"""Golden history: mentions of many trades with the decision they must get, written by us from judgement.

A row of a .jsonl file: trade, text, `must` (outcomes that are right: a kind of draft, escalate or ignore), `by` (the
guard that must end it), `need` (the kind that is answered), and what a mention may have beside: author, name, lang,
followers, days (its age), addressed, answered, answered_by, exchanges, opted_out. `is` is what the program does today,
`miss` marks a row it gets wrong: both are written by `python -m tests.history`, `must` and `by` by people alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from listener.model import Decision, History, Mention
from listener.triage.decide import decide
from tests.factories import NOW, ears, mention, old, policy, responders

FOLDER = Path(__file__).parent
HISTORY = ("exchanges", "answered", "answered_by", "opted_out")
MENTION = {"author": "author_handle", "name": "author_name", "followers": "author_followers", "lang": "lang"}


@dataclass(frozen=True)
class Row:
    """One mention of the golden history, at its place."""

    file: str
    at: int
    fields: dict[str, Any]

    def mention(self) -> Mention:
        """What somebody wrote."""
        changes = {name: self.fields[key] for key, name in MENTION.items() if key in self.fields}
        if "addressed" in self.fields:
            changes["is_addressed"] = bool(self.fields["addressed"])
        if "days" in self.fields:
            changes["age_start_at"] = old(self.fields["days"])
        return mention(self.fields["text"], created_at=NOW, **changes)

    def past(self) -> History:
        """What stood between its author and us before."""
        past = {key: self.fields[key] for key in HISTORY if key in self.fields}
        return History(**past | {key: bool(past[key]) for key in ("answered", "opted_out") if key in past})

    def decided(self) -> Decision:
        """What the starter's policy decides on it."""
        return decide(ears().extract(self.mention(), self.past(), NOW), policy(), responders())

    def right(self, decision: Decision) -> bool:
        """Whether a decision is one that it must get."""
        rule = self.fields.get("by", decision.rule)
        return (decision.kind or decision.action) in self.fields["must"] and decision.rule == rule

    def written(self) -> str:
        """The row as it should stand in its file: with what the program does now."""
        decision = self.decided()
        fields = {key: value for key, value in self.fields.items() if key not in ("is", "miss")}
        fields["is"] = f"{decision.kind or decision.action} by {decision.rule}"
        if not self.right(decision):
            fields["miss"] = True
        return json.dumps(fields, ensure_ascii=False)


def rows() -> Iterator[Row]:
    """Every row, file by file."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield Row(path.name, at, json.loads(line))
