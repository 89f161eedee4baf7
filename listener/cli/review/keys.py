"""The keys of the review on the whole screen: each asks what it has to, and makes one call of the presenter."""

import os
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from listener.cli import person_screen
from listener.cli.review import actions, announcing, batch, draw
from listener.cli.review.actions import ACTIONS, UNDO
from listener.cli.review.announcing import ANNOUNCE
from listener.cli.review.dialogs import PageDialog
from listener.cli.review.editing import EditDialog, EditingScreen
from listener.cli.review.key_guard import MIN_VISIBLE_S, REREAD_S
from listener.cli.review.key_info import APPROVE, EDIT, KeyInfo
from listener.cli.review.question import Question
from listener.cli.review.undo import summary
from listener.desk.views import ReplyDetail
from listener.store.postings import Announcement

MIN_LINES = 4  # of a page, below which nothing can be read
KEYS = (
    APPROVE,
    EDIT,
    KeyInfo("E", "editor", "the same in $EDITOR"),
    *ACTIONS,
    KeyInfo("s", "next", "the next reply; also Down and j", ("claimed",)),
    KeyInfo("k", "back", "the previous one; also Up. Home, End: the first, the last"),
    KeyInfo("space", "mark", "mark it for A; m: mark all drafts shown, M: all of this kind"),
    KeyInfo("A", "all", "approve all that is marked, after one preview"),
    KeyInfo("/", "search", "only what contains these words; Esc clears it", ("none",)),
    KeyInfo("f", "filter", "only a part of the queue", ("none", "claimed", "approved", "closed")),
    KeyInfo("p", "person", "all exchanges with this person", ("claimed", "closed")),
    ANNOUNCE,
    UNDO,
    KeyInfo("?", "all keys", "this page", UNDO.states),
    KeyInfo("q", "quit", "quit and release your claim", ("none", "claimed")),
)


