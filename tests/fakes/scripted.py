"""A platform whose every misfortune a test writes down beforehand. It keeps a ledger of what was really posted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from listener.capabilities import OutgoingAct, is_act
from listener.errors import Indeterminate
from listener.feed_page import FeedPage
from listener.model import Announcement, Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.protocols import Account


@dataclass
class Scripted:
    """posts: (remote id, key, text, when listed). script: what the next posts do, in order; then all goes well.

    A step is `ok`, `cut` (posted, then the line is cut), `lost` (the line is cut before it is posted) or an exception.
    """

    clock: Callable[[], datetime]
    name: str = "memory"
    settle_after: timedelta = timedelta(seconds=60)
    lag: timedelta = timedelta(0)
    own_posts_needed: bool = True
    tells: bool = True
    script: list[str | Exception] = field(default_factory=list)
    posts: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    pages: list[FeedPage | Exception] = field(default_factory=list)
    standing: PostStatus | None = None
    calls: int = 0
    new_secret: bool = False

    def has_new_secret(self) -> bool:
        """As a test says."""
        return self.new_secret

    def set_own_posts_needed(self, is_needed: bool, /) -> None:
        """Keep what intake asked for last."""
        self.own_posts_needed = is_needed

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """The next page of the script, or an empty one."""
        if not self.pages:
            return FeedPage(cursor or {"at": 0})
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """The request as plain JSON."""
        request = {"text": reply.text, "to": reply.mention.id}
        return Prepared(f"{reply.reply_id}.{reply.revision}", request, is_private=reply.is_private)

    def prepare_announcement(self, announcement: Announcement, now: datetime) -> Prepared:
        """The same, answering nothing."""
        return Prepared(f"a{announcement.posting_id}.{announcement.revision}", {"text": announcement.text})

    def prepare_act(self, act: OutgoingAct, now: datetime) -> Prepared:
        """The act and its mention, as the ledger has it."""
        return Prepared(f"{act.what} {act.mention.id}", {"act": act.what, "text": f"{act.what} {act.mention.id}"})

    def post(self, prepared: Prepared) -> Receipt:
        """Do what the script says; an act that was done before changes nothing."""
        self.calls += 1
        step = self.script.pop(0) if self.script else "ok"
        if isinstance(step, Exception):
            raise step
        if step == "lost":
            raise ConnectionResetError("the line was cut")
        known = [post[0] for post in self.posts if is_act(prepared) and post[1] == prepared.key]
        if known:
            return Receipt(known[0])
        remote = f"post-{len(self.posts) + 1}"
        self.posts.append((remote, prepared.key, prepared.request["text"], self.clock() + self.lag))
        if step == "cut":
            raise ConnectionResetError("the line was cut")
        return Receipt(remote)

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Look among the posts that are listed by now."""
        if not self.tells:
            raise Indeterminate("this platform has no listing")
        listed = [post for post in self.posts if post[1] == prepared.key and post[3] <= self.clock()]
        return Receipt(listed[0][0]) if listed else None

    def check_post(self, mention: Mention) -> PostStatus:
        """As the test says, or not free."""
        if self.standing is None:
            raise Indeterminate("a look is not free here")
        return self.standing

    def whoami(self) -> Account:
        """Nobody in particular."""
        return Account("1", "shop")
