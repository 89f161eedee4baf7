"""One person's sitting at the queue: what is looked at, the lease taken for it, and what can still be taken back.

It decides nothing: every move is one of the desk's. Both the whole screen and --plain sit on it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any

from listener.cli import context, render
from listener.desk import marks, queue, transitions
from listener.desk.approve import ApprovalResult, Target, approve, text_problem
from listener.desk.queue import ItemRef, QueueFilter, QueueTotals
from listener.errors import DeskError, EarshotError, StoreError
from listener.model import Json, Mention
from listener.store import events, items, replies
from listener.store.states import QUEUED

if TYPE_CHECKING:
    from listener.settings import Settings
    from listener.store.engine import Store

SHOWN = 200  # lines of the queue at hand; the next ones come as these are done
FEW = 3  # approvals taken back at once that are told one by one
LONGEST = 200  # characters of a search
RETRY = timedelta(seconds=20)  # until a renewal that failed is tried again: each try may take seconds
REASONS = 9  # as many as there are digits to pick one
LOOK_AGAIN = ("edited", "gone", "opted_out")  # warnings that one keystroke must not pass over


@dataclass(frozen=True, slots=True)
class Lease:
    """On what is open: until when, when it was last taken or tried, and whether it was taken here."""

    reply_id: int
    until: datetime | None
    tried: datetime
    ours: bool


class Session:
    """A context manager: whoever leaves gives their lease back."""

    def __init__(
        self,
        store: "Store",
        config: "Settings",
        name: str | None,
        clock: Callable[[], datetime] = context.now,
    ) -> None:
        self.store, self.config, self.name = store, config, name
        self.desk = replace(context.desk(config, name), clock=clock)
        self.page, self.filter = QueueFilter(limit=SHOWN), ""
        self._lease: Lease | None = None
        self.trouble = ""  # why the lease was not renewed
        self._approved: list[list[int]] = []

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()

    @property
    def by(self) -> str:
        """Who sits here."""
        return self.desk.by

    def stamp(self) -> int:
        """It stays the same while nothing happens."""
        with self.store.read() as connection:
            return events.newest(connection)

    def lines(self) -> tuple[list[Json], QueueTotals]:
        """The part of the queue that the filter asks for, due first."""
        return queue.listing(self.store, self._view(), self.page)

    def show(self, reply_id: int) -> Json:
        """Everything about one reply. Raises DeskError."""
        return queue.show(self.store, self._view(), ItemRef(reply_id))

    def _view(self) -> queue.RenderContext:
        return replace(context.view(self.config, self.store, self.name), now=self.desk.clock())

    def look_for(self, words: str) -> None:
        """Narrow the queue to what holds these words; none: all of it."""
        self.page = replace(self.page, words=words.strip()[:LONGEST] or None)

    def person(self, one: Json) -> str:
        """Who wrote, as the desk finds persons."""
        return f"{one['platform']}:{one['mention']['author']['id']}"

    def narrow(self, name: str, **changes: Any) -> None:
        """Show another part of the queue; without changes all of it, whatever was searched."""
        words = self.page.words if changes else None
        self.page, self.filter = QueueFilter(limit=SHOWN, words=words, **changes), name if changes else ""

    def take(self, one: Json) -> str:
        """Take the lease on what was opened, and give back the one before. Returns who has it, if somebody else."""
        if self._lease is not None and self._lease.reply_id != one["id"]:
            self.leave()
        if one["claimed_by"] not in (None, self.by):
            return f"{one['claimed_by']} works on {one['id']} until {render.moment(one['claimed_until'])}"
        if self._lease is None and one["state"] in QUEUED:
            self._lease = self._claimed(one["id"], ours=one["claimed_by"] is None)
        return ""

    def _claimed(self, reply_id: int, *, ours: bool) -> Lease:
        marks.claim(self.store, self.desk, reply_id)
        return Lease(reply_id, self._until(reply_id), self.desk.clock(), ours)

    def _until(self, reply_id: int) -> datetime | None:
        with self.store.read() as connection:
            return replies.get(connection, reply_id).claimed_until

    def keep(self) -> None:
        """Somebody is at work: renew the lease when a third of it has passed. Raises StoreError, and tries later."""
        lease, now = self._lease, self.desk.clock()
        if lease is None or now - lease.tried < self.desk.policy.limits.claim_lease / 3:
            return
        self._lease = replace(lease, tried=now - self.desk.policy.limits.claim_lease / 3 + RETRY)
        self.trouble = ""
        try:
            alone = self._until(lease.reply_id) in (lease.until, None)  # no other sitting of this name is at it
            self._lease = self._claimed(lease.reply_id, ours=lease.ours and alone)
        except StoreError as error:
            self.trouble = str(error)
            raise
        except DeskError:  # it has moved on, or is somebody else's by now: the next move will tell
            return

    def leave(self) -> None:
        """Give the lease back that was taken here, unless somebody of this name renewed it: that one runs out."""
        lease, self._lease = self._lease, None
        with suppress(StoreError):  # it ends by itself
            if lease is not None and lease.ours and self._until(lease.reply_id) == lease.until:
                marks.release_quietly(self.store, self.desk, lease.reply_id)

    def doubts(self, one: Json) -> list[str]:
        """What asks for a second look before an approval."""
        return [each["message"] for each in one["warnings"] if each["name"] in LOOK_AGAIN]

    def approve(self, one: Json) -> str:
        """Approve what was shown, in the very revision that was; it waits `undo_seconds`. Raises DeskError."""
        (done,) = self._approve([one])
        if not done.ok:
            raise DeskError(f"{one['id']} is not approved: {done.error}")
        return self._told(one["id"])

    def approve_batch(self, shown: Sequence[Json]) -> list[str]:
        """Approve many that were shown together; told in numbers, and each that failed."""
        done = self._approve(shown)
        failed = [f"{one.reply_id}: {one.error}" for one in done if not one.ok]
        states = [self._state(one.reply_id) for one in done if one.ok]
        half, by_hand = states.count("drafted"), states.count("by_hand")
        complete = f"{len(states) - half} of {len(shown)} approved; u takes them back"
        more = [f"{half} have your approval; a second name must approve them too"] * bool(half)
        return [complete, *more, *[f"{by_hand} to be posted by hand: b shows each"] * bool(by_hand), *failed]

    def _state(self, reply_id: int) -> str:
        with self.store.read() as connection:
            return replies.get(connection, reply_id).state

    def _approve(self, shown: Sequence[Json]) -> list[ApprovalResult]:
        targets = [Target(one["id"], one["revision"]) for one in shown]
        done = approve(self.store, self.desk, targets, self.desk.policy.undo)
        if given := [one.reply_id for one in done if one.ok]:
            self._approved.append(given)
        return done

    def _told(self, reply_id: int) -> str:
        state = self._state(reply_id)
        if state == "drafted":
            return f"{reply_id} has your approval; a second name must approve it too"
        if state == "by_hand":
            return f"{reply_id} is approved, to be posted by hand: b shows text and link"
        seconds = self.desk.policy.undo.total_seconds()
        return f"{reply_id} is approved; u takes it back {f'for {seconds:.0f} s' if seconds else 'until it is sent'}"

    def undo(self, *, all_of_them: bool = False) -> dict[int, str]:
        """Take back the last approval given here (a batch is one), or all that have not gone out: id -> what to tell.

        Raises DeskError when nothing was approved here.
        """
        if not self._approved:
            raise DeskError("nothing was approved here", "`earshot undo ID` takes back any approval")
        groups = [self._approved.pop() for _ in range(len(self._approved) if all_of_them else 1)]
        return {reply_id: self._undo(reply_id) for group in groups for reply_id in group}

    @staticmethod
    def undo_summary(undone: Mapping[int, str]) -> list[str]:
        """What to tell of them: each, or many in numbers."""
        if len(undone) <= FEW:
            return list(undone.values())
        late = sum(one.startswith("too late") for one in undone.values())
        return [f"{len(undone) - late} taken back", *[f"{late} too late: they are on their way"] * bool(late)]

    def _undo(self, reply_id: int) -> str:
        try:
            transitions.undo(self.store, self.desk, reply_id)
        except EarshotError as error:
            return f"too late: {error}"
        return f"{reply_id} is taken back"

    def text_of(self, reply_id: int) -> tuple[str, Mention]:
        """The text as it is edited, without the platform's prefix and the signature; and what it answers."""
        present = transitions.editable(self.store, self.desk, reply_id)
        with self.store.read() as connection:
            return present.text or "", items.item(connection, reply_id=reply_id).mention

    def measure(self, text: str, mention: Mention) -> tuple[str, str]:
        """How a text will stand: `142 of 280`, and what is wrong with it (nothing: "")."""
        words = self.desk.signed(text.strip()) if text.strip() else ""
        shown = self.desk.preview(words, mention)
        wrong = (
            text_problem(self.desk.policy, mention, words, shown) if words else ("the reply has no text", "write one")
        )
        return f"{shown.length} of {shown.limit}", "; ".join(wrong) if wrong else ""

    def write(self, one: Json, text: str, kind: str | None = None) -> str:
        """Put an edited text in the place of the one that was shown."""
        transitions.edit(self.store, self.desk, one["id"], text, kind, one["revision"])
        return f"{one['id']} has a new text: it waits to be approved"

    def saved(self, kind: str | None) -> Sequence[tuple[str, str]]:
        """The saved texts for a kind of reply: name and text."""
        from listener.wording import saved

        return [(one.variant, one.text) for one in saved(self.desk.policy, kind, self.by)]

    def reasons(self, closed_as: str) -> list[str]:
        """Why replies were ended lately."""
        with self.store.read() as connection:
            return replies.reasons(connection, closed_as, REASONS)
