"""What goes out by itself with `auto = "always"`: only inside the band, and held by caps, quiet hours and one each."""

from dataclasses import replace
from datetime import time

import pytest

from listener.desk import autonomy, marks
from listener.feed_page import FeedPage
from listener.model import PostStatus
from listener.policy import Auto, Holds, Limits, TimeWindow
from tests.line import COMPLAINT, Line


def let_go(line: Line, auto: Auto = "always", **changes: object) -> None:
    """A policy that lets thank-yous go out by themselves, on a platform where a look at a mention is free."""
    line.platform.standing = PostStatus(is_present=True)
    named = tuple(
        replace(responder, auto=auto) if responder.kind == "thank_you" else responder
        for responder in line.policy.responders
    )
    line.policy = replace(line.policy, responders=named, quiet_hours=(), **changes)  # type: ignore[arg-type]  # a test's word


def test_clear_praise_goes_out_without_a_person_when_the_policy_says_always(line: Line) -> None:
    """Approved by `policy`, and kept as such."""
    let_go(line)
    mention = line.say()
    line.listen()
    line.send()
    assert (line.reply_to(mention.id).approved_by, len(line.platform.posts)) == ("policy", 1)


@pytest.mark.parametrize("auto", ["never", "earned"])
def test_nothing_goes_out_by_itself_otherwise(line: Line, auto: Auto) -> None:
    """`earned` behaves as `never` without a record."""
    let_go(line, auto)
    line.say()
    line.listen()
    line.send()
    assert line.platform.calls == 0


def test_a_complaint_never_goes_out_by_itself_because_praise_may(line: Line) -> None:
    """Only the kinds that the policy lets go."""
    let_go(line)
    line.say(COMPLAINT)
    line.listen()
    line.send()
    assert line.platform.calls == 0


def test_quiet_hours_hold_it_and_their_end_lets_it_go(line: Line) -> None:
    """Over midnight, in the policy's timezone."""
    let_go(line)
    line.policy = replace(line.policy, quiet_hours=(TimeWindow(time(21), time(8)),), timezone="UTC")
    line.now = line.now.replace(hour=23)
    line.say()
    line.listen()
    assert line.send() == {"quiet_hours": 1}
    line.wait(hours=9)
    line.send()
    assert len(line.platform.posts) == 1


def test_quiet_hours_do_not_hold_what_a_person_approved(line: Line) -> None:
    """A person has looked: it goes out in the next round."""
    line.policy = replace(line.policy, quiet_hours=(TimeWindow(time(0), time.max),), timezone="UTC")
    line.approved()
    line.send()
    assert len(line.platform.posts) == 1


def test_the_hourly_cap_holds_what_is_over_it(line: Line) -> None:
    """Two an hour; the third goes out an hour later."""
    let_go(line, limits=Limits(auto_per_hour=2, auto_per_day=100))
    for _ in range(3):
        line.say()
    line.listen()
    assert (line.send(), len(line.platform.posts)) == ({"cap": 1}, 2)
    line.wait(minutes=61)
    line.send()
    assert len(line.platform.posts) == 3


def test_a_conversation_gets_one_automatic_reply(line: Line) -> None:
    """The second waits for a person."""
    let_go(line)
    line.say(conversation_id="talk")
    line.say(conversation_id="talk")
    line.listen()
    assert (line.send(), len(line.platform.posts)) == ({"one_per_conversation": 1}, 1)


def test_a_claimed_draft_is_left_to_whoever_claimed_it(line: Line) -> None:
    """A colleague is looking at it."""
    let_go(line)
    mention = line.say()
    line.listen()
    marks.claim(line.store, line.desk("bob"), line.reply_to(mention.id).id)
    line.send()
    assert line.platform.calls == 0


def test_no_thank_you_goes_out_by_itself_beside_a_complaint_of_the_same_person(line: Line) -> None:
    """Praise and complaint in one thread: a person reads both."""
    let_go(line)
    line.say(COMPLAINT, author_id="eve", conversation_id="talk")
    line.say(author_id="eve", conversation_id="talk")
    line.listen()
    assert (line.send(), line.platform.calls) == ({"author_waiting": 1}, 0)


def test_what_was_held_for_days_does_not_go_out_by_itself_any_more(line: Line) -> None:
    """A thank-you of last week."""
    let_go(line)
    line.say()
    line.listen()
    line.wait(days=4)
    assert (line.send(), line.platform.calls) == ({"too_old": 1}, 0)


def test_where_a_look_is_not_free_our_own_posts_are_read_first(line: Line) -> None:
    """A colleague may have answered already; what a person approved does not wait for that."""
    let_go(line)
    line.platform.standing = None
    line.say()
    line.listen()
    assert line.send() == {"own_posts_unread": 1}
    line.wait(minutes=1)
    line.platform.pages.append(FeedPage({"at": 9}, own_posts_current=True))
    line.listen()
    line.send()
    assert len(line.platform.posts) == 1


def test_a_flood_that_comes_between_approval_and_sending_holds_it_for_a_while(line: Line) -> None:
    """Looked at again just before the call; an hour later it may go."""
    let_go(line, holds=Holds(flood_author=1))
    first = line.say(author_id="eve")
    line.listen()
    autonomy.approve_automatically(line.store, line.policy, line.preview, "memory", line.now)
    line.say(author_id="eve")
    line.listen()
    assert (line.send(), line.platform.calls) == ({"flood": 2}, 0)
    assert (line.reply_to(first.id).state, line.reply_to(first.id).hold) == ("approved", "flood")
    line.wait(minutes=61)
    line.send()
    assert line.reply_to(first.id).state == "sent"


def test_a_flood_does_not_hold_what_a_person_approved(line: Line) -> None:
    """A person has looked."""
    let_go(line, holds=Holds(flood_author=1, max_similar_per_day=1))
    for _ in range(3):
        line.approved(author_id="eve")
    line.send()
    assert len(line.platform.posts) == 3
