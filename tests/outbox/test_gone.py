"""A mention that a check does not find: believed the second time, after a pause."""

from listener.desk.approve import Target, approve
from listener.desk.transitions import undo
from listener.errors import Refused
from listener.model import PostStatus
from tests.line import PRAISE, Line


def list_and_look(line: Line, reply_id: int, words: str = PRAISE) -> None:
    """A poll lists the mention, and a look says that it is gone, again after the pause."""
    mention = line.item(reply_id).mention
    for _ in range(2):
        line.say(words, id=mention.id, created_at=mention.created_at)
        line.listen()
        line.send()
        line.wait(minutes=11)


def test_a_passing_not_found_withdraws_nothing(line: Line) -> None:
    """F43: one 404, then the post is there again: sent as if nothing had been."""
    reply = line.approved()
    line.platform.standing = PostStatus(False)
    assert line.send() == {"missing": 1}
    assert (line.reply(reply.id).state, line.item(reply.id).deleted_at) == ("approved", None)
    line.platform.standing = PostStatus(True)
    line.wait(minutes=11)
    line.send()
    assert (line.reply(reply.id).state, line.item(reply.id).missing_at) == ("sent", None)


def test_gone_is_believed_after_two_checks_with_a_pause_between_them(line: Line) -> None:
    """However often it is asked within the pause, that is one check."""
    reply = line.approved()
    line.platform.standing = PostStatus(False)
    for _ in range(9):
        line.send()
        line.wait(minutes=1)
    assert line.reply(reply.id).state == "approved"
    line.wait(minutes=1)
    line.send()
    assert (line.reply(reply.id).closed_as, line.item(reply.id).deleted_at) == ("withdrawn", line.now)


def test_a_post_that_is_answered_with_gone_is_tried_twice_too(line: Line) -> None:
    """A second refusal after the pause is believed."""
    reply = line.approved()
    line.platform.script = [Refused("the post is gone", "withdrawn"), Refused("the post is gone", "withdrawn")]
    line.send()
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("approved", 1)
    line.wait(minutes=11)
    line.send()
    assert (line.reply(reply.id).closed_as, line.reply(reply.id).error) == ("withdrawn", "the post is gone")


def test_a_post_that_a_look_finds_and_sending_does_not_is_tried_twice(line: Line) -> None:
    """An author who blocked us, for one: the look contradicts the refusal, and the checks began anew for ever."""
    reply = line.approved()
    line.platform.standing = PostStatus(True)
    line.platform.script = [Refused("the post is gone", "withdrawn") for _ in range(9)]
    for _ in range(9):
        line.send()
        line.wait(minutes=11)
    assert (line.reply(reply.id).closed_as, line.platform.calls) == ("withdrawn", 2)


def test_a_check_of_an_earlier_approval_is_no_first_check(line: Line) -> None:
    """It was not found, and taken back by staff; approved again later, one passing 404 withdraws nothing."""
    reply = line.approved()
    line.platform.standing = PostStatus(False)
    line.send()
    undo(line.store, line.desk(), reply.id)
    line.wait(days=1)
    approve(line.store, line.desk(), [Target(reply.id)])
    line.send()
    assert line.reply(reply.id).state == "approved"
    line.wait(minutes=11)
    line.send()
    assert line.reply(reply.id).closed_as == "withdrawn"


def test_what_is_listed_and_not_found_is_gone_in_the_end(line: Line) -> None:
    """A listing alone does not begin the two checks anew."""
    reply = line.approved()
    line.platform.standing = PostStatus(False)
    list_and_look(line, reply.id)
    assert line.reply(reply.id).closed_as == "withdrawn"


def test_a_listing_takes_back_once_that_a_mention_is_gone(line: Line) -> None:
    """Approved again and not found again, it stays withdrawn, however often it is listed; an edit is news."""
    reply = line.approved()
    line.platform.standing = PostStatus(False)
    list_and_look(line, reply.id)
    list_and_look(line, reply.id)
    assert line.reply(reply.id).state == "drafted"
    approve(line.store, line.desk(), [Target(reply.id)])
    list_and_look(line, reply.id)
    list_and_look(line, reply.id)
    assert (line.reply(reply.id).closed_as, line.item(reply.id).deleted_at is None) == ("withdrawn", False)
    list_and_look(line, reply.id, PRAISE + " And the pen!")
    assert line.item(reply.id).deleted_at is None and line.reply(reply.id).state != "closed"
