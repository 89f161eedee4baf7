"""Undo the last act of a session, of any kind, or say which act cannot be undone and why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from listener.cli.review.meanwhile import describe_last_act
from listener.desk import announcements, applause, marks, offers, transitions
from listener.desk.approve import DeskContext
from listener.desk.state_words import describe
from listener.errors import DeskError
from listener.store import acts, items, replies
from listener.store.records import Reply
from listener.store.states import UNDER_WAY

if TYPE_CHECKING:
    from listener.store.engine import Store

NOT_UNDONE = (*UNDER_WAY, "sent")  # where an announcement is, or may be, although its approval was taken back elsewhere
FEW = 3  # undone acts that are reported one by one


@dataclass(frozen=True, slots=True)
class Act:
    """Something done in this session: the word of its key, and the reply before and after it."""

    name: str
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an announcement in this session: approve or cancel."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an undo. reply_id None: of an announcement; is_done False: the message says why the act stands."""

    reply_id: int | None
    message: str
    is_done: bool


class History:
    """The acts of a session that changed something, newest last; those of one key are one group."""

    def __init__(self, store: "Store", desk: DeskContext) -> None:
        self._store, self._desk = store, desk
        self._groups: list[list[Act | Decision]] = []

    def read(self, reply_ids: Sequence[int]) -> list[Reply]:
        """Read the replies as they are now. Raises DeskError."""
        with self._store.read() as connection:
            return [replies.get(connection, reply_id) for reply_id in reply_ids]

    def add(self, name: str, before: Sequence[Reply]) -> None:
        """Record an act on these replies, as they were before it."""
        pairs = zip(before, self.read([reply.id for reply in before]), strict=True)
        group: list[Act | Decision] = [
            Act(name, *pair) for pair in pairs if name in INVISIBLE or _traits(pair[0]) != _traits(pair[1])
        ]
        self._groups += [group] * bool(group)

    def add_decision(self, name: str, number: int) -> None:
        """Record what was decided on an announcement."""
        self._groups.append([Decision(name, number)])

    def undo_last(self) -> list[Undone]:
        """Undo the last act (a batch is one). Raises DeskError when there is none, StoreError to try again."""
        if not self._groups:
            raise DeskError("nothing to undo in this session", "`earshot undo ID` undoes any approval")
        undone = [self._undo(act) for act in self._groups[-1]]
        self._groups.pop()
        return undone

    def undo_approvals(self) -> list[Undone]:
        """Undo every approval of this session, newest first. Raises DeskError when there is none."""
        groups = [group for group in self._groups if group[0].name == "approve"]
        if not groups:
            raise DeskError("no approval to undo in this session", "`earshot undo ID` undoes any approval")
        undone = [self._undo(act) for group in reversed(groups) for act in group]
        self._groups = [group for group in self._groups if group not in groups]
        return undone

    def _undo(self, act: Act | Decision) -> Undone:
        return self._undo_decision(act) if isinstance(act, Decision) else self._undo_act(act)

    def _undo_decision(self, decision: Decision) -> Undone:
        name = f"Announcement {decision.number}"
        if decision.name != "approve":
            why = "it is cancelled; `earshot announce add` writes a new one"
            return Undone(None, f"{name}: {decision.name} not undone: {why}", False)
        try:
            seen = announcements.undo(self._store, self._desk, decision.number)
        except DeskError as error:
            return Undone(None, f"{name}: {decision.name} not undone: {error}", False)
        others = [f"{item.state} on {item.platform}" for item in seen.postings if item.state in NOT_UNDONE]
        rest = f", but it is {', '.join(others)}" if others else ""
        return Undone(None, f"{name}: approval undone{rest}", True)

    def _undo_act(self, act: Act) -> Undone:
        number = act.before.id
        try:
            if act.name not in ("approve", "applaud"):
                self._require_unchanged(act)
            message = UNDO[act.name](self._store, self._desk, act)
        except DeskError as error:
            return Undone(number, f"Reply {number}: {act.name} not undone: {error}", False)
        return Undone(number, f"Reply {number}: {message}", True)

    def _require_unchanged(self, act: Act) -> None:
        (now,) = self.read([act.after.id])
        if _traits(now) != _traits(act.after):
            with self._store.read() as connection:
                last = describe_last_act(connection, now, self._desk.by)
            if last.startswith("you "):
                raise DeskError(f"{last} it already")
            raise DeskError(f"{last} it (it {describe(now)})", "check it and decide again")


