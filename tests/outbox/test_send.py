"""Sending: what is approved goes out once, whatever the platform does; what changed meanwhile is looked at again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from listener import elapsed
from listener.desk import control, people, transitions
from listener.desk.approve import Target, approve
from listener.errors import Held, NotSent, ReadFailed, Refused
from listener.model import PostStatus
from listener.outbox import permit
from listener.outbox.round import Round
from listener.store import events, ledger, moves, notices, replies
from listener.store.lock import WholeLock
from listener.store.records import ReplyChanges
from tests.databases import read_everything
from tests.line import COMPLAINT, Line


def test_an_approved_reply_is_posted_once_however_often_the_stage_runs(line: Line) -> None:
    """Three rounds, one post."""
    reply = line.approved()
    for _ in range(3):
        line.send()
    assert [post[0] for post in line.platform.posts] == ["post-1"]
    assert (line.reply(reply.id).state, line.reply(reply.id).remote_id) == ("sent", "post-1")


def test_what_is_posted_is_to_the_byte_what_was_approved(line: Line) -> None:
    """The approval keeps the words, and those words go out."""
    reply = line.approved()
    line.send()
    with line.store.read() as connection:
        (approval,) = events.approvals(connection, reply)
    assert approval.text == line.platform.posts[0][2]
    assert (approval.by, approval.revision) == ("ann", reply.revision)


def test_nothing_goes_out_that_nobody_approved(line: Line) -> None:
    """A draft stays a draft."""
    line.say()
    line.listen()
    line.send()
    assert line.platform.calls == 0


def test_a_cut_line_after_the_post_is_found_and_not_sent_again(line: Line) -> None:
    """Unconfirmed, checked once, sent; the notice clears with it."""
    reply = line.approved()
    line.platform.script = ["cut"]
    line.send()
    assert (line.reply(reply.id).state, line.notices()) == ("unconfirmed", ["unconfirmed"])
    line.send()
    assert (line.reply(reply.id).state, line.reply(reply.id).remote_id, line.notices()) == ("sent", "post-1", [])
    assert len(line.platform.posts) == 1


def test_a_post_that_never_arrived_is_sent_again_only_after_two_looks(line: Line) -> None:
    """The last look comes after the listings have caught up."""
    reply = line.approved()
    line.platform.script = ["lost"]
    for _ in range(5):
        line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("unconfirmed", 1)
    line.wait(seconds=61)
    line.send()
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls, len(line.platform.posts)) == ("sent", 2, 1)


def test_a_post_that_is_listed_late_is_not_doubled(line: Line) -> None:
    """The listing lags by 50 seconds, settling waits for 60."""
    reply = line.approved()
    line.platform.script, line.platform.lag = ["cut"], timedelta(seconds=50)
    for _ in range(8):
        line.send()
        line.wait(seconds=10)
    assert (line.reply(reply.id).state, len(line.platform.posts)) == ("sent", 1)


def test_a_platform_that_cannot_tell_leaves_it_to_a_person(line: Line) -> None:
    """No second sending, a notice that stays, and nobody looks again."""
    reply = line.approved()
    line.platform.script, line.platform.tells = ["cut"], False
    for _ in range(4):
        line.send()
        line.wait(minutes=5)
    assert (line.reply(reply.id).state, line.notices(), line.platform.calls) == ("unconfirmed", ["unconfirmed"], 1)
    assert line.reply(reply.id).hold == "manual_check"


def test_four_unconfirmed_sendings_are_enough(line: Line) -> None:
    """Then a person is asked, and no fifth call is made."""
    reply = line.approved()
    line.platform.script = ["lost"] * 10
    for _ in range(90):
        line.send()
        line.wait(seconds=61)
    assert (line.platform.calls, line.reply(reply.id).state, line.notices()) == (4, "unconfirmed", ["unconfirmed"])


def test_a_reply_left_in_sending_by_a_dead_process_is_looked_for(line: Line) -> None:
    """Found in `sending` by a new process: unconfirmed first, then sent."""
    reply = line.approved()
    with line.store.write() as connection:
        claim: dict[str, Any] = {
            "prepared_key": f"{reply.id}.{reply.revision}",
            "request": {"text": "x"},
            "sending_at": line.now,
            "attempts": 1,
        }
        moves.transition(connection, reply, "sending", by="outbox", now=line.now, **claim)
    line.platform.posts.append(("post-9", f"{reply.id}.{reply.revision}", "x", line.now))
    line.send()
    assert (line.reply(reply.id).remote_id, line.platform.calls) == ("post-9", 0)


def test_a_rate_limit_stops_the_platform_until_its_time_and_not_longer(line: Line) -> None:
    """No call before the time, both replies after it."""
    line.approved()
    line.approved()
    line.platform.script = [NotSent("too many", cause="rate", retry_at=line.now + timedelta(minutes=15))]
    assert line.send() == {"rate": 2}
    line.wait(minutes=14)
    assert (line.send(), line.platform.calls) == ({"rate": 2}, 1)
    line.wait(minutes=2)
    line.send()
    assert len(line.platform.posts) == 2


@pytest.mark.parametrize(("cause", "reason"), [("account", "account"), ("billing", "budget")])
def test_trouble_that_a_person_must_mend_opens_a_notice_and_clears_when_it_is_over(
    line: Line, cause: str, reason: str
) -> None:
    """The reply is kept and goes out afterwards."""
    line.approved()
    line.platform.script = [NotSent("no", "mend it", cause=cause)]  # type: ignore[arg-type]  # parametrized
    assert line.send() == {reason: 1}
    assert line.notices() == [cause]
    line.wait(minutes=2)
    line.send()
    assert (line.notices(), len(line.platform.posts)) == ([], 1)


@pytest.mark.parametrize(("then", "state"), [("failed", "failed"), ("by_hand", "by_hand")])
def test_a_refusal_is_final_for_the_item_and_stops_no_other(line: Line, then: str, state: str) -> None:
    """The second reply goes out all the same."""
    first = line.approved()
    line.approved()
    line.platform.script = [Refused("not allowed", then)]  # type: ignore[arg-type]  # parametrized
    line.send()
    assert (line.reply(first.id).state, len(line.platform.posts)) == (state, 1)


def test_words_that_went_out_today_already_go_back_to_staff(line: Line) -> None:
    """On a first attempt they cannot be our own lost post: staff write others, or approve them again tomorrow."""
    reply = line.approved()
    line.platform.script = [Refused("these words went out today", "drafted"), Refused("again", "drafted")]
    line.send()
    back = line.reply(reply.id)
    assert (back.state, back.error, back.attempts) == ("drafted", "these words went out today", 0)
    assert approve(line.store, line.desk(), [Target(reply.id)])[0].ok
    line.send()
    assert (line.reply(reply.id).state, line.notices()) == ("drafted", [])
    transitions.edit(line.store, line.desk(), reply.id, "Other words.")
    approve(line.store, line.desk(), [Target(reply.id)])
    line.send()
    assert [post[2] for post in line.platform.posts] == ["Other words."]


def test_duplicate_after_a_lost_answer_is_looked_for_first(line: Line) -> None:
    """It may be our own post that was never listed."""
    reply = line.approved()
    line.platform.script = ["lost", Refused("these words went out today", "drafted")]
    line.send()
    for _ in range(3):
        line.wait(minutes=5)
        line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("unconfirmed", 2)
    assert line.notices() == ["unconfirmed"]


def test_reply_that_cannot_be_looked_for_says_so_in_its_notice(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Earshot is checking the platform" would be untrue."""

    def unpaid(prepared: object) -> None:
        raise ReadFailed("the day's budget is spent", "raise the budget", cause="billing")

    line.approved()
    line.platform.script = ["cut"]
    monkeypatch.setattr(line.platform, "find_reply", unpaid)
    line.send()
    line.send()
    with line.store.read() as connection:
        (notice,) = notices.list_open(connection)
    assert "and cannot be checked: the day's budget is spent" in notice.what
    assert notice.do.startswith("raise the budget")


