"""What staff and customers do while a reply is on its way: nobody's word is overwritten, and nothing goes out twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from listener import elapsed
from listener.desk import control, transitions
from listener.desk.approve import Target, approve
from listener.errors import NotSent
from listener.feed_page import FeedPage
from listener.model import Outgoing, PostStatus, Prepared, Receipt
from listener.outbox import send
from tests.line import COMPLAINT, PRAISE, Line


def meanwhile(line: Line, name: str, act: Callable[[], object]) -> None:
    """Let staff act just before the platform answers a call."""
    real = getattr(line.platform, name)

    def answer(*args: object) -> object:
        setattr(line.platform, name, real)
        act()
        return real(*args)

    setattr(line.platform, name, answer)


def lost(line: Line) -> int:
    """A reply whose outcome is unknown, looked for once."""
    reply = line.approved()
    line.platform.script = ["lost"]
    line.send()
    line.send()
    line.wait(seconds=61)
    return reply.id


def test_a_reply_resolved_as_sent_during_the_last_look_is_not_sent_again(line: Line) -> None:
    """The look says absent, the person knows better."""
    reply_id = lost(line)
    meanwhile(line, "find_reply", lambda: transitions.resolve(line.store, line.desk(), reply_id, "post-7"))
    for _ in range(3):
        line.send()
    assert (line.reply(reply_id).remote_id, line.platform.calls, line.notices()) == ("post-7", 1, [])


def test_a_reply_closed_during_the_last_look_stays_closed(line: Line) -> None:
    """Resolved as not sent, then rejected, while the platform is asked."""
    reply_id = lost(line)

    def act() -> None:
        transitions.resolve(line.store, line.desk(), reply_id, None)
        transitions.reject(line.store, line.desk(), reply_id, "no")

    meanwhile(line, "find_reply", act)
    for _ in range(3):
        line.send()
    assert (line.reply(reply_id).closed_as, line.platform.calls) == ("rejected", 1)


def test_a_reply_rejected_during_a_look_at_its_mention_stays_rejected(line: Line) -> None:
    """The look says edited; the reply is closed by then."""
    reply = line.approved()
    line.platform.standing = PostStatus(True, "something else")
    meanwhile(line, "check_post", lambda: transitions.reject(line.store, line.desk(), reply.id, "no"))
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("closed", 0)


def test_settling_waits_from_the_end_of_a_call_that_hung(line: Line) -> None:
    """Fifty seconds in the call, forty until it is listed: sixty from the claim would be too early."""
    reply = line.approved()
    line.platform.lag = timedelta(seconds=40)

    def hang(prepared: Prepared) -> Receipt:
        line.platform.calls += 1
        line.wait(seconds=50)
        line.platform.posts.append(("post-1", prepared.key, "x", line.now + line.platform.lag))
        raise TimeoutError("given up")

    line.platform.post = hang  # type: ignore[method-assign]
    for _ in range(12):
        line.send()
        line.wait(seconds=10)
    assert (line.reply(reply.id).state, line.platform.calls) == ("sent", 1)


def test_an_approval_given_on_an_old_screen_is_refused_after_an_edit(line: Line) -> None:
    """The author changed the post between the look and the key."""
    mention = line.say()
    line.listen()
    reply = line.reply_to(mention.id)
    line.say("My mother has died.", id=mention.id, created_at=mention.created_at)
    line.listen()
    (outcome,) = approve(line.store, line.desk(), [Target(reply.id, reply.revision)])
    assert not outcome.ok and line.reply(reply.id).state == "escalated"


def test_an_answer_by_hand_while_ours_is_unknown_withdraws_ours_when_it_did_not_arrive(line: Line) -> None:
    """Not both."""
    reply_id = lost(line)
    line.answer_by_hand("m1")
    line.listen()
    for _ in range(3):
        line.send()
    assert (line.reply(reply_id).closed_as, line.platform.calls) == ("withdrawn", 1)


def test_an_answer_to_the_edited_post_withdraws_the_draft_too(line: Line) -> None:
    """Each edit on X has an id of its own."""
    mention = line.say(COMPLAINT)
    line.listen()
    edit = replace(mention, id="m-edit", text=COMPLAINT + "!", created_at=mention.created_at + timedelta(minutes=1))
    line.platform.pages.append(FeedPage({"at": 2}, (edit,), more=True))
    line.listen()
    line.answer_by_hand("m-edit")
    line.listen()
    assert line.reply_to(mention.id).closed_as == "withdrawn"


def test_one_reply_that_breaks_its_platforms_code_starves_no_other(line: Line) -> None:
    """It goes back to staff; the one behind it goes out."""
    first, second = line.approved(), line.approved()
    real = line.platform.prepare

    def prepare(reply: Outgoing, now: object) -> Prepared:
        if reply.reply_id == first.id:
            raise ZeroDivisionError("a fault of the platform's module")
        return real(reply, line.now)

    line.platform.prepare = prepare  # type: ignore[method-assign]
    line.send()
    assert (line.reply(first.id).state, line.reply(second.id).state) == ("drafted", "sent")


def test_an_approval_that_waited_for_weeks_is_looked_at_again(line: Line) -> None:
    """A pause of a month."""
    reply = line.approved()
    control.pause(line.store, line.desk(), None, None, None)
    line.wait(days=30)
    control.resume(line.store, line.desk(), None)
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("drafted", 0)


def test_a_shorter_pause_does_not_end_a_longer_one(line: Line) -> None:
    """Dana stopped it for good, Bob for a minute."""
    line.approved()
    control.pause(line.store, line.desk("dana"), None, None, "a tragedy")
    control.pause(line.store, line.desk("bob"), None, timedelta(minutes=1), None)
    line.wait(minutes=5)
    assert (line.send(), line.platform.calls) == ({"paused": 1}, 0)


def test_a_clock_that_was_a_day_ahead_does_not_keep_sending_back(line: Line) -> None:
    """The time was set by a wrong clock."""
    line.approved()
    line.wait(days=1)
    line.platform.script = [NotSent("too many", cause="rate", retry_at=line.now + timedelta(minutes=15))]
    line.send()
    line.wait(days=-1)
    line.send()
    assert len(line.platform.posts) == 1


def test_more_approvals_than_one_round_takes_all_go_out(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """In rounds, none held for it; of few replies each, so that the test is short."""
    number, most = 25, 10
    monkeypatch.setattr(send, "MAX_REPLIES_PER_ROUND", most)
    line.platform.pages.append(FeedPage({"at": 1}, tuple(line.mention(PRAISE) for _ in range(number))))
    line.stages.poll("memory")
    line.stages.route()
    assert all(result.ok for result in approve(line.store, line.desk(), [Target(key) for key in range(1, number + 1)]))
    done = line.stages.once("send")
    assert (done.sent.sent, len(line.platform.posts), done.sent.held) == (number, number, {})


def test_an_approval_of_the_review_goes_out_after_its_wait_and_not_before(line: Line) -> None:
    """Held by `undo` so long; taken back, it never goes out."""
    mentions = [line.say(PRAISE), line.say(PRAISE)]
    line.listen()
    kept, undone = (line.reply_to(mention.id).id for mention in mentions)
    approve(line.store, line.desk(), [Target(kept), Target(undone)], timedelta(seconds=10))
    line.send()  # the approval wakes it
    line.wait(seconds=9)
    assert line.send() == {"undo": 2}
    transitions.undo(line.store, line.desk(), undone)
    line.wait(seconds=2)
    line.send()
    assert (line.reply(kept).state, line.reply(undone).state) == ("sent", "drafted")


def test_the_words_of_two_names_go_out_once(line: Line) -> None:
    """The first approval sends nothing; the second sends the words that both saw."""
    line.policy = replace(line.policy, needs_second_approval=("thank_you",), signatures={"ann": "^AN", "bo": "^BO"})
    mention = line.say(PRAISE)
    line.listen()
    reply_id = line.reply_to(mention.id).id
    for name, sent in (("ann", 0), ("bo", 1), ("cy", 1)):
        approve(line.store, line.desk(name), [Target(reply_id)])
        line.send()
        assert len(line.platform.posts) == sent
    assert [text[-4:] for _, _, text, _ in line.platform.posts] == [" ^AN"]


def test_what_was_looked_at_before_a_night_is_looked_at_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine slept between the look at the mention and the claim."""
    passed = [0.0]
    monkeypatch.setattr(elapsed, "seconds", lambda: passed[0])
    reply = line.approved()
    meanwhile(line, "prepare", lambda: passed.append(passed.pop() + 8 * 3600))
    line.send()
    assert (line.reply(reply.id).state, line.reply(reply.id).attempts, line.platform.posts) == ("approved", 0, [])
    line.wait(seconds=11)
    line.send()
    assert line.reply(reply.id).state == "sent"
