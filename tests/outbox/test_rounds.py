"""How long a round of sending is: polls come between, and it shows that it moves on."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from listener.desk.approve import Target, approve
from listener.errors import NotSent
from listener.feed_page import FeedPage
from listener.model import Prepared, Receipt
from tests.line import PRAISE, Line


def slow(line: Line, seconds: float) -> None:
    """Each post takes so long."""
    real = line.platform.post

    def post(prepared: Prepared) -> Receipt:
        line.wait(seconds=seconds)
        return real(prepared)

    line.platform.post = post  # type: ignore[method-assign]


def test_a_round_ends_when_the_next_poll_is_due_and_polls_come_between(line: Line) -> None:
    """F48: many replies on a slow server; no poll is later than an interval and a reply."""
    for _ in range(60):
        line.platform.pages.append(FeedPage({"at": 1}, (line.mention(PRAISE),), more=True))
    while line.platform.pages:
        line.stages.poll("memory")
    line.stages.route()
    approve(line.store, line.desk(), [Target(key) for key in range(1, 61)])
    slow(line, 10)
    polls, fetch = [line.now], line.platform.fetch

    def fetched(cursor: object, now: object) -> FeedPage:
        polls.append(line.now)
        return fetch(cursor, now)  # type: ignore[arg-type]

    line.platform.fetch = fetched  # type: ignore[method-assign]
    assert line.stages.once().sent.sent == 60
    waits = [later - sooner for sooner, later in pairwise(polls)]
    assert max(waits) <= timedelta(seconds=70) and len(polls) >= 10


def test_once_with_the_sending_stage_alone_polls_nothing(line: Line) -> None:
    """What was asked for, and no more."""
    for _ in range(3):
        line.approved()
    slow(line, 70)
    line.platform.pages = [FeedPage({"at": 99})]
    assert line.stages.once("send").sent.sent == 3
    assert len(line.platform.pages) == 1


def test_sending_shows_that_it_moves_on(line: Line) -> None:
    """Noted between two replies, so that health does not take a long round for one that hangs."""
    for _ in range(3):
        line.approved()
    stages, signs = line.stages, list[str]()
    real = stages.runner.moved_on

    def moved_on(name: str) -> None:
        signs.append(name)
        real(name)

    stages.runner.moved_on = moved_on  # type: ignore[method-assign]
    stages.send("memory")
    assert signs.count("send memory") >= 3


def test_a_refused_call_after_a_transient_failure_counts_as_no_outage(line: Line) -> None:
    """One success clears the count."""
    line.approved()
    line.platform.script = [NotSent("no route"), "ok"]
    line.send()
    line.wait(minutes=1)
    line.send()
    line.approved()
    line.platform.script = [NotSent("no route")]
    line.send()
    line.wait(minutes=1)
    line.send()
    assert (len(line.platform.posts), line.notices()) == (2, [])


def test_the_setting_of_the_clock_ends_a_round_and_loses_nothing(line: Line) -> None:
    """Set back by an hour in the middle: the next round goes on."""
    for _ in range(3):
        line.approved()
    real = line.platform.post

    def post(prepared: Prepared) -> Receipt:
        line.wait(hours=-1)
        line.platform.post = real  # type: ignore[method-assign]
        return real(prepared)

    line.platform.post = post  # type: ignore[method-assign]
    counts = line.stages.send("memory")
    assert (counts.sent, counts.more) == (1, True)
    line.policy = replace(line.policy)
    line.send()
    assert len(line.platform.posts) == 3
