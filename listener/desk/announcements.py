"""Announcements at the desk: write, approve, cancel and settle what the brand posts of its own accord."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import holds
from listener.calendar import quiet_until
from listener.desk.approve import DeskContext, require_staff
from listener.desk.fitness import words_problem
from listener.desk.typed import require_storable
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.model import Preview
from listener.store import events, ledger, moves, notices, postings, rewards
from listener.store.engine import Store
from listener.store.postings import Announcement
from listener.store.records import CLEAR_HOLD, Event, Posting, ReplyChanges
from listener.store.states import WATCHED

SECOND_APPROVAL = "announcement"  # its name in `[staff] needs_second_approval`
Previews = Callable[[str, str], Preview]
"""(text, platform) -> the text as it will stand there. Raises DeskError where the platform takes no announcements."""


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """An announcement with all that happened to it. needed: platform -> how many approvals it still needs."""

    announcement: Announcement
    events: list[Event]
    needed: dict[str, int]


def add(store: Store, desk: DeskContext, shown: Previews, text: str, at: datetime, platforms: Sequence[str]) -> int:
    """Draft an announcement for these platforms. Returns its id. Raises DeskError."""
    words, names = _require_words(desk, shown, text, platforms), tuple(dict.fromkeys(platforms))
    _require_time(desk, at)
    with store.write() as connection:
        rewards.require_no_code(connection, words)
        _require_new(connection, words, at, names)
        return postings.add(connection, words, at, names, desk.by, desk.clock())


def edit(store: Store, desk: DeskContext, shown: Previews, number: int, text: str | None, at: datetime | None) -> None:
    """Change words or time of an announcement that is not out; it must be approved anew. Raises DeskError."""
    with store.write() as connection:
        seen = postings.get(connection, number)
        left = [item for item in seen.postings if item.state in postings.UNSENT]
        if not left:
            raise DeskError(f"announcement {number} is {_states(seen)}", "add a new one: `earshot announce add`")
        if text is not None and any(item.state in ("sending", "unconfirmed", "sent") for item in seen.postings):
            raise DeskError(f"announcement {number} is {_states(seen)}: its words stay", "cancel it, and add a new one")
        words = _require_words(desk, shown, text or seen.text, [item.platform for item in left])
        rewards.require_no_code(connection, words)
        moment = at or left[0].at
        _require_time(desk, moment)
        postings.change(connection, seen, words, moment, desk.by, desk.clock())


def approve(
    store: Store,
    desk: DeskContext,
    shown: Previews,
    number: int,
    *,
    despite_tragedy: bool = False,
    seen_as: Announcement | None = None,
) -> list[Posting]:
    """Approve an announcement on every platform where it is a draft. Returns these postings. Raises DeskError.

    seen_as: only while it is what was read.
    """
    require_staff(desk)
    with store.write() as connection:
        seen = postings.get(connection, number)
        if seen_as not in (None, seen):
            raise DeskError(f"announcement {number} was changed meanwhile", f"`{_show(number)}` shows it")
        drafts = [item for item in seen.postings if item.state == "drafted"]
        if not drafts:
            raise DeskError(f"announcement {number} is {_states(seen)}, not drafted", f"`{_show(number)}` shows it")
        if not despite_tragedy:
            _require_no_tragedy(connection, desk, number)
        for item in drafts:
            _approve(connection, desk, item, shown(seen.text, item.platform))
    fault_point("S0")
    return drafts


def _approve(connection: Connection, desk: DeskContext, item: Posting, preview: Preview) -> None:
    now = desk.clock()
    rewards.require_no_code(connection, preview.text)
    _require_approvable(item, now)
    given = events.list_valid_approvals(connection, item)
    if any(approval.by == desk.by for approval in given):
        what = f"{desk.by} has approved announcement {item.announcement_id} already"
        raise DeskError(what, "a second person must approve it too")
    detail = {"revision": item.revision, "text": preview.text}
    if SECOND_APPROVAL in desk.policy.needs_second_approval and not given:
        moves.update_fields(connection, item, "first_approval", desk.by, now, detail, error=None)
    else:
        changes: ReplyChanges = {"approved_by": desk.by, "approved_at": now, "attempts": 0, **CLEAR_HOLD}
        moves.transition(connection, item, "approved", by=desk.by, now=now, what="approved", detail=detail, **changes)
    events.record_approval(connection, item, desk.by, preview.text, now)


def _require_approvable(item: Posting, now: datetime) -> None:
    """Raise DeskError while its time is too far off, or when it is over."""
    number, at = item.announcement_id, f"{item.at:%d %b %H:%M} UTC"
    if now >= item.at + holds.MAX_LATENESS:
        do = f"give it another: `earshot announce edit {number} --at TIME`"
        raise DeskError(f"the time of announcement {number}, {at}, is over", do)
    first = item.at - holds.APPROVAL_LASTS
    if now < first:
        what = f"announcement {number} goes out on {at}, and an approval lasts 24 hours"
        raise DeskError(what, f"approve it from {first:%d %b %H:%M} UTC on")


def _require_no_tragedy(connection: Connection, desk: DeskContext, number: int) -> None:
    now = desk.clock()
    if hold := holds.tragedy(connection, desk.policy, now, now - holds.APPROVAL_LASTS):
        do = f"read them (`earshot queue`); then `earshot announce approve {number} --despite-tragedy`"
        raise DeskError(hold.message, do)


def undo(store: Store, desk: DeskContext, number: int) -> Announcement:
    """Take the approvals of an announcement back wherever it is not out; also the first of two.

    Returns it as it is then: it may be out elsewhere. Raises DeskError where there is none to take back.
    """
    require_staff(desk)
    with store.write() as connection:
        seen = postings.get(connection, number)
        not_out = [item for item in seen.postings if item.state in WATCHED]
        approved = [item for item in not_out if events.list_valid_approvals(connection, item)]
        if not approved:
            raise DeskError(f"announcement {number} is {_states(seen)}", "there is no approval to undo")
        for item in approved:
            now, changes = desk.clock(), moves.UNAPPROVED
            moves.transition(connection, item, "drafted", by=desk.by, now=now, what="approval_revoked", **changes)
        return postings.get(connection, number)


def cancel(store: Store, desk: DeskContext, number: int, reason: str) -> list[Posting]:
    """Cancel an announcement wherever it is not out. Returns these postings. Raises DeskError."""
    require_staff(desk)
    require_storable(reason, "the reason")
    with store.write() as connection:
        seen = postings.get(connection, number)
        left = [item for item in seen.postings if item.state in postings.UNSENT]
        if not left:
            do = "what is out can only be deleted on the platform"
            raise DeskError(f"announcement {number} is {_states(seen)}, so there is nothing to cancel", do)
        ended: ReplyChanges = {"closed_as": "cancelled", "reason": reason, **CLEAR_HOLD}
        detail = {"message": reason} if reason else None
        for item in left:
            now = desk.clock()
            moves.transition(connection, item, "closed", by=desk.by, now=now, what="cancelled", detail=detail, **ended)
    return left


def resolve(store: Store, desk: DeskContext, number: int, platform: str, remote_id: str | None) -> None:
    """Settle a posting that is unconfirmed, failed or to be posted by hand: posted as remote_id, or (None) not.

    What was not posted is approved again when it was unconfirmed. Raises DeskError.
    """
    require_staff(desk)
    require_storable(remote_id, "the id of the post")
    with store.write() as connection:
        item = _require_posting(connection, number, platform)
        now, states = desk.clock(), ("unconfirmed",) if remote_id is None else ("unconfirmed", "by_hand")
        if item.state not in states:
            what = f"announcement {number} on {platform} is {item.state}, not {' or '.join(states)}"
            raise DeskError(what, f"`{_show(number)}` shows it")
        notices.clear(connection, "unconfirmed", platform, now, subject=f"announcement {number}")
        to, detail = ("approved", "not posted") if remote_id is None else ("sent", f"posted as {remote_id}")
        changes: ReplyChanges = {"check_count": 0, "attempts": 0, "trouble_count": 0, **CLEAR_HOLD}
        if remote_id is None:
            ledger.cancel(connection, platform, item.prepared_key)
        else:
            changes = {"sent_at": item.sending_at or now, "remote_id": remote_id, **CLEAR_HOLD}
        message = {"message": detail}
        moves.transition(connection, item, to, by=desk.by, now=now, what="resolved", detail=message, **changes)


def page(store: Store, desk: DeskContext, number: int) -> AnnouncementPage:
    """Read an announcement with its events. Raises DeskError."""
    is_double = SECOND_APPROVAL in desk.policy.needs_second_approval
    with store.read() as connection:
        seen = postings.get(connection, number)
        drafts = [item for item in seen.postings if item.state == "drafted"]
        given = {item.platform: len(events.list_valid_approvals(connection, item)) for item in drafts}
        happened = events.list_of_posting(connection, [item.id for item in seen.postings])
    return AnnouncementPage(seen, happened, {name: 1 + is_double - count for name, count in given.items()})


def _require_posting(connection: Connection, number: int, platform: str) -> Posting:
    seen = postings.get(connection, number)
    for item in seen.postings:
        if item.platform == platform:
            return item
    names = ", ".join(item.platform for item in seen.postings)
    raise DeskError(f"announcement {number} is not for {platform}", f"it is for {names}")


def _require_words(desk: DeskContext, shown: Previews, text: str, platforms: Sequence[str]) -> str:
    """Return the text as it is kept. Raises DeskError for one that must not be posted."""
    require_staff(desk)
    words = text.replace("\r\n", "\n").strip()
    require_storable(words, "the text")
    if not words:
        raise DeskError("the announcement has no text", "write what is to be posted")
    for name in platforms:
        problem = words_problem(desk.policy, name, words, shown(words, name))
        if problem is not None:
            raise DeskError(*problem)
    return words


def _require_time(desk: DeskContext, at: datetime) -> None:
    if at + holds.MAX_LATENESS <= desk.clock():
        raise DeskError(f"{at:%d %b %H:%M} UTC is over", "give --at a time to come")
    if end := quiet_until(desk.policy, at):
        what = f"{at:%d %b %H:%M} UTC lies in the quiet hours of policy.toml"
        raise DeskError(what, f"choose a time from {end:%d %b %H:%M} UTC on")


def _require_new(connection: Connection, text: str, at: datetime, platforms: Sequence[str]) -> None:
    """Raise DeskError when these words go out there within a day anyway: a second post is surely a slip."""
    for item in postings.list_alike(connection, text, platforms):
        if abs(item.at - at) < holds.APPROVAL_LASTS:
            what = f"announcement {item.announcement_id} says the same on {item.platform} ({item.at:%d %b %H:%M} UTC)"
            raise DeskError(what, "change the words, or cancel it")


def _states(seen: Announcement) -> str:
    return ", ".join(f"{item.closed_as or item.state} on {item.platform}" for item in seen.postings)


def _show(number: int) -> str:
    return f"earshot announce show {number}"
