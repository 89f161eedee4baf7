"""A mention that its author edits after the approval: the approval was for other words."""

from tests.line import COMPLAINT, Line


def test_a_mention_edited_after_the_approval_needs_a_second_look(line: Line) -> None:
    """Back to staff, decided again on the new words, and nothing sent."""
    reply = line.approved()
    edited = line.item(reply.id).mention
    line.say("I take it back, it broke.", id=edited.id, created_at=edited.created_at)
    line.listen()
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("escalated", 0)


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
