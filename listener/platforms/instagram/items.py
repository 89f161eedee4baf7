"""A comment, or a medium that tags us, as Instagram gives it, as a Mention, an OwnPost or a QuarantinedItem. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from listener.feed_page import OwnPost
from listener.model import Mention
from listener.platforms.kit.graph.listing import data
from listener.platforms.kit.graph.sending import is_from
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, object_in, require_time, text_in

TAGGED = "Instagram does not let the account comment where it is tagged"
HIDDEN = "the comment is hidden"


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Our account. ids: all that Instagram gives it; username: without the @."""

    ids: frozenset[str]
    username: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What sorting needs. begin: nothing older; links: where media stand, by their ids."""

    us: OwnAccount
    begin: str
    links: dict[str, str]

    def sort_media(self, page: ParsedPage, media: list[object]) -> None:
        """Sort media that tag us."""
        page.sort(media, partial(self._place, page, self._tagged), _readable_id)

    def sort_comments(
        self, page: ParsedPage, medium: str, comments: list[object], top: Untrusted | None = None
    ) -> None:
        """Sort comments with the answers that stand inside them. top: the comment that all of these answer."""
        page.sort(comments, partial(self._place, page, partial(self._comment, medium, top)), _readable_id)
        for comment in comments if top is None else ():
            self.sort_comments(page, medium, data(object_in(comment).get("replies")), object_in(comment))

    def _place(self, page: ParsedPage, build: Callable[[Untrusted], Mention], item: object) -> None:
        if not isinstance(item, dict):
            raise ValueError("not an object")
        mention = build(item)
        if is_from(item, self.us.ids, self.us.username):
            page.skipped += 1
            if mention.in_reply_to:
                page.brand_posts.append(OwnPost(mention.id, mention.in_reply_to, mention.text, mention.created_at))
        elif self.begin and mention.created_at < require_time(self.begin):
            page.skipped += 1
        else:
            page.mentions.append(mention)

    def _tagged(self, medium: Untrusted) -> Mention:
        return self._mention(medium, "caption", text_in(medium.get("permalink")), TAGGED)

    def _comment(self, medium: str, top: Untrusted | None, comment: Untrusted) -> Mention:
        above = text_in(object_in(top).get("id")) or text_in(comment.get("parent_id"))
        closed = HIDDEN if comment.get("hidden") is True else None
        is_ours = self._speaks_to_us(comment, top, above)
        return self._mention(comment, "text", self.links.get(medium), closed, above=above, is_addressed=is_ours)

    def _speaks_to_us(self, comment: Untrusted, top: Untrusted | None, above: str | None) -> bool:
        """What answers somebody else's comment is said to them, unless it names us, or they themselves began."""
        if above is None or is_from(object_in(top), self.us.ids, self.us.username):
            return True
        who, whom = _author(comment), _author(object_in(top))
        named = re.search(rf"@{re.escape(self.us.username)}(?![\w.]*\w)", str(comment.get("text")), re.IGNORECASE)
        return (who is not None and who == whom) or named is not None

    def _mention(
        self, item: Untrusted, words: str, url: str | None, closed: str | None, *,
        above: str | None = None, is_addressed: bool = True,
    ) -> Mention:  # fmt: skip
        name, created = _id(item), require_time(item["timestamp"])
        text = item.get(words) or ""
        if not isinstance(text, str):
            raise ValueError(f"{words} is not a text")
        return Mention(
            platform="instagram",
            id=name,
            text=text,
            author_id=_author(item) or f"unknown author of {name}",
            author_handle=_username(item),
            created_at=created,
            age_start_at=created,
            interaction_id=name,
            conversation_id=above or name,
            in_reply_to=above,
            url=url,
            is_addressed=is_addressed,
            can_reply=closed is None,
            ineligible_reason=closed,
        )


def _username(item: Untrusted) -> str | None:
    return text_in(item.get("username")) or text_in(object_in(item.get("from")).get("username"))


def _author(item: Untrusted) -> str | None:
    """The id that this app sees, else the username, which is an account's alone."""
    return text_in(object_in(item.get("from")).get("id")) or _username(item)


def _id(item: Untrusted) -> str:
    name = text_in(item.get("id"))
    if name is None:
        raise ValueError("without an id")
    return name


def _readable_id(item: object) -> str:
    return text_in(object_in(item).get("id")) or ""
