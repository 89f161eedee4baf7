"""Checks that fail before sending: for the platform they stop its sending, for one reply they count on that reply."""

from datetime import timedelta

import pytest

from listener.desk import transitions
from listener.desk.approve import Target, approve
from listener.errors import DatabaseBusy, Held, ReadFailed
from listener.model import Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.store import events, notices, platforms
from tests.fakes.scripted import Scripted
from tests.line import Line


class Checking(Scripted):
    """A platform whose check of a post is free; troubles: mention id (or `*`) -> what the check raises."""

    troubles: dict[str, Exception]
    checks: list[str]
    repeat_is_safe = False

    def check_post(self, mention: Mention) -> PostStatus:
        """Raise what the test wrote down."""
        self.checks.append(mention.id)
        trouble = self.troubles.get(mention.id) or self.troubles.get("*")
        if trouble is not None:
            raise trouble
        return self.standing or PostStatus(True)


def checking(line: Line) -> Checking:
    """Give the line a platform that checks."""
    platform = Checking(line.clock)
    platform.troubles, platform.checks = {}, []
    line.platform = platform
    return platform


def what_happened(line: Line, reply_id: int, what: str) -> list[str]:
    """The messages of the events of a reply."""
    with line.store.read() as connection:
        told = events.list_events(connection, line.reply(reply_id).mention_key)
    return [(event.detail or {}).get("message", "") for event in told if event.what == what]


# ---- of the whole platform


def test_a_check_that_fails_in_passing_stops_the_platforms_sending_as_a_failing_post_does(line: Line) -> None:
    """Two rounds a minute: one call at first, then fewer and fewer; a notice opens, and all go out afterwards."""
    platform = checking(line)
    for _ in range(5):
        line.approved()
    platform.troubles["*"] = ReadFailed("bad gateway")
    for _ in range(2 * 60):
        held = line.send()
        line.wait(seconds=30)
    assert 3 <= len(platform.checks) <= 5
    assert (held, line.notices()) == ({"unreachable": 5}, ["unreachable"])
    platform.troubles.clear()
    line.wait(minutes=30)
    line.send()
    assert (len(platform.posts), line.notices()) == (5, [])


@pytest.mark.parametrize(("cause", "kind"), [("account", "account"), ("billing", "billing")])
def test_a_check_that_fails_for_the_account_opens_its_notice_at_once(line: Line, cause: str, kind: str) -> None:
    """As a post does."""
    platform = checking(line)
    line.approved()
    platform.troubles["*"] = ReadFailed("no", "mend it", cause=cause)  # type: ignore[arg-type]  # parametrized
    line.send()
    line.send()
    assert (line.notices(), len(platform.checks)) == ([kind], 1)


def test_a_named_time_is_heeded(line: Line) -> None:
    """A rate limit met by a check."""
    platform = checking(line)
    line.approved()
    platform.troubles["*"] = ReadFailed("wait", cause="rate", retry_at=line.now + timedelta(minutes=20))
    for _ in range(19):
        line.send()
        line.wait(minutes=1)
    assert len(platform.checks) == 1


def test_a_look_for_an_unconfirmed_reply_that_fails_is_not_repeated_every_round(line: Line) -> None:
    """It waits longer each time, and is made when the platform answers again."""
    reply = line.approved()
    line.platform.script = ["cut"]
    line.send()
    looks, find = list[str](), line.platform.find_reply

    def fail(prepared: Prepared) -> Receipt | None:
        looks.append(prepared.key)
        raise ReadFailed("bad gateway")

    line.platform.find_reply = fail  # type: ignore[method-assign]
    for _ in range(4 * 20):
        line.send()
        line.wait(seconds=15)
    assert 3 <= len(looks) <= 6
    line.platform.find_reply = find  # type: ignore[method-assign]
    line.wait(minutes=15)
    line.send()
    assert (line.reply(reply.id).state, len(line.platform.posts)) == ("sent", 1)


def test_a_lost_answer_is_forgotten_once_nothing_waits(line: Line) -> None:
    """Weeks later, another is the first in a row: a minute's rest, though nothing was sent between them."""
    line.approved()
    line.platform.script = ["cut", "cut"]
    for _ in range(5):
        line.send()
        line.wait(minutes=1)
    line.wait(days=20)
    line.approved()
    line.send()
    with line.store.read() as connection:
        state = platforms.read_state(connection, "memory")
    assert state is not None and (state.send_failures, state.send_after) == (1, line.now + timedelta(minutes=1))


