"""What can change between approval and sending is checked just before the call: opt-out, edits, answers, holds."""

from listener import holds
from listener.errors import Held, Indeterminate
from listener.intake.text import storable_text
from listener.model import Mention, PostStatus
from listener.outbox.outcome import Answering, record_missing, return_edited_to_staff, return_to_staff, withdraw
from listener.outbox.round import Round
from listener.outbox.trouble import hold_item
from listener.store import gone, people, platforms
from listener.store.draft_reviews import MACHINE
from listener.store.queued import QueuedReply


def keep_back_reply(round_: Round, item: QueuedReply) -> bool:
    """Withdraw, return to staff or hold a reply that may not be sent. Returns False when nothing keeps it back.

    Raises ReadFailed, Held.
    """
    return _keep_back_by_database(round_, item) or _keep_back_by_platform(round_, item) or _hold_automatic(round_, item)


def _keep_back_by_database(round_: Round, item: QueuedReply) -> bool:
    """Withdraw or return it for what the database knows by now."""
    now = round_.clock()
    approved_at = item.reply.approved_at or now
    with round_.store.read() as connection:
        opt_out = people.opted_out(connection, (item.mention.platform, item.mention.author_id))
    if opt_out is not None:
        withdraw(round_, item, people.OPTED_OUT)
    elif item.answered_remotely is not None:
        withdraw(round_, item, _answered_by_staff(item.answered_remotely))
    elif item.edited_at is not None and item.edited_at >= approved_at:
        return_edited_to_staff(round_, item)
    elif now - approved_at > round_.policy.limits.draft_expires:
        return_to_staff(round_, item, "approval expired; approve it again")
    else:
        return False
    return True


def _answered_by_staff(post_id: str) -> str:
    return f"a person answered on the platform (post {post_id})"


def _keep_back_by_platform(round_: Round, item: QueuedReply) -> bool:
    """Withdraw, return or hold it for what the platform shows of its mention, where a look is free.

    Raises ReadFailed, Held.
    """
    try:
        status = check_presence(round_, item)
    except Indeterminate:
        _require_own_posts_read(round_, item)
        return False
    if status is None:
        return True
    if status.answer_post_id is not None:
        withdraw(round_, item, _answered_by_staff(status.answer_post_id))
    elif (text := read_new_words(status, item.mention)) is not None:
        return_edited_to_staff(round_, item, text)
    else:
        return False
    return True


def check_presence(round_: Round, item: Answering) -> PostStatus | None:
    """Look at the post that it answers, and record whether it is there.

    Returns None where it is not: it is held, and withdrawn when a later check agrees. Raises Indeterminate, ReadFailed.
    """
    status = round_.platform.check_post(item.mention)
    if not status.is_present:
        record_missing(round_, item)
        return None
    _record_presence(round_, item)
    return status


def _record_presence(round_: Round, item: Answering) -> None:
    """Forget that an earlier check did not find the mention.

    Not where the post itself was refused as gone: for the sender it is, and a second refusal must be believed.
    """
    was_refused = item.outbound.hold == "missing" and item.outbound.error != gone.GONE
    if item.missing_at is not None and not was_refused:
        with round_.store.write() as connection:
            gone.record_presence(connection, item.key)


def read_new_words(status: PostStatus, mention: Mention) -> str | None:
    """Return the words that the mention has by now; None where they are as before, or not shown."""
    text = None if status.text is None else storable_text(status.text, status.is_html)
    return None if text == mention.text else text


def _require_own_posts_read(round_: Round, item: QueuedReply) -> None:
    """Hold an automatic reply until our own posts are read: they show a colleague's answer. Raises Held."""
    with round_.store.read() as connection:
        state = platforms.read_state(connection, item.mention.platform)
    read_at = state.own_posts_read_at if state else None
    if item.reply.approved_by == MACHINE and (read_at is None or read_at <= item.reply.created_at):
        raise Held("own_posts_unread", "checking if a colleague answered")


def _hold_automatic(round_: Round, item: QueuedReply) -> bool:
    """Hold an automatic reply: a hold with an end waits, one without returns the reply to staff.

    Returns False when nothing holds it.
    """
    if item.reply.approved_by != MACHINE:
        return False
    now = round_.clock()
    with round_.store.read() as connection:
        hold = holds.automatic(connection, round_.policy, item, now)
    if hold is None:
        return False
    if hold.until is None:
        round_.counts.held[hold.reason] += 1
        return_to_staff(round_, item, hold.message)
    else:
        hold_item(round_, item, hold.reason, hold.message, hold.until)
    return True