def summary(undone: Sequence[Undone]) -> list[str]:
    """Report each, or many in numbers."""
    if len(undone) <= FEW:
        return [result.message for result in undone]
    late = sum(not result.is_done for result in undone)
    return [f"{len(undone) - late} approvals undone", *[f"{late} too late to undo: being sent"] * bool(late)]


def _traits(reply: Reply) -> tuple[object, ...]:
    return reply.state, reply.revision, reply.closed_as, reply.assigned_to, reply.snoozed_until


def _approval(store: "Store", desk: DeskContext, act: Act) -> str:
    try:
        transitions.undo(store, desk, act.before.id)
    except DeskError as error:
        raise DeskError("too late", str(error)) from error
    return "approval undone"


def _ending(store: "Store", desk: DeskContext, act: Act) -> str:
    transitions.reopen(store, desk, act.before.id)
    return "reopened; approve it to send" if act.before.text else "reopened"


def _text(store: "Store", desk: DeskContext, act: Act) -> str:
    before = act.before
    if before.text is None:
        transitions.escalate(store, desk, before.id)
        return "escalated again, without a draft"
    transitions.edit(store, desk, before.id, before.text, before.kind, act.after.revision)
    return "text restored; approve it to send"


def _assignment(store: "Store", desk: DeskContext, act: Act) -> str:
    marks.assign(store, desk, act.before.id, act.before.assigned_to, is_new=True)
    return f"assigned to {act.before.assigned_to or 'nobody'} again"


def _snooze(store: "Store", desk: DeskContext, act: Act) -> str:
    left = (act.before.snoozed_until or desk.clock()) - desk.clock()
    marks.snooze(store, desk, act.before.id, max(left, timedelta(0)))
    return "no longer snoozed" if left <= timedelta(0) else "snoozed as before"


def _settlement(store: "Store", desk: DeskContext, act: Act) -> str:
    if act.after.state != "approved":
        raise DeskError("it counts as sent", "check the post on the platform")
    return _approval(store, desk, act)


def _applause(store: "Store", desk: DeskContext, act: Act) -> str:
    """Withdraw the newest act of this person on the mention, whatever became of it: an older one stands."""
    with store.read() as connection:
        item = items.item(connection, reply_id=act.before.id)
        chosen = acts.list_of_mention(connection, item.key)
    own = [kept for kept in chosen if kept.approved_at and kept.approved_by == desk.by and kept.state != "closed"]
    what = max(own, key=lambda kept: (kept.approved_at, kept.id)).what if own else ""
    applause.withdraw(store, desk, (item.mention.platform, item.mention.id), [what])
    return f"{what} withdrawn"


def _offer(store: "Store", desk: DeskContext, act: Act) -> str:
    if len(act.after.text or "") < len(act.before.text or ""):
        raise DeskError("its coupon was taken out", "o gives another one")
    offers.drop(store, desk, act.before.id)
    return "coupon taken out"


def _never(what: str, do: str) -> Callable[["Store", DeskContext, Act], str]:
    def refuse(store: "Store", desk: DeskContext, act: Act) -> str:
        raise DeskError(what, do)

    return refuse


INVISIBLE = ("approve", "applaud", "note", "note reply")  # acts that may leave the columns of the reply as they were
UNDO: dict[str, Callable[["Store", DeskContext, Act], str]] = {
    "approve": _approval,
    "applaud": _applause,
    "reject": _ending,
    "close": _ending,
    "edit": _text,
    "variant": _text,
    "fact": _text,
    "escalate": _text,
    "give": _assignment,
    "snooze": _snooze,
    "offer": _offer,
    "settle": _settlement,
    "note": _never("notes are kept", "add another one"),
    "note reply": _never("notes are kept", "add another one"),
    "by hand": _never("it counts as posted", "delete the post on the platform if it is wrong"),
    "retry": _never("the failed attempt is over", "approve, edit or reject the draft"),
    "reopen": _never("it waits in the queue", "reject or close it"),
}