def test_a_database_that_is_busy_during_a_look_is_no_trouble_of_the_reply(line: Line) -> None:
    """The stage waits, and is tried again."""
    reply = line.approved()
    line.platform.script = ["cut"]
    line.send()

    def fail(prepared: Prepared) -> Receipt | None:
        raise DatabaseBusy("the database is locked")

    line.platform.find_reply = fail  # type: ignore[method-assign]
    line.send()
    assert line.reply(reply.id).trouble_count == 0


# ---- of one reply


def test_a_check_that_fails_for_one_reply_counts_on_it_and_stops_no_other(line: Line) -> None:
    """It shows its error, waits longer each time, and becomes a notice after five; success resets all."""
    platform = checking(line)
    first = line.approved()
    platform.troubles["m1"] = ReadFailed("this post cannot be read", cause="item")
    second = line.approved()
    counts = []
    for _ in range(2 * 40):
        line.send()
        counts.append(platform.checks.count("m1"))
        line.wait(seconds=30)
    held = line.reply(first.id)
    assert line.reply(second.id).state == "sent"
    assert (held.state, held.error, held.trouble_count) == ("approved", "this post cannot be read", 6)
    assert [counts.index(number) / 2 for number in (1, 2, 3, 4, 5)] == [0, 1, 3, 7, 15]
    assert line.notices() == ["unchecked"]
    assert what_happened(line, first.id, "held") == ["this post cannot be read"]
    platform.troubles.clear()
    line.wait(minutes=15)
    line.send()
    assert (line.reply(first.id).state, line.reply(first.id).trouble_count, line.notices()) == ("sent", 0, [])


def test_the_notice_of_a_reply_in_trouble_ends_when_staff_take_it_back(line: Line) -> None:
    """With the next upkeep: nothing is to be sent any more."""
    platform = checking(line)
    reply = line.approved()
    platform.troubles["*"] = ReadFailed("no", cause="item")
    for _ in range(5):
        line.send()
        line.wait(minutes=15)
    with line.store.read() as connection:
        (notice,) = notices.list_open(connection)
    assert notice.kind == "unchecked" and notice.do
    transitions.undo(line.store, line.desk(), reply.id)
    line.stages.upkeep()
    assert (line.notices(), line.reply(reply.id).trouble_count) == ([], 5)
    approve(line.store, line.desk(), [Target(reply.id)])


def test_a_hold_is_logged_once_and_not_every_round(line: Line) -> None:
    """A reply that cannot be prepared for now, in twenty rounds."""
    reply = line.approved()

    def hold(reply: Outgoing, now: object) -> Prepared:
        raise Held("attestation", "the app is not attested")

    line.platform.prepare = hold  # type: ignore[method-assign]
    for _ in range(20):
        assert line.send() == {"attestation": 1}
        line.wait(seconds=5)
    assert what_happened(line, reply.id, "held") == ["the app is not attested"]


# ---- where a repeat makes no second post


def repeatable(line: Line) -> Checking:
    """A platform on which the same request makes one post, however often it is made."""
    platform = checking(line)
    platform.repeat_is_safe = True
    return platform


def test_after_a_lost_answer_a_harmless_repeat_is_asked_for_at_once_and_holds_nobody(line: Line) -> None:
    """The post arrived: found in the same round, and the next replies go out in it."""
    platform = repeatable(line)
    approved = [line.approved() for _ in range(3)]
    platform.script = ["cut"]
    line.send()
    assert ([line.reply(reply.id).state for reply in approved], line.notices()) == (["sent"] * 3, [])
    assert len(platform.posts) == 3


def test_a_post_that_did_not_arrive_is_repeated_in_the_next_round(line: Line) -> None:
    """One look is enough, and no waiting for listings."""
    platform = repeatable(line)
    reply, other = line.approved(), line.approved()
    platform.script = ["lost"]
    line.send()
    assert (line.reply(reply.id).state, line.reply(other.id).state) == ("approved", "sent")
    line.send()
    assert (line.reply(reply.id).state, len(platform.posts)) == ("sent", 2)


def test_a_second_lost_answer_in_a_row_lets_the_platform_rest(line: Line) -> None:
    """An outage is no reason to post each reply four times."""
    platform = repeatable(line)
    for _ in range(10):
        line.approved()
    platform.script = ["lost"] * 100
    for _ in range(12):
        line.send()
        line.wait(seconds=4)
    assert platform.calls == 2
