"""The list of a review: which part of the queue is shown, which reply is open, what is marked. It draws nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from listener.cli import context, render
from listener.cli.review.meanwhile import describe_change
from listener.desk import queue, showing
from listener.desk.coupon_views import GIVABLE
from listener.desk.queue import QueueFilter, QueueTotals
from listener.desk.views import ReplyDetail, ReplyView, WarningView
from listener.errors import DeskError
from listener.store.states import WAITING

if TYPE_CHECKING:
    from listener.settings import Settings
    from listener.store.engine import Store

PAGE_SIZE = 200  # lines of the queue at hand; the next ones come as these are done
MAX_SEARCH = 200  # characters
RELOAD_EVERY = 15  # polls after which the list is read again: claims and snoozes end without an event
NEEDS_CHECK = ("edited", "gone", "opted_out")  # warnings that one keystroke must not pass


class Listing:
    """The queue as one person sees it, and the reply under the cursor."""

    def __init__(
        self, store: "Store", config: "Settings", name: str | None, clock: Callable[[], datetime] = context.now
    ) -> None:
        self.store, self.config, self.name = store, config, name
        self.desk = replace(context.desk(config, name), clock=clock)
        self.filter, self.filter_name = QueueFilter(limit=PAGE_SIZE), ""
        self.lines: Sequence[ReplyView] = ()
        self.totals = QueueTotals({}, 0, 0, None)
        self.at = 0  # the selected line
        self.selected: ReplyDetail | None = None
        self.kept: int | None = None  # stays listed though it is settled: its change has to be seen
        self.marked: set[int] = set()
        self.notices: tuple[str, ...] = ()  # warnings that several listed replies share
        self.changed = ""  # what changed while it was on screen
        self._doubts_shown: frozenset[str] = frozenset()  # the next approval means it in spite of them
        self._stamp: object = None  # the newest event and claim that are shown
        self._polls = 0

    @property
    def by(self) -> str:
        """Who reviews."""
        return self.desk.by

    def _context(self) -> showing.RenderContext:
        return replace(context.view(self.config, self.store, self.name), now=self.desk.clock())

    def show(self, reply_id: int) -> ReplyDetail:
        """Read everything about one reply. Raises DeskError."""
        return queue.show(self.store, self._context(), reply_id)

    def reload(self) -> None:
        """Read the list again; marks of what has left it go."""
        lines, self.totals = queue.listing(self.store, self._context(), self.filter)
        if self.kept is not None and all(line.id != self.kept for line in lines):
            lines = [*lines[: self.at], self.show(self.kept), *lines[self.at :]]
        self.lines = lines
        self.marked &= {line.reply_id for line in self.lines}
        self.notices = render.shared_warnings(self.lines)

    def refresh(self, *, advance: bool = False) -> None:
        """Read the list and the open reply again. The cursor stays on its reply, or on what follows if that is gone.

        advance: go on to the next reply that no colleague works on.
        """
        self.reload()
        ids = [line.id for line in self.lines]
        current = self.kept or (self.selected.id if self.selected else None)
        if current in ids:
            self.at = ids.index(current) + advance
        if advance:
            free = (at for at in range(self.at, len(ids)) if self.lines[at].claimed_by in (None, self.by))
            self.at = next(free, self.at)
        self.open()

    def open(self) -> None:
        """Show the reply under the cursor. A text that changed meanwhile needs a second look. Raises DeskError."""
        self.at = max(0, min(self.at, len(self.lines) - 1))
        before, self.selected = self.selected, self.show(self.lines[self.at].reply_id) if self.lines else None
        if self.selected is None:
            return
        self.kept = self.kept if self.kept == self.selected.id else None
        if before is None or before.id != self.selected.id:
            self.changed, self._doubts_shown = "", frozenset()
        elif before.revision != self.selected.revision:
            is_edited = before.mention.edits != self.selected.mention.edits
            what = "the author edited the mention" if is_edited else "the text changed"
            self.changed, self._doubts_shown = f"{what} while you were reading", frozenset()

    def go_to(self, wanted: Collection[int]) -> None:
        """Open the first of these replies that is in the list."""
        self.at = next((at for at, line in enumerate(self.lines) if line.id in wanted), self.at)
        self.open()

    def poll(self) -> str | None:
        """Refresh if something may have happened. Returns None if nothing has, else what to report ("": nothing)."""
        stamp = queue.stamp(self.store)
        self._polls += 1
        if stamp == self._stamp and self._polls % RELOAD_EVERY:
            return None
        before, self._stamp = self.selected, stamp
        self.refresh()
        if before is None or self.selected is None or before.id == self.selected.id:
            return ""
        with self.store.read() as connection:
            change = describe_change(connection, before, self.by)
        self.changed = f"{change}. This is reply {self.selected.id}"
        return self.changed

    def total(self) -> int:
        """Count what the filter shows, also beyond the page."""
        if len(self.lines) < PAGE_SIZE:
            return len(self.lines)
        if self.filter == QueueFilter(limit=PAGE_SIZE):
            return count_waiting(self.totals)
        return len(queue.listing(self.store, self._context(), replace(self.filter, limit=None))[0])

    def personal(self, reply: ReplyDetail) -> ReplyDetail:
        """Return the reply as this person needs to see it: without their own claim and the shared notices."""
        claimed_by = None if reply.claimed_by == self.by else reply.claimed_by
        return replace(reply, claimed_by=claimed_by, warnings=self.own_warnings(reply))

    def own_warnings(self, reply: ReplyView) -> tuple[WarningView, ...]:
        """Return the warnings that are not among the shared notices."""
        return tuple(warning for warning in reply.warnings if warning.message not in self.notices)

    def fitting_keys(self) -> tuple[str, ...]:
        """Return the keys that the open reply gives a reason for, besides those of its state."""
        reply, is_free = self.selected, self.selected_state() in GIVABLE
        offering = ("o",) if reply is not None and is_free and (reply.offers or reply.coupon) else ()
        is_seen = self.selected_state() not in ("claimed", "none")
        applauding = ("l",) if reply is not None and is_seen and reply.offers_applause else ()
        return offering + applauding + ("P",) * bool(self.totals.announcements)

    def selected_state(self) -> str:
        """Return the state of the open reply, `claimed` when a colleague works on it, `none` when none is open."""
        reply = self.selected
        return (
            "none" if reply is None else "claimed" if reply.claimed_by not in (None, self.by) else reply.state or "none"
        )

    def search(self, words: str) -> None:
        """Narrow the queue to what contains these words; none: all of it."""
        self.filter = replace(self.filter, words=words.strip()[:MAX_SEARCH] or None)
        self._restart()

    def narrow(self, name: str, wanted: QueueFilter) -> None:
        """Show another part of the queue, still searched; the empty filter shows all of it."""
        is_all = wanted == QueueFilter()
        words = None if is_all else self.filter.words
        self.filter, self.filter_name = replace(wanted, limit=PAGE_SIZE, words=words), "" if is_all else name
        self._restart()

    def filters(self) -> dict[str, QueueFilter]:
        """Return the parts of the queue that can be shown, by name."""
        platforms = [config.name for config in self.config.platforms]
        return {
            "all that waits": QueueFilter(),
            "overdue": QueueFilter(late=True),
            f"mine ({self.by})": QueueFilter(assigned_to=self.by),
            "drafted": QueueFilter(states=("drafted",)),
            "escalated": QueueFilter(states=("escalated",)),
            "by hand": QueueFilter(states=("by_hand",)),
            "unconfirmed or failed": QueueFilter(states=("unconfirmed", "failed")),
            "approved, not sent yet": QueueFilter(states=("approved",)),
            "closed": QueueFilter(states=("closed",)),
            **{config.kind: QueueFilter(kind=config.kind) for config in self.desk.policy.responders},
            **{name: QueueFilter(platform=name) for name in platforms if len(platforms) > 1},
        }

    def apply_filter(self, answer: str) -> None:
        """Show the part of the queue that an answer means, by its name or the start of it. Raises DeskError."""
        known, start = self.filters(), answer.strip().lower()
        name = next((name for name in known if start and name.startswith(start)), None)
        if name is None:
            raise DeskError(f"no filter {answer!r}", f"choose {', '.join(known)}")
        self.narrow(name, known[name])

    def is_part(self) -> bool:
        """Return True when a search or a filter narrows the queue."""
        return bool(self.filter_name or self.filter.words)

    def clear_search(self) -> bool:
        """Drop the search, or else the filter. Returns False when neither is set."""
        if self.filter.words:
            self.search("")
        elif self.filter_name:
            self.narrow("", QueueFilter())
        else:
            return False
        return True

    def _restart(self) -> None:
        self.selected, self.at = None, 0
        self.reload()

    def toggle_mark(self) -> None:
        """Mark the open reply for a batch, or unmark it."""
        if self.selected is not None:
            self.marked ^= {self.selected.reply_id}

    def mark(self, kind: str | None = None) -> int:
        """Mark every listed draft (of a kind) that no colleague works on; if all are marked, unmark them.

        Returns how many are marked now.
        """
        free = [line for line in self.lines if line.state == "drafted" and line.claimed_by in (None, self.by)]
        wanted = {line.reply_id for line in free if kind in (None, line.kind)}
        self.marked = self.marked - wanted if wanted <= self.marked else self.marked | wanted
        return len(self.marked)

    def marked_details(self) -> list[ReplyDetail]:
        """Read every marked reply, in the order of the list."""
        return [self.show(line.reply_id) for line in self.lines if line.id in self.marked]

    def new_doubts(self, reply: ReplyDetail) -> str:
        """Return what needs a second look before an approval and was not shown yet, and count it as shown."""
        doubts = [warning.message for warning in reply.warnings if warning.name in NEEDS_CHECK]
        doubts += [self.changed] * bool(self.changed)
        if reply.state != "drafted" or self._doubts_shown.issuperset(doubts):  # the desk says why it cannot be approved
            return ""
        self._doubts_shown = frozenset(doubts)
        warning = "" if doubts == [self.changed] else "Check: "
        return f"{warning}{', '.join(doubts)}; press a again to approve it"

    def forget_doubts(self) -> None:
        """Count no doubt as shown any more."""
        self._doubts_shown = frozenset()


def count_waiting(totals: QueueTotals) -> int:
    """Count what waits for a person and is not snoozed."""
    return sum(totals.counts.get(state, 0) for state in WAITING) - totals.snoozed