def test_post_that_did_not_arrive_is_booked_no_more(line: Line) -> None:
    """Its price was booked while nobody knew; by now it is known."""
    line.approved()
    line.platform.script = ["lost"]
    line.send()
    with line.store.write() as connection:
        (reply,) = replies.list_where(connection)
        ledger.charge(connection, "memory", "POST", 1, 0.01, line.now, key=reply.prepared_key)
    line.send()
    line.wait(minutes=2)
    line.platform.script = [NotSent("not now", cause="item")]
    line.send()
    with line.store.read() as connection:
        assert ledger.sum_spent(connection, "memory", line.now - timedelta(days=1)) == 0


def test_an_item_refused_for_now_is_parked_after_three_calls(line: Line) -> None:
    """Its platform may know better before that; once it has failed it waits for no time any more."""
    reply = line.approved()
    line.platform.script = [NotSent("not now", cause="item")] * 5
    held = []
    for _ in range(5):
        held.append(line.send())
        line.wait(minutes=2)
    assert (line.platform.calls, line.reply(reply.id).state) == (3, "failed")
    assert held == [{"retry": 1}, {"retry": 1}, {}, {}, {}]


@pytest.mark.parametrize(
    ("step", "state"), [("prepare", "drafted"), ("check_post", "drafted"), ("post", "unconfirmed")]
)
def test_the_text_of_an_unexpected_error_is_not_kept(
    line: Line, monkeypatch: pytest.MonkeyPatch, step: str, state: str
) -> None:
    """It may carry a secret, or the parameters of an SQL statement: no table has it, the reply names its type."""
    reply = line.approved()

    def fail(*args: object) -> None:
        raise IntegrityError("INSERT INTO spend VALUES (?)", ("canary-parameter",), Exception("canary-token"))

    monkeypatch.setattr(line.platform, step, fail)
    line.send()
    left = line.reply(reply.id)
    assert left.state == state and "unexpected IntegrityError, see the log" in (left.error or "")
    kept = read_everything(line.store)
    assert b"unexpected IntegrityError" in kept and b"canary" not in kept


