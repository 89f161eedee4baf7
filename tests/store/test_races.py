"""Two processes at once on a server: what one has read is changed by the other before the first one writes.

Each race is forced: before the writer's first statement that writes, the other one does all that it wants, as far as it
gets. All writers take turns, so it gets nowhere until the first has committed, and the outcome is right. The second
test lets nobody take turns, and each outcome is wrong: so the first one could fail.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import event, func, select

from listener.desk import autonomy, control, transitions
from listener.desk import forget as erasing
from listener.desk.approve import Target, approve
from listener.policy import Autonomy, Limits
from listener.stages import Stages
from listener.store import ledger, notices, platforms
from listener.store.engine import Store, open_store
from listener.store.tables import decision, mention, notice, quarantine
from tests import factories
from tests.databases import SERVER
from tests.desk.world import World, praise, preview
from tests.fakes.scripted import Scripted
from tests.line import NOON, Line

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
WAITED_S = 0.4  # how long the first one lets the other one try
THANKS = "thank_you"


@dataclass
class Overtaking:
    """What happens when another one acts between reading and writing. errors: what either of them raised."""

    has_overtaken: bool = False  # the other one had ended before the first one wrote
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def overtaken(store: Store, act: Callable[[], object], at: str = "") -> Iterator[Overtaking]:
    """Let another one act before this store's first statement that writes (at: that contains this)."""
    seen, has_begun, has_ended = Overtaking(), Event(), Event()

    def run() -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 -- the test judges it
            seen.errors.append(error)
        has_ended.set()

    other = Thread(target=run)

    def before(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if has_begun.is_set() or not statement.startswith(("INSERT", "UPDATE", "DELETE")) or at not in statement:
            return
        has_begun.set()
        other.start()
        seen.has_overtaken = has_ended.wait(WAITED_S)

    event.listen(store._writer, "before_cursor_execute", before)
    try:
        yield seen
    except Exception as error:  # noqa: BLE001 -- the test judges it
        seen.errors.append(error)
    assert has_begun.is_set(), "the first one wrote nothing"
    other.join(20)
    assert has_ended.is_set()
    event.remove(store._writer, "before_cursor_execute", before)


@dataclass
class Pair:
    """A line, and the store of another process on the same database."""

    line: Line
    other: Store

    def stages(self, platform: Scripted | None = None) -> Stages:
        """The other process's stages, on a platform of the same name."""
        platform = platform or Scripted(self.line.clock)
        return Stages(self.other, {platform.name: platform}, self.line.stages.triage, self.line.clock)

    def world(self, store: Store) -> World:
        """A desk on one of the stores."""
        return World(store, now=NOON)

    def count(self, what: object) -> int:
        """How many rows there are."""
        with self.other.read() as connection:
            return connection.execute(select(func.count()).select_from(what)).scalar_one()  # type: ignore[arg-type]


def claim_or_pause(pair: Pair) -> bool:
    """Race 2: nothing is claimed after `paused` was answered."""
    pair.line.approved()
    with overtaken(
        pair.line.store, lambda: control.pause(pair.other, pair.line.desk(), None, None, None), "UPDATE reply"
    ) as seen:
        pair.line.send()
    return not seen.errors and not (seen.has_overtaken and pair.line.platform.posts)


def last_place_of_the_hour(pair: Pair) -> bool:
    """Race 3: on two platforms at once, one reply takes the last place of the hour."""
    line = pair.line
    named = (replace(config, auto="always") if config.kind == THANKS else config for config in line.policy.responders)
    limits = Limits(auto_per_hour=1)
    line.policy = replace(line.policy, responders=tuple(named), quiet_hours=(), limits=limits)
    with line.store.write() as connection:
        platforms.enable(connection, {"memory": 60.0, "second": 60.0}, line.now)
    first, second = line.say(), line.say(platform="second")
    line.stages.poll("memory")
    line.listen()

    def approve_on(store: Store, name: str) -> None:
        autonomy.approve_automatically(store, line.policy, line.preview, name, line.now)

    with overtaken(line.store, lambda: approve_on(pair.other, "second"), "UPDATE reply") as seen:
        approve_on(line.store, "memory")
    states = [line.reply_to(said.id).state for said in (first, second)]
    return not seen.errors and sorted(states) == ["approved", "drafted"]


def rejection_or_automatic_approval(pair: Pair) -> bool:
    """Race 4: a rejection ends the autonomy of a kind, and recalls what was approved by it."""
    first, second = pair.world(pair.line.store), pair.world(pair.other)
    policy = factories.policy(autonomy=Autonomy(3, 0, 0.0), quiet_hours=(), timezone="UTC")
    policy = replace(policy, responders=tuple(replace(config, auto="earned") for config in policy.responders))
    approve(first.store, first.desk(), [Target(reply_id) for reply_id in first.said(*praise(3))])
    automatic, rejected = first.said(*praise(2))
    autonomy.approve_automatically(first.store, policy, preview, "nowhere", first.now)

    def reject() -> None:
        transitions.reject(second.store, second.desk(), rejected, "not meant for us")

    with first.store.read() as connection:
        assert autonomy._may_auto_send(connection, policy, THANKS)
    with overtaken(first.store, reject, "UPDATE reply") as seen:
        autonomy.approve_automatically(first.store, policy, preview, "memory", first.now)
    return not [error for error in seen.errors if "approved" not in str(error)] and (
        first.reply(automatic).state == "drafted"
    )


def one_page_twice(pair: Pair) -> bool:
    """Race 5: two pollers store the same page; what is there already makes no item an error."""
    pair.line.say()
    stages, other = pair.line.stages, pair.stages(Scripted(pair.line.clock, pages=[*pair.line.platform.pages]))
    with overtaken(pair.line.store, lambda: other.poll("memory"), "INSERT INTO mention"):
        stages.poll("memory")
    return (
        not stages.runner.troubles
        and not other.runner.troubles
        and (pair.count(mention), pair.count(quarantine)) == (1, 0)
    )


def one_notice_twice(pair: Pair) -> bool:
    """Race 7: two stages open the notice of the same cause."""

    def open_notice(store: Store) -> None:
        with store.write() as connection:
            notices.open_notice(connection, "spike", "x", "many are angry", "find out why", NOON)

    with overtaken(pair.line.store, lambda: open_notice(pair.other), "INSERT INTO notice") as seen:
        open_notice(pair.line.store)
    return not seen.errors and pair.count(notice) == 1


def decided_twice(pair: Pair, text: str) -> bool:
    stages, other = pair.line.stages, pair.stages()
    pair.line.say(text)
    stages.poll("memory")
    with overtaken(pair.line.store, other.route, "INSERT INTO decision"):
        stages.route()
    return not stages.runner.troubles and not other.runner.troubles and pair.count(decision) == 1


def one_mention_drafted_twice(pair: Pair) -> bool:
    """Race 9: two deciders make a draft for the same mention."""
    return decided_twice(pair, "Thank you so much for the lovely notebook, I love it!")


def one_mention_ignored_twice(pair: Pair) -> bool:
    """Race 10: no reply tells that it was decided, so its mood would count twice."""
    return decided_twice(pair, "Walking past the Fernhill shop.")


def forgotten_or_stored(pair: Pair) -> bool:
    """Race 11: words of a person who is forgotten just now are not stored."""
    first, second = pair.world(pair.line.store), pair.world(pair.other)
    first.said("My parcel is two weeks late.", author_id="u-ada", author_handle="ada")
    late = factories.mention("An older post, indexed late.", id="m9", interaction_id="m9", conversation_id="c9")
    late = replace(late, author_id="u-ada", author_handle="ada", created_at=NOON - timedelta(hours=1))
    late = replace(late, age_start_at=late.created_at)

    def forget() -> None:
        erasing.forget(second.store, second.desk(), "ada", factories.author_of)

    with overtaken(first.store, forget, "INSERT INTO mention") as seen:
        first.polled(late)
    with second.store.read() as connection:
        texts = connection.execute(select(mention.c.text)).scalars().all()
    return not seen.errors and not any("parcel" in text or "older" in text for text in texts)


def one_unit_billed_twice(pair: Pair) -> bool:
    """Race 13: a post that two feeds list is billed once a day."""
    fresh: list[set[str]] = []

    def bill(store: Store) -> None:
        with store.write() as connection:
            fresh.append(ledger.mark_billed(connection, "x", ["post 1"], NOON))

    with overtaken(pair.line.store, lambda: bill(pair.other), "INSERT INTO billed") as seen:
        bill(pair.line.store)
    return not seen.errors and sorted(map(len, fresh)) == [0, 1]


def two_names_at_once(pair: Pair) -> bool:
    """Race 15: of two approvals that are needed, one is the second."""
    first, second = pair.world(pair.line.store), pair.world(pair.other)
    policy = factories.policy(needs_second_approval=(THANKS,))
    (reply_id,) = first.said(*praise())

    def approve_as(world: World, name: str) -> None:
        approve(world.store, world.desk(name, policy), [Target(reply_id)])

    with overtaken(first.store, lambda: approve_as(second, "bo"), "UPDATE reply") as seen:
        approve_as(first, "dana")
    return not seen.errors and first.reply(reply_id).state == "approved"


def edited_or_approved(pair: Pair) -> bool:
    """Race 16: what is approved just as its mention is edited is a draft again."""
    first, second = pair.world(pair.line.store), pair.world(pair.other)
    (reply_id,) = first.said(*praise())
    said = first.item(reply_id).mention
    newer = replace(said, text="Where is my parcel? Nobody answers!", created_at=NOON + timedelta(minutes=1))
    with overtaken(
        first.store, lambda: approve(second.store, second.desk(), [Target(reply_id)]), "UPDATE reply"
    ) as seen:
        first.polled(newer)
    return not seen.errors and first.reply(reply_id).state == "drafted"


NEED_TURNS = [
    claim_or_pause, last_place_of_the_hour, rejection_or_automatic_approval, one_notice_twice,
    one_mention_drafted_twice, one_mention_ignored_twice, forgotten_or_stored, one_unit_billed_twice,
    two_names_at_once, edited_or_approved,
]  # fmt: skip


def run(folder: Path, race: Callable[[Pair], bool]) -> bool:
    """Run a race on an empty database; returns whether its outcome is right."""
    line = Line(folder)
    with closing(line.store), closing(open_store(line.store.place)) as other:
        return race(Pair(line, other))


@pytest.mark.parametrize("race", [*NEED_TURNS, one_page_twice], ids=lambda race: race.__name__)
def test_whoever_comes_second_sees_what_the_first_one_did(tmp_path: Path, race: Callable[[Pair], bool]) -> None:
    """The outcome is as if one had come after the other."""
    assert run(tmp_path, race)


@pytest.mark.parametrize("race", NEED_TURNS, ids=lambda race: race.__name__)
def test_without_turns_the_race_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, race: Callable[[Pair], bool]
) -> None:
    """So the test above can fail, and the lock of the writer is what it takes."""
    from listener.store import postgres

    monkeypatch.setattr(postgres, "take_turn", lambda server: "SELECT 1")
    monkeypatch.setitem(globals(), "WAITED_S", 3.0)  # nothing but a slow machine keeps the other one from ending
    assert not run(tmp_path, race)


def test_two_approvals_of_one_reply_are_one(tmp_path: Path) -> None:
    """Race 14, which compare-and-swap decides: the other one hears who was first."""
    line = Line(tmp_path)
    line.say()
    line.listen()
    (draft,) = [line.reply_to("m1")]
    heard: list[str] = []
    with closing(line.store), closing(open_store(line.store.place)) as other:

        def approve_too() -> None:
            heard.extend(outcome.error or "" for outcome in approve(other, line.desk("bo"), [Target(draft.id)]))

        with overtaken(line.store, approve_too, "UPDATE reply"):
            approve(line.store, line.desk("ann"), [Target(draft.id)])
        assert (line.reply(draft.id).state, line.reply(draft.id).approved_by) == ("approved", "ann")
        assert "approved by ann" in heard[0]
