"""Staff's machine and the daemon's have clocks of their own: a wait is counted by the daemon's alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.club_rules import Applause, Club
from listener.desk.applause import applaud
from listener.desk.approve import Target, approve
from listener.desk.transitions import resolve, undo
from listener.errors import ReadFailed
from listener.model import Mention, PostStatus
from listener.store.records import Reply
from tests.line import PRAISE, Line

WAIT = timedelta(seconds=10)
SKEWS = [timedelta(hours=1), timedelta(minutes=-1), timedelta(seconds=5), timedelta(0)]


def approved_elsewhere(line: Line, skew: timedelta, wait: timedelta = WAIT) -> Reply:
    """A reply approved on a machine whose clock is off by so much; the daemon looks at once, as it is woken."""
    mention = line.say(PRAISE)
    line.listen()
    number = line.reply_to(mention.id).id
    line.wait(seconds=skew.total_seconds())
    (result,) = approve(line.store, line.desk(), [Target(number)], wait)
    line.wait(seconds=-skew.total_seconds())
    assert result.ok
    return line.reply(number)


@pytest.mark.parametrize("skew", SKEWS)
def test_the_time_to_undo_is_counted_by_the_sender(line: Line, skew: timedelta) -> None:
    """Neither skipped nor longer, whatever the clock of the desk."""
    number = approved_elsewhere(line, skew).id
    assert line.send() == {"undo": 1}
    line.wait(seconds=9)
    assert line.send() == {"undo": 1}
    line.wait(seconds=2)
    line.send()
    assert line.reply(number).state == "sent" and len(line.platform.posts) == 1


@pytest.mark.parametrize("skew", SKEWS)
def test_what_is_undone_within_the_wait_never_goes_out(line: Line, skew: timedelta) -> None:
    """Approved again without a wait, it goes at once."""
    number = approved_elsewhere(line, skew).id
    line.send()
    line.wait(seconds=9)
    undo(line.store, line.desk(), number)
    line.wait(minutes=5)
    line.send()
    assert line.platform.posts == []
    approve(line.store, line.desk(), [Target(number)])
    line.send()
    assert len(line.platform.posts) == 1


def test_the_sender_is_woken_when_the_wait_ends_by_its_own_clock(line: Line) -> None:
    """Else the reply would wait for the next usual round, or be looked for an hour later."""
    approved_elsewhere(line, timedelta(hours=1))
    assert line.stages.send("memory").next_at == line.now + WAIT


@pytest.mark.parametrize("skew", SKEWS)
def test_a_reply_that_staff_call_not_sent_waits_as_long(line: Line, skew: timedelta) -> None:
    """`earshot resolve --not-sent` can be undone too."""
    line.platform.script, line.platform.tells = ["lost"], False
    number = line.approved().id
    line.send()
    line.wait(seconds=skew.total_seconds())
    resolve(line.store, line.desk(), number, None, WAIT)
    line.wait(minutes=20, seconds=-skew.total_seconds())
    assert line.send() == {"undo": 1}
    line.wait(seconds=11)
    line.send()
    assert line.reply(number).state == "sent"


def test_a_mention_that_is_missing_is_checked_again_after_the_pause_alone(line: Line) -> None:
    """The approval lies in the future: its time says nothing about a hold that the sender sets."""
    approved_elsewhere(line, timedelta(hours=1), timedelta(0))
    looks: list[str] = []

    def missing(mention: Mention) -> PostStatus:
        looks.append(mention.id)
        return PostStatus(False)

    line.platform.check_post = missing  # type: ignore[method-assign]
    for _ in range(5):
        line.send()
        line.wait(seconds=30)
    assert len(looks) == 1


def test_a_reply_in_trouble_is_not_tried_every_round(line: Line) -> None:
    """Its pauses grow, whatever the clock of who approved it."""
    approved_elsewhere(line, timedelta(hours=1), timedelta(0))
    looks: list[str] = []

    def unreadable(mention: Mention) -> PostStatus:
        looks.append(mention.id)
        raise ReadFailed("this post cannot be read", cause="item")

    line.platform.check_post = unreadable  # type: ignore[method-assign]
    for _ in range(5):
        line.send()
        line.wait(seconds=5)
    assert len(looks) == 1


@pytest.mark.parametrize("skew", SKEWS)
def test_the_time_to_withdraw_an_act_is_counted_by_the_sender(line: Line, skew: timedelta) -> None:
    """Neither skipped nor shorter, whatever the clock of the desk; its end wakes the sender."""
    line.policy = replace(line.policy, club=Club(applause=Applause()), quiet_hours=(), timezone="UTC")
    line.platform.standing = PostStatus(is_present=True)
    mention = line.say("I love the smooth paper of your notebooks, thank you so much!")
    line.listen()
    line.wait(seconds=skew.total_seconds())
    desk = replace(line.desk(), acts_of=lambda platform: ("like",))
    applaud(line.store, desk, ("memory", mention.id), ("like",), wait=WAIT)
    line.wait(seconds=-skew.total_seconds())
    assert line.stages.send("memory").next_at == line.now + WAIT
    line.wait(seconds=9)
    line.send()
    assert line.platform.posts == []
    line.wait(seconds=2)
    line.send()
    assert [post[2] for post in line.platform.posts] == [f"like {mention.id}"]
