"""Did a reply arrive? A reply has a higher id than its target, so the own timeline is read with since_id = target."""

from collections.abc import Callable
from datetime import datetime, timedelta

from listener.errors import Indeterminate
from listener.model import Prepared, Receipt
from listener.platforms.kit.cursor import OWN
from listener.platforms.kit.find_reply import CHECK_ACCOUNT, Answer, choose_answer
from listener.platforms.kit.values import Untrusted, objects_in, require_time
from listener.platforms.x.feeds import Feeds, Listing, PageRequest
from listener.platforms.x.ids import id_at, is_id
from listener.platforms.x.links import links
from listener.platforms.x.post import full_text

_SKEW = timedelta(minutes=5)  # by which X's clock may be behind ours
_PAGES = 10  # a thousand own posts since the mention; past that a person looks


def find_reply(feeds: Feeds, me: str, prepared: Prepared, lag: timedelta, now: datetime) -> Receipt | None:
    """Return our reply to the target. lag: of the timeline. Raises ReadFailed, Rejected, Indeterminate."""
    text = str(prepared.request["text"])
    if prepared.request["in_reply_to"] is None:
        return _find_announcement(feeds, me, text, require_time(prepared.request["prepared_at"]), now)
    target = str(prepared.request["in_reply_to"])
    posts, is_whole = _read_posts(feeds, me, target, now, lambda post: _answers(post, target))
    answers = [Answer(post_receipt(str(post["id"])), _has_words(post, text)) for post in reversed(posts)]
    receipt = choose_answer("X", answers, prepared, lag, now)
    if receipt is None and not is_whole:
        raise Indeterminate("X: more than a thousand own posts since that mention", CHECK_ACCOUNT)
    return receipt


def post_receipt(post_id: str) -> Receipt:
    """Return the receipt of a post, with its address."""
    return Receipt(post_id, f"https://x.com/i/status/{post_id}")


def _find_announcement(feeds: Feeds, me: str, text: str, prepared_at: datetime, now: datetime) -> Receipt | None:
    """Return our post in these words that answers nothing, written since it was prepared."""
    posts, is_whole = _read_posts(feeds, me, id_at(prepared_at - _SKEW), now, _answers_nothing)
    ours = [post for post in reversed(posts) if _has_words(post, text)]
    if not ours and not is_whole:
        raise Indeterminate("X: more than a thousand own posts since then", CHECK_ACCOUNT)
    return post_receipt(str(ours[0]["id"])) if ours else None


def _read_posts(
    feeds: Feeds, me: str, since: str, now: datetime, is_wanted: Callable[[Untrusted], bool]
) -> tuple[list[Untrusted], bool]:
    """Return our posts since an id that are wanted, newest first, and whether the timeline was read to its end."""
    posts, token = list[Untrusted](), None
    for _ in range(_PAGES):
        listing = feeds.page(PageRequest(OWN, me, since=since, token=token, purpose="send"), now)
        _require_targets(listing)
        posts += [item for item in objects_in(listing.items) if is_id(item.get("id")) and is_wanted(item)]
        token = listing.token
        if token is None:
            return posts, True
    return posts, False


def _answers_nothing(item: Untrusted) -> bool:
    return not item.get("in_reply_to_user_id") and not _references(item)


def _require_targets(listing: Listing) -> None:
    """An absence only counts where X gives what a post answers. Raises Indeterminate."""
    replies = [item for item in listing.items if isinstance(item, dict) and item.get("in_reply_to_user_id")]
    if replies and not any(item.get("referenced_tweets") or item.get("referenced_posts") for item in replies):
        raise Indeterminate("X does not list what our posts answer", CHECK_ACCOUNT)


def _answers(item: Untrusted, target: str) -> bool:
    return any(
        reference.get("type") == "replied_to" and reference.get("id") == target for reference in _references(item)
    )


def _references(item: Untrusted) -> list[Untrusted]:
    return objects_in(item.get("referenced_tweets") or item.get("referenced_posts"))


def _has_words(post: Untrusted, text: str) -> bool:
    """X puts @handles first and shortens links: what is left must be equal."""
    return isinstance(post.get("text"), str) and _words(full_text(post)) == _words(text)


def _words(text: str) -> list[str]:
    kept, at = "", 0
    for link in links(text):
        kept, at = kept + text[at : link.start], link.end
    return [word for word in (kept + text[at:]).split() if not word.startswith(("@", "http://", "https://"))]
