"""Announcements go out through the outbox of replies: once on a platform, at their time, and never unseen."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from listener.desk import announcements, control
from listener.errors import DeskError, NotSent
from listener.model import Preview
from listener.policy import TimeWindow
from listener.store import notices, postings, replies
from listener.store.operation_records import Notice
from listener.store.records import Posting
from listener.upkeep.expire import expire
from tests.line import Line

WORDS = "Ten per cent off all notebooks today."
GRIEF = "My father died in the fire at your shop today."


def shown(text: str, platform: str) -> Preview:
    """280 code points, as they are."""
    return Preview(text, len(text), 280)


def announced(line: Line, **span: float) -> int:
    """An announcement that is approved and due after a span."""
    at = line.now + timedelta(**span)
    number = announcements.add(line.store, line.desk(), shown, WORDS, at, ["memory"])
    announcements.approve(line.store, line.desk(), shown, number)
    return number


def posting(line: Line, number: int) -> Posting:
    """The posting as it stands."""
    with line.store.read() as connection:
        (item,) = postings.get(connection, number).postings
    return item


def opened(line: Line) -> list[Notice]:
    """The open notices."""
    with line.store.read() as connection:
        return notices.list_open(connection)


def texts(line: Line) -> list[str]:
    """What was really posted."""
    return [post[2] for post in line.platform.posts]


def test_announcement_waits_for_its_time_and_goes_out_once(line: Line) -> None:
    """Not before its time, and not a second time."""
    number = announced(line, hours=1)
    assert line.send() == {"scheduled": 1}
    line.wait(hours=1)
    line.send()
    line.send()
    assert texts(line) == [WORDS]
    assert (posting(line, number).state, posting(line, number).remote_id) == ("sent", "post-1")


def test_clock_set_back_does_not_post_before_the_time(line: Line) -> None:
    """What counts on a span means nothing then; a time of the day still does."""
    announced(line, hours=1)
    line.wait(minutes=-30)
    line.send()
    assert texts(line) == []


@pytest.mark.parametrize(("step", "attempts"), [("cut", 1), ("lost", 2)])
def test_lost_answer_is_settled_before_anything_is_posted_again(line: Line, step: str, attempts: int) -> None:
    """It may have arrived: look first, and post again only what did not."""
    line.platform.script = [step]
    number = announced(line)
    line.send()
    assert posting(line, number).state == "unconfirmed" and line.notices() == ["unconfirmed"]
    for _ in range(5):
        line.wait(minutes=2)
        line.send()
    assert texts(line) == [WORDS] and line.platform.calls == attempts
    assert posting(line, number).state == "sent" and line.notices() == []


def test_unconfirmed_announcement_is_settled_by_a_person(line: Line) -> None:
    """Where the platform cannot say, only a person knows."""
    line.platform.script, line.platform.tells = ["cut"], False
    number = announced(line)
    line.send()
    line.send()
    announcements.resolve(line.store, line.desk(), number, "memory", "post-1")
    assert (posting(line, number).state, posting(line, number).remote_id) == ("sent", "post-1")


def test_announcement_two_hours_late_is_a_draft_again(line: Line) -> None:
    """A sale of this morning must not be announced at night because a platform was down."""
    line.platform.script = [NotSent("down", cause="transient", retry_at=line.now + timedelta(hours=2))]
    number = announced(line)
    line.send()
    line.wait(hours=2, minutes=1)
    line.send()
    item = posting(line, number)
    assert item.state == "drafted" and "more than two hours ago" in str(item.error) and texts(line) == []


def test_approval_lasts_a_day(line: Line) -> None:
    """Who approves has seen the day's news: sooner than a day before is too soon."""
    at = line.now + timedelta(days=2)
    number = announcements.add(line.store, line.desk(), shown, WORDS, at, ["memory"])
    with pytest.raises(DeskError, match="an approval lasts 24 hours"):
        announcements.approve(line.store, line.desk(), shown, number)
    line.wait(days=1)
    announcements.approve(line.store, line.desk(), shown, number)
    assert posting(line, number).state == "approved"


def test_words_of_tragedy_after_the_approval_hold_it(line: Line) -> None:
    """A sale in an hour of grief is what staff would be ashamed of."""
    number = announced(line, minutes=10)
    for _ in range(3):
        line.say(GRIEF)
    line.listen()
    line.wait(minutes=10)
    line.send()
    assert posting(line, number).hold == "tragedy" and texts(line) == []
    line.wait(hours=2)
    line.send()
    assert posting(line, number).state == "drafted"


def test_words_of_tragedy_before_the_approval_must_be_read(line: Line) -> None:
    """A person may find that they are about something else, and then it goes out."""
    for _ in range(3):
        line.say(GRIEF)
    line.listen()
    with pytest.raises(DeskError, match="3 people wrote of death"):
        announced(line)
    line.wait(minutes=1)
    announcements.approve(line.store, line.desk(), shown, 1, despite_tragedy=True)
    line.send()
    assert texts(line) == [WORDS]


def test_quiet_hours_and_a_pause_hold_it(line: Line) -> None:
    """Nobody waits for it: it can come in the morning."""

    announced(line)
    control.pause(line.store, line.desk(), None, None, None)
    line.send()
    control.resume(line.store, line.desk(), None)
    night = TimeWindow(time(0, 0), time(23, 59))
    line.policy = replace(line.policy, quiet_hours=(night,))
    line.send()
    assert texts(line) == []


def test_a_second_person_approves_where_the_policy_asks(line: Line) -> None:
    """Four eyes: neither the same name twice nor one alone."""

    line.policy = replace(line.policy, needs_second_approval=("announcement",))
    number = announced(line)
    line.send()
    assert texts(line) == []
    with pytest.raises(DeskError, match="has approved announcement"):
        announcements.approve(line.store, line.desk(), shown, number)
    announcements.approve(line.store, line.desk("bo"), shown, number)
    line.send()
    assert texts(line) == [WORDS]


def test_edited_or_cancelled_announcement_needs_a_new_approval_or_none(line: Line) -> None:
    """What stands must have been approved as it stands."""
    number = announced(line)
    announcements.edit(line.store, line.desk(), shown, number, "Half price today.", None)
    line.send()
    assert posting(line, number).state == "drafted" and texts(line) == []
    announcements.approve(line.store, line.desk(), shown, number)
    announcements.cancel(line.store, line.desk(), number, "sold out")
    line.send()
    assert posting(line, number).closed_as == "cancelled" and texts(line) == []


def test_notice_that_one_cannot_be_checked_stops_no_upkeep_and_ends_with_it(line: Line) -> None:
    """It names an announcement, where that of a reply is a number."""
    number = announced(line, hours=1)
    with line.store.write() as connection:
        (item,) = postings.list_of_platform(connection, "memory", "approved")
        notices.open_notice(
            connection, replies.UNCHECKED, "memory", "not checked", "look", line.now, subject=item.subject
        )
    expire(line.store, line.policy, line.now)
    assert len(opened(line)) == 1
    announcements.cancel(line.store, line.desk(), number, "sold out")
    expire(line.store, line.policy, line.now)
    assert opened(line) == []


def test_same_words_twice_within_a_day_are_a_slip(line: Line) -> None:
    """A command that was repeated must not post twice."""
    announced(line)
    line.send()
    with pytest.raises(DeskError, match="announcement 1 says the same"):
        announcements.add(line.store, line.desk(), shown, WORDS, line.now, ["memory"])
