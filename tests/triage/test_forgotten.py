"""A person who is forgotten while triage works on their mention: what it read a moment ago is kept nowhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from listener.desk.forget import forget
from listener.model import History, Mention
from listener.settings import load_responders
from listener.store import notices, vacuum
from listener.triage.result import TriageResult
from listener.triage.route import Triage
from tests import factories
from tests.line import Line

WORD = "zirconium"


def traces(folder: Path) -> bool:
    """Whether a file of the folder holds the word."""
    return any(WORD.encode() in path.read_bytes() for path in folder.rglob("*"))


@dataclass(frozen=True, slots=True)
class Interrupted(Triage):
    """Triage during which something else happens."""

    meanwhile: Callable[[], None] = lambda: None

    def decide(self, mention: Mention, history: History, now: datetime) -> TriageResult:
        """After the other thing."""
        self.meanwhile()
        return Triage.decide(self, mention, history, now)


@pytest.mark.parametrize("crash", [True, False])
@pytest.mark.parametrize("text", [f"My {WORD} is late", ""])
def test_who_is_forgotten_while_their_mention_is_decided(line: Line, text: str, crash: bool) -> None:
    """Neither decided nor set aside: also at the last of three crashes, and a text that was empty before."""
    said = line.say(text)
    line.stages.poll("memory")
    tries = 0

    def meanwhile() -> None:
        nonlocal tries
        tries += 1
        if tries == 3 or not crash:
            forget(line.store, line.desk(), f"memory:{said.author_id}", factories.author_of)
            assert vacuum.clean(line.store, line.now)
        if crash:
            raise ZeroDivisionError(f"a fault near {WORD}")

    triage = Interrupted(line.policy, load_responders(line.policy), line.preview, "test", meanwhile)
    for _ in range(3):
        replace(line.stages, triage=triage).route()
    assert tries == (3 if crash else 1) and not traces(line.folder)
    with line.store.read() as connection:
        assert notices.quarantined_items(connection) == []
        rows = connection.exec_driver_sql("SELECT stage, (SELECT count(*) FROM decision) FROM mention").all()
    assert rows == [("forgotten", 0)]
