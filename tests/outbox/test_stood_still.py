"""A daemon that stands still between its claim and the socket, while another one takes over: one post, not two.

The second daemon takes over, looks for the reply, does not see it and posts it. Then the first one wakes up inside its
call, behind every check of the outbox. What it does not ask again at the socket goes out a second time.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.desk import announcements
from listener.desk.approve import Target, approve
from listener.feed_page import FeedPage
from listener.model import Json, Prepared, Preview, Receipt
from listener.outbox import permit, settle
from listener.place import Server
from listener.platforms.x.api import XPlatform
from listener.stages import Stages
from listener.store import platforms, postings, replies
from listener.store.engine import open_store
from listener.store.parts import ROUTE, UPKEEP, platform_part
from tests.databases import SERVER
from tests.fakes.x import XServer
from tests.line import PRAISE, Line
from tests.platforms.x_world import XWorld, serving
from tests.process import until

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
X = platform_part("x")


class StandsStill(XPlatform):
    """X; in its first post the process stands still, behind the checks of the outbox and before the socket."""

    def meanwhile(self) -> None:
        """What others do while it stands still."""

    def post(self, prepared: Prepared) -> Receipt:
        """Stand still, then go on as if nothing had happened."""
        self.meanwhile()
        return super().post(prepared)


@dataclass
class Machines:
    """Two daemons on one server and one X. Their leases last for a second."""

    server: Server
    world: XWorld
    line: Line
    stack: ExitStack
    names: Iterator[str] = field(default_factory=lambda: iter(("first", "second")))

    def begin(self, platform: XPlatform, *, leads: bool = True) -> Stages:
        """Start a daemon, and wait until it leads X."""
        from listener.store.holder import Process
        from listener.store.leases.shared import join

        lock = self.stack.enter_context(join(self.server, "1.0.0", 8, Process(next(self.names), 1)))
        lock.lead({X, ROUTE, UPKEEP})
        until(lambda: not leads or lock.lease(X).epoch is not None, "it leads X")
        store = self.stack.enter_context(closing(open_store(self.server, lock=lock)))
        return Stages(store, {"x": platform}, self.line.stages.triage, lambda: datetime.now(UTC))

    def stand_still(self, stages: Stages) -> None:
        """Another daemon takes over, and sends what it can."""
        other = self.take_over(stages)
        until(lambda: other.send("x").sent, "the other daemon has sent it")

    def take_over(self, stages: Stages) -> Stages:
        """Let a daemon stand still: nothing is renewed, its leases end, and another one follows."""
        from listener.store.leases.shared import SharedLock

        lock = stages.store.lock
        assert isinstance(lock, SharedLock)
        lock.has_ended.set()
        until(lambda: not lock.lease(X).check(0.0), "the lease is over")
        return self.begin(self.world.again())


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """Nothing runs yet; whoever takes over need not wait for the end of calls under way."""
    from listener.store.leases import timing

    monkeypatch.setattr(timing, "TIMING", timing.Timing(span=1.0, beat=0.1))
    monkeypatch.setattr(settle, "CALL_LASTS_S", 0.0)
    monkeypatch.setattr(permit, "MARGIN_S", 0.1)
    line = Line(tmp_path, now=datetime.now(UTC))
    line.policy = replace(line.policy, quiet_hours=())  # the clock is that of the machine: it may be night
    with serving() as server, ExitStack() as stack, closing(line.store):
        place = line.store.place
        assert isinstance(place, Server)
        with line.store.write() as connection:
            platforms.enable(connection, {"x": 60.0}, line.now)
        yield Machines(place, connect(server), line, stack)


def connect(server: XServer) -> XWorld:
    """X, whose listings do not lag."""
    return XWorld(server, settle_after_seconds=0.0)


def first_of(machines: Machines) -> tuple[Stages, StandsStill]:
    """The daemon that will stand still, with its platform."""
    world = machines.world
    platform = StandsStill(world.section, world.keys, world.bill, clock=world.server.x.posts.now)
    return machines.begin(platform), platform


def test_a_reply_goes_out_once(machines: Machines) -> None:
    """The claim names who sends; the one who stood still leaves it as it is."""
    machines.world.plant(PRAISE)
    stages, platform = first_of(machines)
    stages.poll("x")
    stages.route()
    with stages.store.read() as connection:
        (draft,) = replies.list_where(connection)
    (outcome,) = approve(machines.line.store, machines.line.desk(), [Target(draft.id)])
    assert outcome.ok, outcome.error
    seen: list[tuple[str | None, int | None]] = []

    def meanwhile() -> None:
        claimed = machines.line.reply(draft.id)
        seen.append((claimed.sending_by, claimed.sending_epoch))
        machines.stand_still(stages)

    vars(platform)["meanwhile"] = meanwhile
    stages.send("x")
    sent = machines.line.reply(draft.id)
    assert seen == [("first:1", 1)]
    assert (sent.state, sent.sending_by, sent.sending_epoch) == ("sent", "second:1", 2)
    assert count_calls(machines) == len(machines.world.posted()) == 1


def test_an_announcement_goes_out_once(machines: Machines) -> None:
    """It takes the same way."""
    stages, platform = first_of(machines)
    line, words = machines.line, "Fresh paper is in."
    number = announcements.add(line.store, line.desk(), shown, words, line.now, ["x"])
    announcements.approve(line.store, line.desk(), shown, number)
    vars(platform)["meanwhile"] = lambda: machines.stand_still(stages)
    stages.send("x")
    with line.store.read() as connection:
        (posting,) = postings.get(connection, number).postings
    assert (posting.state, posting.sending_by, posting.sending_epoch) == ("sent", "second:1", 2)
    assert [text for text, _ in machines.world.posted()] == [words] and count_calls(machines) == 1


def test_what_was_read_before_standing_still_overwrites_no_newer_cursor(machines: Machines) -> None:
    """Race 6: the page of the one who stood still is thrown away, its cursor with it."""
    machines.world.plant(PRAISE)
    stages, platform = first_of(machines)
    read, cursors = platform.fetch, list[Json | None]()

    def fetch(cursor: Json | None, now: datetime) -> FeedPage:
        page = read(cursor, now)
        if not cursors:
            other = machines.take_over(stages)
            machines.world.plant(PRAISE + " Really.")
            until(lambda: not other.poll("x").more, "the other daemon has read everything")
            cursors.append(read_cursor(machines))
        return page

    vars(platform)["fetch"] = fetch
    stages.poll("x")
    assert read_cursor(machines) == cursors[0] and cursors[0] is not None
    assert stages.runner.troubles == {}, "it is no failure, and nobody is called for it"


def test_another_daemon_leaves_a_call_under_way_alone(machines: Machines) -> None:
    """Races 8 and 12: it neither takes it for an orphan, nor makes a call of its own from the same budget."""
    machines.world.plant(PRAISE)
    stages, platform = first_of(machines)
    stages.poll("x")
    stages.route()
    with stages.store.read() as connection:
        (draft,) = replies.list_where(connection)
    approve(machines.line.store, machines.line.desk(), [Target(draft.id)])
    seen: list[tuple[str, int]] = []

    def meanwhile() -> None:
        other, before = machines.begin(machines.world.again(), leads=False), count_all_calls(machines)
        for stage in ("send x", "poll x"):
            other.run(stage)
        seen.append((machines.line.reply(draft.id).state, count_all_calls(machines) - before))

    vars(platform)["meanwhile"] = meanwhile
    assert stages.run("send x").has_more
    assert seen == [("sending", 0)]
    assert machines.line.reply(draft.id).state == "sent"


def read_cursor(machines: Machines) -> Json | None:
    """How far X was read."""
    with machines.line.store.read() as connection:
        state = platforms.read_state(connection, "x")
    return state.cursor if state else None


def count_all_calls(machines: Machines) -> int:
    """How often X was asked for anything."""
    return len(machines.world.server.x.ledger.calls)


def count_calls(machines: Machines) -> int:
    """How often X was asked to post: it refuses the same words a second time, which other platforms do not."""
    return machines.world.server.x.ledger.count("POST /2/tweets")


def shown(text: str, platform: str) -> Preview:
    """280 code points, as they are."""
    return Preview(text, len(text), 280)
