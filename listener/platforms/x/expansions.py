"""What is asked for besides the posts, and what X brings along: authors, media, polls, quoted posts.

X bills expanded objects like those listed, each at the price of its kind. Its price page has a price for posts and
authors, so neither is expanded unasked; the one for media was taken off on 2026-06-18, and polls never had any.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from listener.platforms.kit.values import Untrusted, object_in, objects_in
from listener.platforms.x.ids import is_id
from listener.platforms.x.section import Prices

MEDIA_MOST = 4  # of one post, which has either media or a poll

_LEGACY = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,referenced_tweets",
}
_USERS = {"expansions": "author_id", "user.fields": "name,public_metrics,username"}
_POST = {  # here the author and the references are expansions, which X bills
    "post.fields": "attachments,conversation_id,created_at,edit_history_post_ids,entities,in_reply_to_user_id,lang,"
    "note_post,possibly_sensitive",
    "expansions": "author_id,referenced_posts",
    "user.fields": _USERS["user.fields"],
}
_MEDIA = {
    "expansions": "attachments.media_keys,attachments.poll_ids",
    "media.fields": "alt_text,media_key,type",
    "poll.fields": "id,options",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page is to bring. legacy: by X's older names, where authors and quoted posts can be done without."""

    legacy: bool = True
    authors: bool = False
    media: bool = False

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the request."""
        parts = [_LEGACY if self.legacy else _POST]
        parts += [_USERS] if self.authors and self.legacy else []
        parts += [_MEDIA] if self.media else []
        expansions = ",".join(part["expansions"] for part in parts if "expansions" in part)
        fields = {name: value for part in parts for name, value in part.items()}
        return fields | ({"expansions": expansions} if expansions else {})

    def usd(self, prices: Prices) -> float:
        """Return the most that comes to the price of a post in US dollars."""
        users = prices.user_read if self.authors or not self.legacy else 0.0
        posts = 0.0 if self.legacy else prices.post_read
        return users + posts + (MEDIA_MOST * prices.media_read if self.media else 0.0)


@dataclass(frozen=True, slots=True)
class Expanded:
    """What came beside the posts of a page: each by its id, as X gives it."""

    users: Mapping[str, Untrusted] = field(default_factory=dict)
    posts: Mapping[str, Untrusted] = field(default_factory=dict)
    media: Mapping[str, Untrusted] = field(default_factory=dict)
    polls: Mapping[str, Untrusted] = field(default_factory=dict)

    @classmethod
    def read(cls, page: Untrusted) -> "Expanded":
        """Return what can be read of a page's includes."""
        includes = object_in(page.get("includes"))
        posts = {**_by_id(includes, "tweets"), **_by_id(includes, "posts")}
        media = {str(item.get("media_key")): item for item in objects_in(includes.get("media"))}
        return cls(_by_id(includes, "users"), posts, media, _by_id(includes, "polls"))

    def units(self, prices: Prices) -> Iterator[tuple[str, float]]:
        """Yield what X bills besides posts: its name and price in US dollars."""
        yield from ((f"user:{user}", prices.user_read) for user in self.users)
        if prices.media_read:
            yield from ((f"media:{key}", prices.media_read) for key in self.media)
            yield from ((f"poll:{poll}", prices.media_read) for poll in self.polls)


def _by_id(includes: Untrusted, kind: str) -> dict[str, Untrusted]:
    return {name: item for item in objects_in(includes.get(kind)) if is_id(name := item.get("id"))}
