"""Applause at the desk: what praise is worth it, choose an act, note it as done by hand, or withdraw it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from listener import praising
from listener.club.praise import MIN_SCORE, describe, list_acts
from listener.club_rules import ACTS, Club
from listener.desk import roles
from listener.desk.approve import NO_DELAY, DeskContext, hold_for_undo, require_staff
from listener.desk.praise_views import ActView, ApplausePage, Suggestion
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.store import acts, items, mentions, moves, notices
from listener.store.engine import Store
from listener.store.queued import QueuedAct
from listener.store.records import CLEAR_HOLD, Act, Exchange, ReplyChanges

SEARCHED = 500  # of the newest praise: a bound, however much there is
MentionRef = tuple[str, str]  # platform, id
SHOWN_ROLES = ("advocate", "regular", "trendsetter", "critic")  # whose praise is worth knowing about
Way = Mapping[str, str]
"""State -> the next one, up to the end of the way."""
AGAIN: Way = {"closed": "drafted", "failed": "drafted"}
TO_GO: Way = {**AGAIN, "drafted": "approved", "unconfirmed": "approved"}  # the platform's API does it
BY_HAND: Way = {**AGAIN, "drafted": "by_hand"}  # a person is to do it
DONE: Way = {**BY_HAND, "approved": "by_hand", "by_hand": "sent", "unconfirmed": "sent"}  # a person has done it


def read_page(store: Store, desk: DeskContext, limit: int | None) -> ApplausePage:
    """Read what is worth applause, and what waits. Raises DeskError where applause is off."""
    club, now = desk.policy.club, desk.clock()
    if club.applause is None:
        raise DeskError(*praising.OFF.split("; "))
    with store.read() as connection:
        since = now - timedelta(days=club.applause.days)
        keys = acts.list_praise(connection, since, MIN_SCORE, SEARCHED)
        suggestions = tuple(islice(_suggest(connection, club, keys, now), limit))
        return ApplausePage(suggestions, tuple(map(view, acts.list_waiting(connection))))


def _suggest(connection: Connection, club: Club, keys: Sequence[int], now: datetime) -> Iterator[Suggestion]:
    for key in keys:
        item = items.item(connection, key=key)
        if praising.find_refusal(connection, club, item, now) is None:
            yield _make_suggestion(connection, item, now)


def _make_suggestion(connection: Connection, item: Exchange, now: datetime) -> Suggestion:
    mention, praise = item.mention, praising.read(connection, item, now)
    known = roles.of_person(connection, (mention.platform, mention.author_id), now)
    who = [f"{role.name}: {role.message}" for role in known if role.name in SHOWN_ROLES]
    author = mention.author_handle or mention.author_name or mention.author_id
    message = "; ".join((describe(praise), *who))
    return Suggestion(mention.platform, mention.id, author, mention.text, mention.url, list_acts(praise), message)


def suggest_acts(connection: Connection, club: Club, item: Exchange, now: datetime) -> tuple[str, ...]:
    """Return which acts fit a mention and were not chosen yet; none where applause is off or it must not be."""
    if praising.find_refusal(connection, club, item, now) is not None:
        return ()
    chosen = {kept.what for kept in acts.list_of_mention(connection, item.key) if kept.state != "closed"}
    return tuple(what for what in list_acts(praising.read(connection, item, now)) if what not in chosen)


def list_views(connection: Connection, item: Exchange) -> tuple[ActView, ...]:
    """List the acts on a mention."""
    return tuple(_view(item, kept) for kept in acts.list_of_mention(connection, item.key))


def view(item: QueuedAct) -> ActView:
    """Return what staff see of an act."""
    return _view(item, item.act)


def _view(item: Exchange, kept: Act) -> ActView:
    by, until = kept.approved_by, kept.not_before if kept.state == "approved" else None
    where = (item.mention.platform, item.mention.id, kept.what, kept.state)
    return ActView(*where, by, kept.changed_at, until, kept.hold, item.mention.url, kept.error, kept.reason)


def applaud(
    store: Store,
    desk: DeskContext,
    post: MentionRef,
    kinds: Sequence[str],
    *,
    is_done: bool = False,
    wait: timedelta = NO_DELAY,
) -> list[ActView]:
    """Choose acts on a mention; is_done: a person has done them. Returns where they stand. Raises DeskError.

    wait: before the platform is asked, so that it can be withdrawn.
    """
    with store.write() as connection:
        require_staff(desk)
        item = _require_mention(connection, post)
        for what in kinds:
            _choose(connection, desk, item, what, is_done, wait)
        chosen = [shown for shown in list_views(connection, item) if shown.what in kinds]
    fault_point("S0")
    return chosen


def _require_mention(connection: Connection, post: MentionRef) -> Exchange:
    key = mentions.locate(connection, *post)
    if key is None:
        raise DeskError(f"there is no mention {':'.join(post)}", "`earshot applaud` lists what is worth it")
    return items.item(connection, key=key)


def _choose(
    connection: Connection, desk: DeskContext, item: Exchange, what: str, is_done: bool, wait: timedelta
) -> None:
    kept, now = acts.find(connection, item.key, what), desk.clock()
    if kept is None or kept.state in ("closed", "failed"):
        _require_praise(connection, desk, item)
    kept = kept or acts.add(connection, item.key, what, now)
    can_go = what in desk.acts_of(item.mention.platform) or kept.state == "unconfirmed"
    way = DONE if is_done else TO_GO if can_go else BY_HAND
    if kept.state not in way:
        raise DeskError(*_explain(item, kept))
    notices.clear(connection, "unconfirmed", item.mention.platform, now, subject=f"{what} {kept.id}")
    while state := way.get(kept.state):
        kept = _move(connection, desk, kept, state, wait)


def _require_praise(connection: Connection, desk: DeskContext, item: Exchange) -> None:
    if refusal := praising.find_refusal(connection, desk.policy.club, item, desk.clock()):
        raise DeskError(f"{item.mention.platform}:{item.mention.id} is not applauded: {refusal}", "nothing was changed")


def _move(connection: Connection, desk: DeskContext, kept: Act, state: str, wait: timedelta) -> Act:
    now = desk.clock()
    changes: ReplyChanges = {"closed_as": None, "reason": None, **CLEAR_HOLD}
    if state in ("approved", "by_hand"):
        changes |= {"approved_by": desk.by, "approved_at": now, "attempts": 0, "check_count": 0, "trouble_count": 0}
    if state == "approved":
        changes |= hold_for_undo(now, wait)
    if state == "sent":
        changes |= {"sent_at": kept.sending_at or now, "approved_by": kept.approved_by or desk.by}
    what = "done_by_hand" if state == "sent" else state
    if not moves.transition(connection, kept, state, by=desk.by, now=now, what=what, **changes):
        raise DeskError(f"someone else changed the {kept.what}", "`earshot applaud` shows it")
    return moves.read_again(connection, kept)


def _explain(item: Exchange, kept: Act) -> tuple[str, str]:
    """Return why an act cannot be chosen, and what to do."""
    command = f"earshot applaud {item.mention.platform}:{item.mention.id}"
    if kept.state == "by_hand":
        where = item.mention.url or "the platform"
        return f"the {kept.what} is to be done by hand at {where}", f"then run `{command} --{kept.what} --by-hand`"
    words = {"sent": "is done already", "approved": "waits to be done", "sending": "is being done"}
    return f"the {kept.what} {words.get(kept.state, kept.state)}", f"`earshot show {command.split()[-1]}` shows it"


def withdraw(store: Store, desk: DeskContext, post: MentionRef, kinds: Sequence[str] = ACTS) -> list[ActView]:
    """Withdraw the acts on a mention that are not done. Returns them. Raises DeskError where there are none."""
    with store.write() as connection:
        require_staff(desk)
        item, now = _require_mention(connection, post), desk.clock()
        chosen = [kept for kept in acts.list_of_mention(connection, item.key) if kept.what in kinds]
        open_ = [kept for kept in chosen if kept.state in acts.WITHDRAWABLE]
        if not open_:
            raise DeskError(f"nothing waits on {':'.join(post)}", "what is done can only be undone on the platform")
        for kept in open_:
            acts.withdraw(connection, kept, f"withdrawn by {desk.by}", desk.by, now)
        names = {kept.what for kept in open_}
        return [shown for shown in list_views(connection, item) if shown.what in names]