class Review(EditingScreen):
    """The queue under one person's hands."""

    footer_keys = KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, "") for keys, action in (
            ("a", "approve"), ("A", "approve_marked"), ("e", "edit"), ("E", "edit_outside"), ("s,j,down", "move(1)"),
            ("k,up", "move(-1)"), ("home", "move(-100000)"), ("end", "move(100000)"), ("pagedown", "scroll(1)"),
            ("pageup", "scroll(-1)"), ("u", "undo(False)"), ("U", "undo(True)"), ("space", "mark"),
            ("m", "mark_all(False)"), ("M", "mark_all(True)"), ("slash", "search"), ("escape", "clear_search"),
            ("f", "filter"), ("p", "person"), ("P", "announcements"), ("question_mark", "help"), ("q,ctrl+c", "quit"),
            *((action.key, f"act('{action.key}')") for action in ACTIONS),
        )
    ]  # fmt: skip

    async def action_quit(self) -> None:
        """Quit, but not while a text is being written."""
        editing = next((screen for screen in self.screen_stack if isinstance(screen, EditDialog)), None)
        if editing is None:
            await super().action_quit()
        else:
            editing.refuse("Save (Ctrl+S) or discard (Esc) first")

    def action_scroll(self, pages: int) -> None:
        """Scroll the page."""
        self._note_seen()
        page = self.query_one("#page", VerticalScroll)
        (page.scroll_page_down if pages > 0 else page.scroll_page_up)(animate=False)
        self.require_redraw()
        with self.reporting():
            self.presenter.claim.renew()

    def action_move(self, by: int) -> None:
        """Move up and down the list."""
        self.presenter.at += by
        self.say("")
        with self.reporting():
            self.change(self.presenter.open)

    def action_approve(self) -> None:
        """Approve what is shown, in the revision that is shown."""
        reply = self.presenter.selected
        if reply is None or self._is_too_early(reply) or self._has_unread_text(reply) or self._has_doubts(reply):
            return
        self.run_act(lambda: [self.presenter.approve(reply)], advance=True)

    def _is_too_early(self, reply: ReplyDetail) -> bool:
        """Return True for a key that came before anybody can have seen what it decides on."""
        is_early = self.guard.is_too_early(self.clock.pressed)
        if is_early and self.guard.needs == MIN_VISIBLE_S:
            self.say(f"Reply {reply.id} just appeared; press again")
        return is_early

    def _note_seen(self) -> None:
        self.reading.show(int(self.query_one("#page", VerticalScroll).scroll_offset.y) + self.page_height())

    def _has_unread_text(self, reply: ReplyDetail) -> bool:
        """Return True, and scroll on, while some of our text has not been in sight."""
        self._note_seen()
        height, below = self.page_height(), self.reading.below
        if height < MIN_LINES:
            self.say("Window too small; enlarge it")
            return True
        if not below or not reply.text:
            return False
        top = self.reading.seen - height + min(below, height - 1)
        self.query_one("#page", VerticalScroll).scroll_to(y=top, animate=False)
        self.say("End of reply now shown; a approves" if below < height else "More below; press a")
        self.require_redraw(REREAD_S)  # a double press does not pass it
        return True

    def _has_doubts(self, reply: ReplyDetail) -> bool:
        """Return True, and show them, when there are doubts that were not shown yet."""
        doubts = self.presenter.new_doubts(reply)
        if doubts:
            self.say(f"{doubts}.")
            self.require_redraw(REREAD_S)  # a double press does not pass it
        return bool(doubts)

    def action_mark(self) -> None:
        """Mark the open reply for a batch."""
        if self.presenter.selected is not None:
            self.presenter.toggle_mark()
            self.action_move(1)

    def action_mark_all(self, of_kind: bool) -> None:
        """Mark all drafts shown, or all of the open reply's kind."""
        reply = self.presenter.selected
        if reply is not None:
            marked = self.presenter.mark(reply.kind if of_kind else None)
            self.say(f"{marked} marked; A: read and approve them" if marked else "Nothing marked")
            self.redraw()

    def action_approve_marked(self) -> None:
        """Approve all that is marked, after one preview of every text."""
        with self.reporting():
            shown = self.presenter.marked_details()
            if not shown:
                self.say("Nothing marked; space marks a reply")
                return
            title = f"{len(shown)} {'reply' if len(shown) == 1 else 'replies'}: these exact texts will be sent"
            page = PageDialog(
                self.clock, title, list(batch.preview(self.presenter, shown, self.size.height)), {"a": "approve all"}
            )
            self.push_screen(page, lambda key: self._approve_batch(shown) if key else None)

    def _approve_batch(self, shown: Sequence[ReplyDetail]) -> None:
        self.run_act(lambda: self.presenter.approve_batch(shown))

    def action_undo(self, all_approvals: bool) -> None:
        """Undo the last act of this session, or all its approvals."""
        if self.guard.is_too_early(self.clock.pressed):
            return
        undone: list[int] = []

        def work() -> list[str]:
            results = self.presenter.undo(all_approvals=all_approvals)
            undone.extend(result.reply_id for result in results if result.reply_id is not None)
            return summary(results)

        if self.run_act(work, writes=True):
            with self.reporting():
                self.change(lambda: self.presenter.go_to(undone))

    def action_act(self, key: str) -> None:
        """Act on the open reply, after what the action asks."""
        reply, action = self.presenter.selected, next(action for action in ACTIONS if action.key == key)
        if reply is None or not self.is_free(reply, action):
            return
        if key == "b":
            self._visit(reply.reply_url)
        if action.ask is None:
            if not self._is_too_early(reply):
                self.run_act(lambda: [action.run(self.presenter, reply)], advance=action.advances, writes=True)
            return

        def act(answer: str) -> None:
            self.run_act(lambda: [action.run(self.presenter, reply, answer)], advance=action.advances, writes=True)

        with self.reporting():
            self.ask(action.ask(self.presenter, reply), act)

    def _visit(self, url: str | None) -> None:
        """Open a link where there is a browser; in a container there is none."""
        has_browser = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
        if url and url.startswith(("https://", "http://")) and has_browser:
            self.open_url(url)

    def action_search(self) -> None:
        """Show only what contains some words."""
        question = Question("Search", may_be_empty=True, text=self.presenter.filter.words or "")
        self.ask(question, lambda words: self._narrow(lambda: self.presenter.search(words), bool(words.strip())))

    def action_filter(self) -> None:
        """Show only a part of the queue."""
        self.ask(
            actions.ask_filter(self.presenter),
            lambda name: self._narrow(lambda: self.presenter.apply_filter(name)),
        )

    def action_clear_search(self) -> None:
        """Drop the search, or else the filter."""
        if self.presenter.is_part():
            self._narrow(self.presenter.clear_search)

    def _narrow(self, work: Callable[[], object], counts: bool = False) -> None:
        with self.reporting():
            work()
            self.change(lambda: self.presenter.refresh(advance=True))
            number = len(self.presenter.lines)
            self.say(f"{number} {'reply' if number == 1 else 'replies'} found" if counts else "")

    def action_person(self) -> None:
        """Show every exchange with the author."""
        with self.reporting():
            if self.presenter.selected is not None:
                page = person_screen.person(self.presenter.person(self.presenter.selected))
                self.push_screen(PageDialog(self.clock, "Person", list(page)))

    def action_announcements(self) -> None:
        """Show the next announcement that waits, on a page of its own; its keys count when all of it was in sight."""
        with self.reporting():
            page = announcing.next_page(self.presenter)
            question = announcing.ask_decision(self.presenter, page)
            choices = {choice[0]: choice for choice in question.choices if choice != announcing.LEAVE}
            parts = [draw.line(part) for lines in question.intro for part in lines.split("\n")]
            dialog = PageDialog(self.clock, question.title, parts, choices)
            self.push_screen(dialog, lambda key: self._decide_on(page, question, choices[key]) if key else None)

    def _decide_on(self, page: Announcement, question: Question, choice: str) -> None:
        def act(answer: str) -> None:
            self.run_act(lambda: [announcing.decide(self.presenter, page, answer)])

        if choice in question.follow_ups:
            self.ask(question.follow_ups[choice], act)
        else:
            act(choice)

    def action_help(self) -> None:
        """Show all keys."""
        keys = [draw.line(f"{info.key:<6} {info.word:<9} {info.message}") for info in KEYS]
        self.push_screen(PageDialog(self.clock, "Keys", keys))