def test_an_opt_out_after_the_approval_withdraws_the_reply(line: Line) -> None:
    """Looked at again just before the call."""
    reply = line.approved()
    people.opt_out(line.store, line.desk(), "memory:a1", "by mail")
    line.send()
    assert (line.reply(reply.id).closed_as, line.platform.calls) == ("withdrawn", 0)


def test_a_pause_stops_sending_at_once_and_resume_lets_it_go(line: Line) -> None:
    """Held, then sent."""
    line.approved()
    control.pause(line.store, line.desk(), None, None, "a tragedy")
    assert (line.send(), line.platform.calls) == ({"paused": 1}, 0)
    control.resume(line.store, line.desk(), None)
    line.send()
    assert len(line.platform.posts) == 1


def test_a_pause_with_an_end_ends(line: Line) -> None:
    """Two hours later it goes out by itself."""
    line.approved()
    control.pause(line.store, line.desk(), "memory", timedelta(hours=2), None)
    line.send()
    line.wait(hours=2, seconds=1)
    line.send()
    assert len(line.platform.posts) == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("I love it,\nthank you \x00so much!", PostStatus(True, "I love it,\nthank you \x00so much!")),
        (
            "I love it,\nthank you so much!",
            PostStatus(True, "<p>I love it,<br>thank you <b>so</b> much!</p>", is_html=True),
        ),
    ],
)
def test_words_that_look_as_they_were_stored_are_no_edit(line: Line, text: str, status: PostStatus) -> None:
    """Characters that were replaced at intake, and markup, are on both sides."""
    reply = line.approved(text)
    line.platform.standing = status
    line.send()
    assert line.reply(reply.id).state == "sent"


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (PostStatus(True, "something else now"), "drafted"),
        (PostStatus(True, None, "own-7"), "closed"),
    ],
)
def test_what_a_look_shows_is_heeded(line: Line, standing: PostStatus, state: str) -> None:
    """Edited, or answered by a person."""
    reply = line.approved()
    line.platform.standing = standing
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == (state, 0)


