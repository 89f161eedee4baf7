"""What may be done next: in every state, each command that is named can be typed as it stands."""

import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from listener.cli import steps
from listener.cli.commands import app
from listener.desk.queue import single
from listener.desk.views import ReplyView
from listener.store.lock import hold
from listener.store.states import TRANSITIONS
from tests.conftest import Earshot
from tests.databases import make_store
from tests.desk.world import World, praise


@pytest.fixture
def view(tmp_path: Path) -> ReplyView:
    """A draft as staff see it."""
    world = World(make_store(tmp_path))
    (reply_id,) = world.said(*praise())
    return single(world.store, world.view(), reply_id)


@pytest.mark.parametrize("state", [*TRANSITIONS, None])
@pytest.mark.parametrize("closed_as", ["rejected", "withdrawn"])
def test_every_command_that_is_named_is_right_usage(view: ReplyView, state: str | None, closed_as: str) -> None:
    """With all its arguments: staff copy it."""
    text = steps.next_step(replace(view, state=state, closed_as=closed_as))
    named = [shlex.split(call) for call in re.findall("`([^`]+)`", text)]
    assert bool(named) == (state not in ("sending", "sent"))
    for program, name, *arguments in named:
        assert program == "earshot"
        get_command(app).commands[name].make_context(name, arguments).close()  # type: ignore[attr-defined]


def test_an_approval_says_when_nothing_is_running_that_would_send_it(queue: Earshot, home: Path) -> None:
    """Who has stopped the daemon must not wait for a next round; with one that runs there is time to undo."""
    assert (
        ": will be sent when `earshot run` (or `earshot once`) runs; `earshot undo 1` cancels"
        in queue("approve", "1").out
    )
    with hold(home / "data" / "earshot.db", "run", datetime.now(UTC)):
        (waits,) = queue("approve", "2", "--json").json
        assert waits["reply"]["hold"] == "undo"
        at = datetime.fromisoformat(waits["reply"]["not_before"])
        assert at - datetime.fromisoformat(waits["reply"]["approved_at"]) == timedelta(seconds=10)
        shown = queue("show", "2").out
        assert f"will be sent at {at:%H:%M:%S} UTC; until then `earshot undo 2` cancels" in " ".join(shown.split())
        assert ": will be sent at once; `earshot undo 3` cancels" in queue("approve", "3", "--now").out
