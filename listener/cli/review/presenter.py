"""One person's session at the queue: the list, and what each key does to a reply. It draws nothing.

The screen and --plain are two views of it. It decides nothing either: every act is one of the desk's.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection

from listener.cli import context, liveness
from listener.cli.review.key_info import APPROVE, EDIT, KeyInfo
from listener.cli.review.listing import Listing
from listener.cli.review.meanwhile import SeenStore, describe_change, is_as_shown, require_free
from listener.cli.review.session_claim import SessionClaim
from listener.cli.review.undo import History, Undone
from listener.desk import facts, people, transitions
from listener.desk.approve import ApprovalResult, Target, approve
from listener.desk.fitness import text_problem
from listener.desk.person_views import PersonPage
from listener.desk.views import ReplyView
from listener.errors import DeskError
from listener.model import Mention
from listener.store import items, replies
from listener.store.records import Reply

if TYPE_CHECKING:
    from listener.settings import Settings
    from listener.store.engine import Store

NOTES = ("note", "note reply")  # acts that leave the reply as it is
MAX_REASONS = 9  # as many as there are digits to pick one


class Presenter(Listing):
    """A review under one person's hands. A context manager: leaving releases the claim."""

    def __init__(
        self, store: "Store", config: "Settings", name: str | None, clock: Callable[[], datetime] = context.now
    ) -> None:
        super().__init__(store, config, name, clock)
        self.claim, self.history = SessionClaim(store, self.desk), History(store, self.desk)
        self.fact_texts: list[tuple[str, str]] = []  # that were offered last, each after its kind
        self._fact_turns: dict[int, int] = {}  # reply -> how often texts were offered
        self.last_announcement = 0  # that was shown
        self.new_names: set[str] = set()  # of colleagues, not known: the second time they are meant

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.claim.release()

    def open(self) -> None:
        """Show the reply under the cursor; where there is none, release the claim. Raises DeskError."""
        super().open()
        if self.selected is None:
            self.claim.release()

    def approve(self, reply: ReplyView) -> str:
        """Approve the very revision that was shown; it can be undone until it is sent. Raises DeskError."""
        self.require_free(reply, APPROVE)
        done, failed = self._approve([reply])
        if failed:
            raise DeskError(failed[0])
        return _approval_text(done[0])

    def approve_batch(self, shown: Sequence[ReplyView]) -> list[str]:
        """Approve replies that were shown together. Returns the numbers, and each failure."""
        self.marked.clear()
        done, failed = self._approve(shown)
        states = [reply.state for reply in done]
        half, by_hand = states.count("drafted"), states.count("by_hand")
        report = [f"{len(done) - half} of {len(shown)} approved; u: undo"]
        report += [f"{half} approved; a second person must approve too"] * bool(half)
        return report + [f"{by_hand} to post by hand; b: text and link"] * bool(by_hand) + failed

    def _approve(self, shown: Sequence[ReplyView]) -> tuple[list[Reply], list[str]]:
        """Return the approved replies as they are now, and why the others failed."""
        before = {reply.id: reply for reply in self.history.read([view.reply_id for view in shown])}
        results = [self._approve_shown(view) for view in shown]
        approved = [result.reply_id for result in results if result.ok]
        self.claim.forget(approved)
        self.history.add("approve", [before[reply_id] for reply_id in approved])
        return self.history.read(approved), [_failure(result) for result in results if not result.ok]

    def _approve_shown(self, shown: ReplyView) -> ApprovalResult:
        """Approve a reply only while it is what was shown: its state, revision and approvals."""
        target = Target(shown.reply_id, shown.revision)
        with self._only_as_shown(APPROVE, shown):
            return approve(self.store, self.desk, [target], self.undo_wait())[0]

    def undo_wait(self) -> timedelta:
        """Return how long what is to be sent waits first, so that it can be undone."""
        return liveness.undo_wait(self.store, self.desk.policy)

    def act(self, info: KeyInfo, reply: ReplyView, work: Callable[[], str]) -> str:
        """Do something to a reply and remember it for `undo`. Returns the report.

        Raises EarshotError; nothing is changed when the reply is not what was shown any more.
        """
        before = self.history.read([reply.reply_id])
        with self._only_as_shown(info, reply):
            report = work()
        self.history.add(info.word, before)
        self.kept = None
        return report

    @contextmanager
    def _only_as_shown(self, info: KeyInfo, shown: ReplyView) -> Iterator[None]:
        """Let each write of an act begin with the check that the reply is what was shown."""
        store = self.store

        def require(connection: Connection) -> None:
            reply = replies.get(connection, shown.reply_id)
            if info.word in NOTES or is_as_shown(connection, shown, reply):
                return
            self.kept = reply.id if info.again(reply.state) else None
            what = f"{describe_change(connection, shown, self.by)} meanwhile"
            raise DeskError(what, f"nothing was changed{info.again(reply.state)}")

        try:
            self.store = SeenStore(store, require)
            yield
        finally:
            self.store = store

    def require_free(self, reply: ReplyView, info: KeyInfo) -> None:
        """Raise DeskError when a colleague works on the reply that a key changes."""
        if info.word not in NOTES:
            with self.store.read() as connection:
                require_free(connection, reply.reply_id, self.by, self.desk.clock())

    def undo(self, *, all_approvals: bool = False) -> list[Undone]:
        """Undo the last act of this session, or all its approvals. Raises DeskError when there is nothing to undo."""
        return self.history.undo_approvals() if all_approvals else self.history.undo_last()

    def text_of(self, reply_id: int) -> tuple[str, Mention]:
        """Return the text to edit, without prefix and signature, and the mention. Raises DeskError."""
        present = transitions.editable(self.store, self.desk, reply_id)
        with self.store.read() as connection:
            return present.text or "", items.item(connection, reply_id=reply_id).mention

    def measure(self, text: str, mention: Mention) -> tuple[str, str]:
        """Return the length of a text as `142 of 280`, and what is wrong with it (nothing: "")."""
        words = self.desk.signed(text.strip()) if text.strip() else ""
        preview = self.desk.preview(words, mention)
        problem = text_problem(self.desk.policy, mention, words, preview) if words else ("the reply has no text", "")
        return f"{preview.length} of {preview.limit}", "; ".join(filter(None, problem or ()))

    def write(self, reply: ReplyView, text: str, kind: str | None = None) -> str:
        """Save an edited text in place of the one that was shown. Raises DeskError."""

        def work() -> str:
            transitions.edit(self.store, self.desk, reply.reply_id, text, kind, reply.revision)
            return f"Reply {reply.id} updated; approve it to send"

        return self.act(EDIT, reply, work)

    def saved_replies(self, kind: str | None, *, is_private: bool = False) -> list[tuple[str, str]]:
        """Return the saved replies for a kind: name and text. is_private: the mention is."""
        from listener.wording import render_saved_replies

        rendered = render_saved_replies(self.desk.policy, kind, self.by, is_private=is_private)
        return [(candidate.variant, candidate.text) for candidate in rendered]

    def offer_fact_texts(self, reply: ReplyView) -> list[tuple[str, str]]:
        """Return texts of the fact that a mention may be about, each after its kind; next time others.

        Raises DeskError.
        """
        turn = self._fact_turns.get(reply.reply_id, 0)
        self.fact_texts = facts.list_texts(self.store, self.desk, reply.reply_id, turn)
        self._fact_turns[reply.reply_id] = turn + 1
        return self.fact_texts

    def reasons(self, closed_as: str, usual: Sequence[str]) -> tuple[str, ...]:
        """Return the usual reasons, whose digits stay, then why replies were ended lately, most frequent first."""
        with self.store.read() as connection:
            recent = replies.list_reasons(connection, closed_as, MAX_REASONS)
        return tuple(dict.fromkeys((*usual, *recent)))[:MAX_REASONS]

    def person_of(self, reply: ReplyView) -> str:
        """Return the author as `people.person` accepts it."""
        return f"{reply.platform}:{reply.mention.author.id}"

    def person(self, reply: ReplyView) -> PersonPage:
        """Read every exchange with the author. Raises DeskError."""
        return people.person(self.store, self.person_of(reply), self.desk.clock(), self.desk.policy.club)


def _failure(result: ApprovalResult) -> str:
    """Return why a reply is not approved, with its number once."""
    error = result.error or "it is not approved"
    return error if f"reply {result.reply_id} " in error else f"reply {result.reply_id}: {error}"


def _approval_text(reply: Reply) -> str:
    if reply.state == "drafted":
        return f"Reply {reply.id}: approved; a second person must approve too"
    if reply.state == "by_hand":
        return f"Reply {reply.id} approved; b: text and link to post"
    until, since = reply.not_before, reply.approved_at
    span = "until it is sent" if until is None or since is None else f"for {(until - since).total_seconds():.0f} s"
    return f"Reply {reply.id} approved; u: undo, {span}"