def test_a_persons_answer_on_the_platform_withdraws_the_draft(line: Line) -> None:
    """One answer is enough: by hand, or by Earshot."""
    mention = line.say(COMPLAINT)
    line.listen()
    line.answer_by_hand(mention.id)
    line.listen()
    assert line.reply_to(mention.id).closed_as == "withdrawn"


def test_our_own_reply_in_the_listing_withdraws_nothing(line: Line) -> None:
    """The platform lists what Earshot sent, too."""
    reply = line.approved()
    line.send()
    line.answer_by_hand("m1", "post-1")
    line.listen()
    assert line.reply(reply.id).state == "sent"


def test_after_a_lost_answer_nothing_is_sent_for_a_while(line: Line) -> None:
    """A minute, ten, half an hour: in an outage few replies become unconfirmed, and the others go out afterwards."""
    approved = [line.approved() for _ in range(4)]
    line.platform.script = ["lost"] * 3
    calls = []
    for _ in range(50):
        line.send()
        calls.append(line.platform.calls)
        line.wait(minutes=1)
    assert [calls.index(number) for number in (1, 2, 3)] == [0, 1, 11]
    assert calls[40] == 3 < calls[41]
    assert [line.reply(reply.id).state for reply in approved] == ["sent"] * 4
    assert len(line.platform.posts) == 4


class EndingLock(WholeLock):
    """A lock that may be lost at any moment, as the lease of a process that stood still."""

    def check(self, seconds: float) -> bool:
        """It may end before that."""
        return False


def test_no_call_begins_while_another_process_may_take_over(line: Line) -> None:
    """Stopped for minutes between the claim and the call, the reply would go out here and by the other process.

    However often it happens, the reply does not fail for it.
    """
    reply = line.approved()
    line.store.lock = EndingLock()
    for _ in range(4):
        assert line.send() == {"retry": 1}
        line.wait(seconds=11)
    assert line.platform.posts == []
    assert (line.reply(reply.id).state, line.reply(reply.id).attempts) == ("approved", 0)
    line.store.lock = None
    line.send()
    assert len(line.platform.posts) == 1 and line.reply(reply.id).state == "sent"


def test_whoever_stood_still_after_the_claim_checks_again(line: Line) -> None:
    """A machine that slept for a night: the mention may be answered, edited or gone, and nobody has looked since."""
    round_ = Round(line.store, line.platform, line.policy, line.clock, bool, line.now, timedelta(minutes=1))
    permit.since(round_, elapsed.seconds() - 60)()
    with pytest.raises(Held, match="stood still"):
        permit.since(round_, elapsed.seconds() - 180)()


class LaterLock(WholeLock):
    """A lock of another process, whose lease has the number of the one before it; that is over for a second."""

    name, epoch, free_for = "second:1", 5, 1.0


@pytest.mark.parametrize(("by", "state"), [("first:1", "sending"), ("second:1", "unconfirmed")])
def test_a_claim_of_another_process_waits_whatever_its_number(line: Line, by: str, state: str) -> None:
    """`once` counts the leases on everything, a daemon those on a part: the same number says nothing."""
    reply = line.approved()
    with line.store.write() as connection:
        claim: ReplyChanges = {"sending_at": line.now, "sending_by": by, "sending_epoch": 5, "attempts": 1}
        assert moves.transition(connection, reply, "sending", by="outbox", now=line.now, **claim)
    line.store.lock = LaterLock()
    line.platform.tells = False
    assert line.send() == ({"retry": 1} if state == "sending" else {})
    assert line.reply(reply.id).state == state
