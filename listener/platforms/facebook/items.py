"""A post or comment as Facebook gives it, as a Mention, an OwnPost or a QuarantinedItem. Pure.

A comment is known by the part of its id after the last `_`, because it comes as POST_COMMENT and as COMMENT.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from listener.feed_page import OwnPost
from listener.model import Mention
from listener.platforms.kit.graph.listing import short_id
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, object_in, require_time, text_in

TAGGED = "Earshot comments only on the Page's own posts and on visitors' posts"
HIDDEN = "the comment is hidden on the Page"
CLOSED = "Facebook takes no reply to it"
_KINDS = {"photo": "picture", "video": "video", "sticker": "picture", "animated": "picture", "share": "link"}


@dataclass(frozen=True, slots=True)
class Reader:
    """What sorting needs. me: the Page's id; feed: "mentions", "visitors", "ads" or "tagged"; begin: nothing older."""

    me: str
    feed: str
    begin: str

    def sort_post(self, page: ParsedPage, post: object) -> None:
        """Sort a post of somebody else; our own posts are no mentions."""
        if self.feed in ("visitors", "tagged"):
            page.sort([post], partial(self._place, page, self._post), _readable_id)

    def sort_comments(self, page: ParsedPage, post: str, comments: list[object]) -> None:
        """Sort the comments below a post."""
        page.sort(comments, partial(self._place, page, partial(self._comment, post)), _readable_id)

    def _place(self, page: ParsedPage, build: Callable[[Untrusted], Mention], item: object) -> None:
        if not isinstance(item, dict):
            raise ValueError("not an object")
        mention = build(item)
        if mention.author_id == self.me:
            page.skipped += 1
            if target := mention.in_reply_to or (mention.conversation_id if self.feed == "visitors" else None):
                own = (short_id(mention.id), short_id(target), mention.text, mention.created_at)
                page.brand_posts += [OwnPost(*own)] if own[0] != own[1] else []
        elif self.begin and mention.created_at < require_time(self.begin):
            page.skipped += 1
        else:
            page.mentions.append(mention)

    def _post(self, post: Untrusted) -> Mention:
        closed = TAGGED if self.feed == "tagged" else unanswerable(post)
        return self._mention(post, short_id(_id(post)), closed, is_addressed=True, parent=None)

    def _comment(self, post: str, comment: Untrusted) -> Mention:
        """A comment below a visitor's post belongs to that post, one below ours to the first comment of its thread."""
        parent = object_in(comment.get("parent"))
        above = text_in(parent.get("id"))
        thread = post if self.feed == "visitors" else above or _id(comment)
        return self._mention(
            comment, short_id(thread), unanswerable(comment), is_addressed=self._speaks_to_us(comment), parent=above
        )

    def _speaks_to_us(self, comment: Untrusted) -> bool:
        """What answers somebody else's comment is said to them, and to us only if the Page or they themselves began."""
        parent = object_in(comment.get("parent"))
        who, whom = (object_in(item.get("from")).get("id") for item in (comment, parent))
        return not parent or whom == self.me or (whom is not None and whom == who)

    def _mention(
        self, item: Untrusted, conversation: str, closed: str | None, *, is_addressed: bool, parent: str | None
    ) -> Mention:
        author, created = object_in(item.get("from")), require_time(item["created_time"])
        text = item.get("message", "")
        if not isinstance(text, str):
            raise ValueError("message is not a text")
        return Mention(
            platform="facebook",
            id=_id(item),
            text=text,
            author_id=text_in(author.get("id")) or f"unknown author of {short_id(_id(item))}",
            author_name=text_in(author.get("name")),
            created_at=created,
            age_start_at=created,
            interaction_id=short_id(_id(item)),
            conversation_id=conversation,
            in_reply_to=parent,
            url=text_in(item.get("permalink_url")) or f"https://www.facebook.com/{_id(item)}",
            is_addressed=is_addressed,
            can_reply=closed is None,
            ineligible_reason=closed,
            attachments=_attachments(object_in(item.get("attachment"))),
        )


def unanswerable(item: Untrusted) -> str | None:
    """Return why an object takes no reply; None where it does."""
    if item.get("is_hidden") is True:
        return HIDDEN
    return CLOSED if item.get("can_comment") is False else None


def _id(item: Untrusted) -> str:
    name = text_in(item.get("id"))
    if name is None:
        raise ValueError("without an id")
    return name


def _readable_id(item: object) -> str:
    return short_id(text_in(object_in(item).get("id")) or "")


def _attachments(attachment: Untrusted) -> tuple[str, ...]:
    kind = text_in(attachment.get("type"))
    if kind is None:
        return ()
    name = next((name for start, name in _KINDS.items() if kind.startswith(start)), "file")
    words = text_in(attachment.get("description")) or text_in(attachment.get("title"))
    return (f"{name}: {' '.join(words.split())}" if words else name,)
