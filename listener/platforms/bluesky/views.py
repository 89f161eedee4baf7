"""Posts as they stand just now: threadgates, blocks, labels, deleted ones. From the AppView (app.bsky.feed.*)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from listener.errors import ReadFailed
from listener.model import Mention, PostStatus
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.bluesky.items import BOT, OwnAccount, is_bot
from listener.platforms.bluesky.reply import is_earshots
from listener.platforms.kit.auxiliary import ask_aside
from listener.platforms.kit.response import Query
from listener.platforms.kit.values import Untrusted, clean, object_in, objects_in

GATED = "its author has limited who may reply: Bluesky would hide an answer of ours"
BLOCKED = "its author and we have blocked one another"
_BATCH = 25  # uris of one getPosts
_REMEMBERED = 5_000  # posts whose reason is kept: overlaps list them again and again


class Views:
    """Looks at posts. Raises ReadFailed."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._reasons: dict[str, str | None] = {}

    def ineligible_reason(self, uris: Sequence[str], now: datetime) -> dict[str, str | None]:
        """Why Bluesky would hide an answer, for each of these posts; None when it would show it.

        What it does not show, or not now, has no reason here: the post is looked at again before anything is sent.
        """
        unknown = [uri for uri in dict.fromkeys(uris) if uri not in self._reasons]
        for start in range(0, len(unknown), _BATCH):
            load = partial(self._load, unknown[start : start + _BATCH], now)
            if not ask_aside(load, False, "bluesky", "who may answer these posts"):
                break
        reasons = {uri: self._reasons.get(uri) for uri in uris}
        for uri in list(self._reasons)[: max(0, len(self._reasons) - _REMEMBERED)]:
            del self._reasons[uri]
        return reasons

    def _load(self, uris: Sequence[str], now: datetime) -> bool:
        self._reasons |= {str(view.get("uri")): hidden_reason(view) for view in self.posts(uris, now)}
        return True

    def posts(self, uris: Sequence[str], now: datetime) -> list[Untrusted]:
        """The views of those that are there and whose authors no block hides."""
        try:
            body = self._caller.get("app.bsky.feed.getPosts", tuple(("uris", uri) for uri in uris), now)
        except (Absent, Rejected) as error:
            raise ReadFailed(f"Bluesky does not show posts: {error}", cause="item") from None
        posts = body.get("posts")
        if not isinstance(posts, list):
            raise ReadFailed("Bluesky's answer has no posts")  # nothing to conclude that they are gone from
        return objects_in(posts)

    def check_post(self, mention: Mention, us: OwnAccount, now: datetime) -> PostStatus:
        """How a mention stands, and whether somebody of us has answered it in the app."""
        thread = self._thread(mention.id, now)
        if thread.get("notFound") or thread.get("blocked"):
            return PostStatus(is_present=False)
        if not isinstance(thread.get("post"), dict):
            raise ReadFailed("Bluesky's answer has no post")
        text = object_in(object_in(thread.get("post")).get("record")).get("text")
        return PostStatus(True, clean(text) if isinstance(text, str) else None, _answer(thread, mention, us))

    def is_blocked(self, uri: str, now: datetime) -> bool:
        """Whether a block hides a post that getPosts leaves out, rather than that it is gone, or not shown just now."""
        return bool(self._thread(uri, now).get("blocked"))

    def _thread(self, uri: str, now: datetime) -> Untrusted:
        """A post with its replies, or what Bluesky says in its place."""
        params: Query = {"uri": uri, "depth": 1, "parentHeight": 0}
        try:
            return object_in(self._caller.get("app.bsky.feed.getPostThread", params, now).get("thread"))
        except Absent:
            return {"notFound": True}
        except Rejected as error:
            raise self._blame(ReadFailed(f"Bluesky does not show the post: {error}"), now) from None
        except ReadFailed as error:
            raise self._blame(error, now) from None

    def _blame(self, error: ReadFailed, now: datetime) -> ReadFailed:
        """The error as the item's, if Bluesky answers another question at this moment: it must not stop the others."""
        if error.cause != "transient":
            return error
        try:
            self._caller.get("app.bsky.notification.listNotifications", {"limit": 1}, now)
        except (Absent, Rejected, ReadFailed):
            return error
        return ReadFailed(error.message, error.do, cause="item", retry_at=error.retry_at)


def hidden_reason(view: Untrusted) -> str | None:
    """Why an answer to this post would not be seen, or must not be given."""
    viewer, author = object_in(view.get("viewer")), object_in(view.get("author"))
    seen = object_in(author.get("viewer"))
    if seen.get("blockedBy") or seen.get("blocking"):
        return BLOCKED
    if is_bot(author):
        return BOT
    return GATED if viewer.get("replyDisabled") is True else None


def _answer(thread: Untrusted, mention: Mention, us: OwnAccount) -> str | None:
    """The uri of an answer of ours that Earshot did not write: its own has the key that the mention gives it."""
    for reply in objects_in(thread.get("replies")):
        uri = str(object_in(reply.get("post")).get("uri", ""))
        if uri.startswith(f"at://{us.did}/") and not is_earshots(uri.rpartition("/")[2], mention.id):
            return uri
    return None
