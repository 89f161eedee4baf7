"""A person at the queue: a real store at a clock that tests move, the real configuration, and keys that are pressed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from textual import _wait
from textual.pilot import Pilot

from listener import settings
from listener.cli.review.editing import EditDialog
from listener.cli.review.keys import Review
from listener.cli.review.presenter import Presenter
from listener.settings import Settings
from listener.store.engine import open_store
from listener.store.lock import hold
from tests.databases import make_store
from tests.desk.world import World
from tests.factories import NOW

Step = str | Callable[[Review], object]
Hands = Callable[[Review, Pilot[None]], Awaitable[None]]


@dataclass
class Sitting:
    """World and configuration of a desk at which `review` is run."""

    world: World
    config: Settings
    hand: float = 0.0  # seconds by the clock of whoever presses keys: a second a key
    message: list[str] = field(default_factory=list)  # what was told after each key of the last play

    def presenter(self, by: str = "dana") -> Presenter:
        """The review of this person."""
        return Presenter(self.world.store, self.config, by, self.world.clock)

    def play(self, *steps: Step, by: str = "dana", size: tuple[int, int] = (80, 24)) -> str:
        """Press the keys one after the other (a callable is waited for until it holds); returns the last screen."""
        self.message, shown = [], [""]

        async def hands(app: Review, pilot: Pilot[None]) -> None:
            for step in steps:
                await self.step(app, pilot, step)
            shown[0] = drawn(app)

        self.drive(hands, by, size)
        return shown[0]

    def drive(self, hands: Hands, by: str = "dana", size: tuple[int, int] = (80, 24)) -> Review:
        """Run `review`, with these hands at it once its first page is drawn."""

        async def run() -> Review:
            with self.presenter(by) as presenter:
                app = Review(presenter, lambda: self.hand)
                async with app.run_test(size=size) as pilot:
                    await pilot.pause()
                    await settled(app, pilot)
                    await hands(app, pilot)
                return app

        return asyncio.run(run())

    def short_wait(self) -> None:
        """A database that somebody else holds is told after a moment."""
        self.world.store = open_store(self.world.store.path, wait=0.1)

    async def step(self, app: Review, pilot: Pilot[None], step: Step) -> None:
        """A key, a second after the one before; or wait until something holds."""
        if isinstance(step, str):
            self.hand += 1.0
            await pilot.press(step)
            await pilot.pause()
            await settled(app, pilot)
            self.message.append(str(app.screen_stack[0].query_one("#message").render()))
            return
        for _ in range(600):
            if step(app):
                await settled(app, pilot)
                return
            await pilot.pause(0.05)
        raise AssertionError("waited in vain")


async def settled(app: Review, pilot: Pilot[None]) -> None:
    """What is to be decided on stands on the screen."""
    for _ in range(400):
        if app._exception is not None:  # nothing will be drawn any more
            return
        if getattr(app.screen, "guard", app.guard).since is not None or isinstance(app.screen, EditDialog):
            await pilot.pause()  # the list above it is laid out in the next breath
            return
        await pilot.pause(0.005)
    raise AssertionError("it was never drawn")


def drawn(app: Review) -> str:
    """The screen as text."""
    width, height = app.size
    console = Console(width=width, height=height, file=StringIO(), record=True, legacy_windows=False)
    console.print(app.screen._compositor.render_update(full=True))
    return "\n".join(line.rstrip() for line in console.export_text(styles=False).splitlines())


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot looks after 5 ms and not after 20 whether all is done: three quarters of the time of a key."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 0.005)


@pytest.fixture
def sitting(home: Path, tmp_path: Path) -> Iterator[Sitting]:
    """A desk with the starter policy and the memory platform, beside a daemon that runs."""
    store = make_store(tmp_path)
    with hold(store.path, "run", NOW):
        yield Sitting(World(store), settings.load(home / "config"))
    store.close()
