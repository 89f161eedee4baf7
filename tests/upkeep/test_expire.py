"""What time ends, and what it must not end."""

from datetime import timedelta

from listener.desk import control, marks, transitions
from listener.upkeep.expire import expire
from tests.line import COMPLAINT, Line


def test_a_draft_older_than_the_limit_is_closed_with_the_reason(line: Line) -> None:
    """An apology a week late is worse than none; the log says what happened."""
    mention = line.say(COMPLAINT)
    line.listen()
    line.wait(days=6)
    assert expire(line.store, line.policy, line.now) == 0
    line.wait(days=2)
    assert expire(line.store, line.policy, line.now) == 1
    reply = line.reply_to(mention.id)
    assert (reply.closed_as, reply.reason) == ("expired", "older than 7 days")


def test_an_escalation_never_expires(line: Line) -> None:
    """Nobody has answered it."""
    mention = line.say("Your letter opener cut my hand, we are in the emergency room.")
    line.listen()
    line.wait(days=30)
    expire(line.store, line.policy, line.now)
    assert line.reply_to(mention.id).state == "escalated"


def test_what_was_approved_is_not_expired(line: Line) -> None:
    """It waits for its platform."""
    reply = line.approved()
    line.wait(days=30)
    expire(line.store, line.policy, line.now)
    assert line.reply(reply.id).state == "approved"


def test_claims_and_snoozes_run_out(line: Line) -> None:
    """Nobody has to release what they forgot."""
    mention = line.say(COMPLAINT)
    line.listen()
    reply = line.reply_to(mention.id)
    marks.claim(line.store, line.desk("bob"), reply.id)
    marks.snooze(line.store, line.desk("bob"), reply.id, timedelta(hours=1))
    line.wait(hours=2)
    expire(line.store, line.policy, line.now)
    after = line.reply(reply.id)
    assert (after.claimed_by, after.claimed_until, after.snoozed_until) == (None, None, None)


def test_the_notice_of_a_pause_ends_with_the_pause(line: Line) -> None:
    """Two hours are two hours."""
    control.pause(line.store, line.desk(), None, timedelta(hours=2), "a tragedy")
    expire(line.store, line.policy, line.now)
    assert line.notices() == ["paused"]
    line.wait(hours=2, seconds=1)
    expire(line.store, line.policy, line.now)
    assert line.notices() == []


def test_what_a_person_wrote_to_an_old_mention_is_not_closed_under_their_hands(line: Line) -> None:
    """An old complaint goes to a person; their text has the whole span to be approved in."""
    old = line.now - timedelta(days=8)
    mention = line.say(COMPLAINT, created_at=old, age_start_at=old)
    line.listen()
    reply = line.reply_to(mention.id)
    transitions.edit(line.store, line.desk(), reply.id, "We are sorry. Please write to us.")
    assert expire(line.store, line.policy, line.now) == 0
    line.wait(days=8)
    assert expire(line.store, line.policy, line.now) == 1
    assert line.reply(reply.id).closed_as == "expired"
