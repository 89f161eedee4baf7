"""Pause and resume sending, clear notices, and requeue or dismiss quarantined items."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.desk.approve import DeskContext, require_staff
from listener.desk.state_words import describe
from listener.desk.typed import require_storable
from listener.errors import DeskError
from listener.store import edits, events, items, mentions, notices, platforms, quarantine, replies, vacuum
from listener.store.engine import Store
from listener.store.operation_records import Quarantined
from listener.store.states import DECIDED_AGAIN

ALL = "*"
PAUSED = "paused"  # the kind of its notice


@dataclass(frozen=True, slots=True)
class PauseResult:
    """The platforms that are paused, since and until when, why and by whom."""

    paused: tuple[str, ...]
    since: datetime
    until: datetime | None
    reason: str | None
    by: str


@dataclass(frozen=True, slots=True)
class ResumeResult:
    """How many pauses ended, and the scopes (a platform's name, or *) that are still paused."""

    resumed: int
    still_paused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClearedNotice:
    """A notice that a person cleared."""

    id: int
    cleared: bool
    by: str


def pause(
    store: Store, desk: DeskContext, platform: str | None, span: timedelta | None, reason: str | None
) -> PauseResult:
    """Stop sending at once, on one platform or on all; anybody may. Raises DeskError."""
    require_storable(reason, "the reason")
    now = desk.clock()
    with store.write() as connection:
        names = _require_platforms(connection, platform)
        wanted = None if span is None else now + span
        pause = platforms.set_pause(connection, platform or ALL, now, wanted, reason, desk.by)
        where = f"on {platform}" if platform else "everywhere"
        message = f"sending is paused {where} by {pause.by}" + (f" until {pause.until:%FT%RZ}" if pause.until else "")
        message += f": {pause.reason}" if pause.reason else ""
        notices.open_notice(connection, PAUSED, platform or ALL, message, "`earshot resume` ends it", now)
        events.add(connection, "paused", desk.by, now, detail={"scope": platform or ALL, "reason": reason})
    paused = (platform,) if platform else tuple(names)
    return PauseResult(paused, pause.since, pause.until, pause.reason, pause.by)


def resume(store: Store, desk: DeskContext, platform: str | None) -> ResumeResult:
    """Send again: on one platform, or everywhere. Raises DeskError."""
    now = desk.clock()
    with store.write() as connection:
        require_staff(desk)
        names = _require_platforms(connection, platform)
        ended = platforms.lift_pause(connection, platform)
        for scope in [platform] if platform else [ALL, *names]:
            notices.clear(connection, PAUSED, scope, now)
        events.add(connection, "resumed", desk.by, now, detail={"scope": platform or ALL})
        left = tuple(pause.scope for pause in platforms.list_pauses(connection, now))
    return ResumeResult(ended, left)


def _require_platforms(connection: Connection, platform: str | None) -> list[str]:
    """Return the platforms that are on. Raises DeskError when this one is not among them."""
    names = [state.name for state in platforms.list_states(connection)]
    if platform is not None and platform not in names:
        raise DeskError(f"no platform {platform!r} is on", f"choose one of: {', '.join(names) or 'none yet'}")
    return names


def clear(store: Store, desk: DeskContext, notice_id: int) -> ClearedNotice:
    """Clear a notice that does not end by itself. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        notices.clear_by_hand(connection, notice_id, desk.by, desk.clock())
        events.add(connection, "cleared", desk.by, desk.clock(), detail={"notice": notice_id})
    return ClearedNotice(notice_id, cleared=True, by=desk.by)


def requeue(store: Store, desk: DeskContext, quarantine_id: int) -> Quarantined:
    """Put a mention that crashed triage back in the queue. Returns the item. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        item = notices.quarantined_item(connection, quarantine_id)
        key = mentions.locate(connection, item.platform, item.mention_id)
        if item.stage != "route" or key is None:
            raise DeskError(
                f"item {quarantine_id} could not be read when it came in",
                "correct it at its source, so that it is read again (in a file: append the corrected row)",
            )
        _require_decidable(connection, key)
        now = desk.clock()
        mentions.requeue_mention(connection, key)
        notices.resolve_quarantined(connection, quarantine_id, now)
        events.add(connection, "put_back", desk.by, now, mention_key=key)
    return item


def _require_decidable(connection: Connection, key: int) -> None:
    """Raise DeskError when the mention has a reply that could not follow a new decision: it is on its way.

    Of words that came after that reply staff are told, so those can be decided.
    """
    live = replies.find_live(connection, key)
    is_edited = edits.is_changed_under(items.item(connection, key=key))
    if live is not None and live.state not in DECIDED_AGAIN and not is_edited:
        raise DeskError(f"reply {live.id} to it {describe(live)}", f"`earshot show {live.id}`")


def dismiss(store: Store, desk: DeskContext, quarantine_id: int) -> Quarantined:
    """Dismiss a quarantined item and erase its raw text. Returns what is left of it. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        item = notices.quarantined_item(connection, quarantine_id)
        key, now = mentions.locate(connection, item.platform, item.mention_id), desk.clock()
        quarantine.dismiss(connection, quarantine_id, now)
        vacuum.request_cleaning(connection, now)
        events.add(connection, "dismissed", desk.by, now, mention_key=key, detail={"quarantine": quarantine_id})
    return replace(item, raw="")
