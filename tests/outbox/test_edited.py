"""A mention that its author edits after the approval: the approval was for other words."""

from listener.desk.approve import Target, approve
from listener.model import PostStatus
from tests.line import COMPLAINT, Line


def test_a_mention_edited_after_the_approval_needs_a_second_look(line: Line) -> None:
    """Back to staff, decided again on the new words, and nothing sent."""
    reply = line.approved()
    edited = line.item(reply.id).mention
    line.say("I take it back, it broke.", id=edited.id, created_at=edited.created_at)
    line.listen()
    line.send()
    again = line.reply(reply.id)
    assert (again.state, again.kind, again.approved_by, line.platform.calls) == ("drafted", "support", None, 0)


def test_a_mention_edited_before_it_was_answered_by_hand_needs_a_second_look(line: Line) -> None:
    """Approved for other words: whoever is to post it would post the wrong thing."""
    reply = line.approved(COMPLAINT, can_reply=False, ineligible_reason="the author allows no replies")
    assert reply.state == "by_hand"
    mention = line.item(reply.id).mention
    line.say("Sorry, it came!", id=mention.id, created_at=mention.created_at, can_reply=False)
    line.listen()
    back = line.reply(reply.id)
    assert (back.state, back.approved_by) == ("escalated", None) and back.revision > reply.revision


def test_a_mention_edited_while_nobody_knows_needs_a_second_look_if_the_reply_did_not_arrive(line: Line) -> None:
    """It was approved for other words of the mention: absent in both looks, it goes back to staff."""
    reply = line.approved()
    line.platform.script = ["lost"]
    line.send()
    edited = line.item(reply.id).mention
    line.say("I take it back, it broke.", id=edited.id, created_at=edited.created_at)
    line.listen()
    line.wait(seconds=61)
    line.send()
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("drafted", 1)
    assert "edited" in (line.reply(reply.id).error or "")


def test_a_mention_edited_while_nobody_knows_leaves_a_reply_that_arrived_alone(line: Line) -> None:
    """It is out: found, and marked as sent."""
    reply = line.approved()
    line.platform.script = ["cut"]
    line.send()
    edited = line.item(reply.id).mention
    line.say("I take it back, it broke.", id=edited.id, created_at=edited.created_at)
    line.listen()
    line.send()
    assert (line.reply(reply.id).state, line.reply(reply.id).remote_id) == ("sent", "post-1")


def test_an_edit_that_the_look_found_is_no_second_edit_when_it_is_listed(line: Line) -> None:
    """snac lists it under another id and with a later time: the fresh approval stays, and the version is known."""
    reply = line.approved()
    words = "Thank you, it is lovely, and so is the pen!"
    first = line.item(reply.id).mention
    line.platform.standing = PostStatus(True, words)
    line.send()
    line.stages.route()
    line.wait(minutes=1)
    (outcome,) = approve(line.store, line.desk(), [Target(reply.id)])
    line.say(words, id="m-edit", interaction_id=first.interaction_id, created_at=line.now)
    line.listen()
    assert outcome.ok and line.reply(reply.id).state == "approved"
    assert line.item(reply.id).mention.reply_target_id == "m-edit"
