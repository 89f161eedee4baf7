"""F48: many replies are approved, and the server takes its time. Who speaks meanwhile is heard, and health is green."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.chaos import Run

MANY = 20  # mentions, of which two in three get a draft
SOON = 30.0  # seconds; what a sound run waits for comes in one or two, on a busy machine in ten
LONG = 600.0  # seconds without a sign of life, after which health must be red
ENOUGH = 6  # replies that are left when somebody speaks: fewer may be sent before the next poll begins
LEFT = "SELECT count(*) FROM reply WHERE state IN ('approved', 'sending')"
BEGUN = "SELECT count(*) FROM reply WHERE state = 'sending'"
HEARD = "SELECT count(*) FROM mention"
RESTS = "SELECT count(*) FROM platform WHERE read_after IS NOT NULL"  # after failures that came before


def run(under_way: "Run") -> None:
    """Approve many, let the daemon send them to a slow server, and end it in the middle."""
    world = under_way.world
    world.lift()
    world.plant(MANY)
    for stage in ("poll", "route"):
        under_way.command(["once", "--stage", stage], {})
    if drafts := world.drafts():
        under_way.command(["approve", *drafts], {})
    world.slow_down()
    under_way.tell("run, while the server answers slowly")
    pid = under_way.start(["run"], {})
    has_begun = _wait_for(lambda: _count(under_way, BEGUN))
    if has_begun and _count(under_way, LEFT) >= ENOUGH and not _count(under_way, RESTS):
        _listen_while_sending(under_way)
    if code := under_way.end(pid, "TERM"):
        under_way.wrong(f"SIGTERM while a slow server is being answered: exit {code}")
    world.lift()
    world.move_on(LONG)
    if under_way.command(["health"], {}) == 0:
        under_way.wrong(f"health is green {LONG:.0f} s after the end")


def _listen_while_sending(under_way: "Run") -> None:
    """Somebody speaks; it is heard before all is sent."""
    before = _count(under_way, HEARD)
    under_way.world.say()
    _wait_for(lambda: _count(under_way, HEARD) > before or not _count(under_way, LEFT))
    if _count(under_way, HEARD) == before:
        under_way.wrong("nothing was read as long as there was something to send")
    if under_way.command(["health"], {}) != 0:
        under_way.wrong("health is red while a slow server is being answered")


def _count(under_way: "Run", query: str) -> int:
    rows = under_way.world.ask(query)
    return int(rows[0][0]) if rows else 0


def _wait_for(is_so: Callable[[], object]) -> bool:
    """Return True as soon as it is so; False when that takes longer than SOON."""
    ends = time.monotonic() + SOON
    while not is_so():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True
