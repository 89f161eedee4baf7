"""What can change between the choice of an act and the act: consent, words, the hour. The post is looked at first."""

from dataclasses import replace

from listener import holds, praising
from listener.capabilities import Applauder, OutgoingAct
from listener.errors import Held, Indeterminate
from listener.model import Prepared
from listener.outbox import outcome, trouble
from listener.outbox.checks import check_presence, read_new_words
from listener.outbox.round import Round
from listener.store import edits
from listener.store.queued import QueuedAct

EDITED = "the mention was edited"


def keep_back_act(round_: Round, item: QueuedAct) -> bool:
    """Withdraw or hold an act that may not be done. Returns False when nothing keeps it back. Raises ReadFailed."""
    return _withdraw_by_database(round_, item) or _hold(round_, item) or _keep_back_by_platform(round_, item)


def _withdraw_by_database(round_: Round, item: QueuedAct) -> bool:
    """Withdraw it for what the database knows by now."""
    now, limit = round_.clock(), round_.policy.limits.draft_expires
    approved_at = item.act.approved_at or now
    with round_.store.read() as connection:
        refusal = praising.find_refusal(connection, round_.policy.club, item, now)
    if item.edited_at is not None and item.edited_at >= approved_at:
        refusal = EDITED
    elif now - approved_at > limit:
        refusal = refusal or "chosen too long ago"
    if refusal is not None:
        outcome.withdraw(round_, item, refusal)
    return refusal is not None


def _hold(round_: Round, item: QueuedAct) -> bool:
    with round_.store.read() as connection:
        hold = holds.announcement(connection, round_.policy, item, round_.clock())
    if hold is not None:
        trouble.hold_item(round_, item, hold.reason, hold.message, hold.until)
    return hold is not None


def _keep_back_by_platform(round_: Round, item: QueuedAct) -> bool:
    """Look at the post itself: withdraw or hold it where it is gone, or says something else by now."""
    try:
        status = check_presence(round_, item)
    except Indeterminate as error:
        outcome.return_to_staff(round_, item, f"look at the post first: {error.message}")
        return True
    if status is None:
        return True
    if (text := read_new_words(status, item.mention)) is not None:
        _record_edit(round_, item, text)
        outcome.withdraw(round_, item, EDITED)
        return True
    return False


def _record_edit(round_: Round, item: QueuedAct, text: str) -> None:
    """Keep the new words, so that they are decided again."""
    now, mention = round_.clock(), item.mention
    newer = replace(mention, id=mention.reply_target_id, text=text)
    with round_.store.write() as connection:
        edits.record(connection, item.key, mention.text, newer, by="outbox", now=now)


def prepare(round_: Round, item: QueuedAct) -> Prepared:
    """Return the request. Raises Held: the platform could do it when it was chosen."""
    platform, act = round_.platform, item.act
    if not isinstance(platform, Applauder):
        raise Held("unsupported", f"{platform.name} takes no applause")
    return platform.prepare_act(OutgoingAct(act.id, act.what, item.mention), round_.clock())
