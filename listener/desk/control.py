"""The operator's hand on the running program: pause and resume, and putting back what was set aside."""

from datetime import timedelta

from listener.desk.approve import Desk
from listener.errors import DeskError
from listener.model import Json
from listener.store import events, mentions, notices, platforms
from listener.store.engine import Store

ALL = "*"


def pause(store: Store, desk: Desk, platform: str | None, span: timedelta | None, reason: str | None) -> Json:
    """Stop sending at once, on one platform or on all; listening goes on."""
    now = desk.clock()
    until = None if span is None else now + span
    with store.write() as connection:
        _known(connection_states := [one.name for one in platforms.states(connection)], platform)
        platforms.set_pause(connection, platform or ALL, now, until, reason, desk.by)
        events.add(connection, "paused", desk.by, now, detail={"scope": platform or ALL, "reason": reason})
    return {
        "paused": [platform] if platform else connection_states,
        "since": now,
        "until": until,
        "reason": reason,
        "by": desk.by,
    }


def resume(store: Store, desk: Desk, platform: str | None) -> Json:
    """Send again: on one platform, or everywhere."""
    now = desk.clock()
    with store.write() as connection:
        names = [one.name for one in platforms.states(connection)]
        _known(names, platform)
        ended = platforms.lift_pause(connection, platform)
        events.add(connection, "resumed", desk.by, now, detail={"scope": platform or ALL})
        left = [one.scope for one in platforms.pauses(connection, now)]
    return {"resumed": ended, "still_paused": left}


def _known(names: list[str], platform: str | None) -> None:
    if platform is not None and platform not in names:
        raise DeskError(f"no platform {platform!r} is on", f"there is {', '.join(names) or 'none yet'}")


def put_back(store: Store, desk: Desk, shunted_id: int) -> Json:
    """Put a mention that crashed triage back in the line. Raises DeskError."""
    with store.write() as connection:
        item = notices.shunted_item(connection, shunted_id)
        key = mentions.locate(connection, item.platform, item.mention_id)
        if item.stage != "route" or key is None:
            raise DeskError(
                f"item {shunted_id} could not be read when it came in",
                "mend it at its source: the next poll takes it in whole",
            )
        now = desk.clock()
        mentions.untried(connection, key)
        notices.resolve_shunted(connection, shunted_id, now)
        events.add(connection, "put_back", desk.by, now, mention_key=key)
    return {"id": shunted_id, "platform": item.platform, "mention_id": item.mention_id, "put_back": True}
