"""The operator's hand on the running program: pause and resume, notices, and putting back what was set aside."""

from datetime import timedelta

from sqlalchemy import Connection

from listener.desk.approve import DeskContext, require_staff, state_text
from listener.errors import DeskError
from listener.model import Json
from listener.store import events, mentions, notices, platforms, quarantine, replies, vacuum
from listener.store.engine import Store

ALL = "*"
PAUSED = "paused"  # the kind of its notice


def pause(store: Store, desk: DeskContext, platform: str | None, span: timedelta | None, reason: str | None) -> Json:
    """Stop sending at once, on one platform or on all; listening goes on. Anybody may: silence is safe."""
    now = desk.clock()
    with store.write() as connection:
        names = _known(connection, platform)
        wanted = None if span is None else now + span
        one = platforms.set_pause(connection, platform or ALL, now, wanted, reason, desk.by)
        where = f"on {platform}" if platform else "everywhere"
        message = f"sending is paused {where} by {one.by}" + (f" until {one.until:%FT%RZ}" if one.until else "")
        message += f": {one.reason}" if one.reason else ""
        notices.open_notice(connection, PAUSED, platform or ALL, message, "`earshot resume` ends it", now)
        events.add(connection, "paused", desk.by, now, detail={"scope": platform or ALL, "reason": reason})
    told = {"since": one.since, "until": one.until, "reason": one.reason, "by": one.by}
    return {"paused": [platform] if platform else names, **told}


def resume(store: Store, desk: DeskContext, platform: str | None) -> Json:
    """Send again: on one platform, or everywhere."""
    now = desk.clock()
    with store.write() as connection:
        require_staff(desk)
        names = _known(connection, platform)
        ended = platforms.lift_pause(connection, platform)
        for scope in [platform] if platform else [ALL, *names]:
            notices.clear(connection, PAUSED, scope, now)
        events.add(connection, "resumed", desk.by, now, detail={"scope": platform or ALL})
        left = [one.scope for one in platforms.pauses(connection, now)]
    return {"resumed": ended, "still_paused": left}


def _known(connection: Connection, platform: str | None) -> list[str]:
    """The platforms that are on. Raises DeskError when this one is not among them."""
    names = [one.name for one in platforms.states(connection)]
    if platform is not None and platform not in names:
        raise DeskError(f"no platform {platform!r} is on", f"there is {', '.join(names) or 'none yet'}")
    return names


def clear(store: Store, desk: DeskContext, notice_id: int) -> Json:
    """A person has read a notice that does not end by itself. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        notices.clear_by_hand(connection, notice_id, desk.by, desk.clock())
        events.add(connection, "cleared", desk.by, desk.clock(), detail={"notice": notice_id})
    return {"id": notice_id, "cleared": True, "by": desk.by}


def requeue(store: Store, desk: DeskContext, quarantine_id: int) -> Json:
    """Put a mention that crashed triage back in the line. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        item = notices.quarantined_item(connection, quarantine_id)
        key = mentions.locate(connection, item.platform, item.mention_id)
        if item.stage != "route" or key is None:
            raise DeskError(
                f"item {quarantine_id} could not be read when it came in",
                "mend it at its source and let it come again (in a file: append the corrected row)",
            )
        live = replies.live(connection, key)
        if live is not None:
            raise DeskError(
                f"a person has taken it: reply {live.id} is {state_text(live)}", f"`earshot show {live.id}`"
            )
        now = desk.clock()
        mentions.requeue_mention(connection, key)
        notices.resolve_quarantined(connection, quarantine_id, now)
        events.add(connection, "put_back", desk.by, now, mention_key=key)
    return {"id": quarantine_id, "platform": item.platform, "mention_id": item.mention_id, "put_back": True}


def dismiss(store: Store, desk: DeskContext, quarantine_id: int) -> Json:
    """A person has looked at what lies aside: it is done with, and its raw text erased. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        item = notices.quarantined_item(connection, quarantine_id)
        key, now = mentions.locate(connection, item.platform, item.mention_id), desk.clock()
        quarantine.dismiss(connection, quarantine_id, now)
        vacuum.due(connection, now)
        events.add(connection, "dismissed", desk.by, now, mention_key=key, detail={"quarantine": quarantine_id})
    return {"id": quarantine_id, "platform": item.platform, "mention_id": item.mention_id, "dismissed": True}
