"""The one key that approves: it acts on a text that was in sight to its last line, with every doubt told."""

from textual.containers import VerticalScroll

from listener.cli.review.frame import ReviewFrame
from listener.cli.review.key_guard import MIN_VISIBLE_S, REREAD_S
from listener.desk.views import ReplyDetail as Json

SMALL = 4  # lines of a page in which nothing can be read


class ApprovalKeys(ReviewFrame):
    """What comes before an approval."""

    def action_scroll(self, pages: int) -> None:
        """Up and down the page."""
        self._seen()
        page = self.query_one("#page", VerticalScroll)
        (page.scroll_page_down if pages > 0 else page.scroll_page_up)(animate=False)
        self._unseen()
        with self._told():
            self.session.keep()

    def action_approve(self) -> None:
        """What is shown goes out, in the revision that is shown."""
        one = self.open
        if one is None or self._early(one) or self._unread(one) or self._doubted(one):
            return
        self._do(lambda: [self.session.approve(one)], go_on=True)

    def _early(self, one: Json) -> bool:
        """A key that came before anybody can have seen what it decides on does nothing."""
        early = self.sight.is_too_early(self.pressed)
        if early and self.sight.needs == MIN_VISIBLE_S:
            self._say(f"{one['id']} had hardly been seen: press it again")
        return early

    def _seen(self) -> int:
        """So many lines of the page have been in sight."""
        page = self.query_one("#page", VerticalScroll)
        self.read = max(self.read, page.scroll_offset.y + self._room())
        return self.read

    def _unread(self, one: Json) -> bool:
        """Our text must have been in sight to its last line: scroll on, and say so."""
        if self._room() < SMALL:
            self._say("the window is too small to read a reply in")
            return True
        below = self.end - self._seen()
        if below <= 0 or not one["text"]:
            return False
        page = self.query_one("#page", VerticalScroll)
        page.scroll_to(y=self.read - self._room() + min(below, self._room() - 1), animate=False)
        self._say("the text went on below: now it is in sight, a approves" if below < self._room() else "it goes on: a")
        self._unseen(REREAD_S)  # a double press does not pass it
        return True

    def _doubted(self, one: Json) -> bool:
        """Whether there is a doubt that has not been told yet: tell it."""
        doubts = [*self.session.doubts(one), *[self.changed] * bool(self.changed)]
        if self.known.issuperset(doubts):
            return False
        self.known = frozenset(doubts)
        self._say(f"look again: {', '.join(doubts)}; then a approves it")
        self._unseen(REREAD_S)  # a double press does not pass it
        return True
