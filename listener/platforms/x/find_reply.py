"""Did a reply arrive? A reply has a higher id than its target: the own timeline with since_id = target tells."""

from datetime import datetime, timedelta

from listener.errors import Indeterminate, ReadFailed
from listener.model import Json, Prepared, Receipt
from listener.platforms.x.feeds import Feeds, Listing
from listener.platforms.x.ids import is_id
from listener.platforms.x.items import full_text
from listener.platforms.x.links import links

_PAGES = 10  # a thousand own posts since the mention; past that a person looks
_LOOK = "look at the account, then resolve it"


def found(feeds: Feeds, me: str, prepared: Prepared, lag: timedelta, now: datetime) -> Receipt | None:
    """Our reply to the target: the one with its words. Raises Unavailable, Rejected, CannotTell.

    An answer in other words is a colleague's. Ours may still follow within twice the timeline's lag; then a person says
    which it is, for the mention must not be answered twice.
    """
    target, text = str(prepared.request["in_reply_to"]), str(prepared.request["text"])
    answers, whole = _answers_to(feeds, me, target, now)
    ours = [item for item in answers if isinstance(item.get("text"), str) and _same(full_text(item), text)]
    if ours:
        return Receipt(ours[-1]["id"], f"https://x.com/i/status/{ours[-1]['id']}")
    if answers and now < datetime.fromisoformat(prepared.request["prepared_at"]) + 2 * lag:
        raise ReadFailed("X lists an answer in other words; ours may follow", cause="item")
    if answers:
        raise Indeterminate(f"X lists an answer of ours in other words (post {answers[-1]['id']})", _LOOK)
    if not whole:
        raise Indeterminate("X: more than a thousand own posts since that mention", _LOOK)
    return None


def _answers_to(feeds: Feeds, me: str, target: str, now: datetime) -> tuple[list[Json], bool]:
    """Our posts that answer the target, newest first, and whether the timeline was read to its end."""
    answers, token = list[Json](), None
    for _ in range(_PAGES):
        listing = feeds.page("own", me, target, token, now)
        _trust(listing)
        answers += [item for item in listing.items if _answers(item, target)]
        token = listing.token
        if token is None:
            return answers, True
    return answers, False


def _trust(listing: Listing) -> None:
    """An absence only counts where X gives what a post answers. Raises CannotTell."""
    replies = [item for item in listing.items if isinstance(item, dict) and item.get("in_reply_to_user_id")]
    if replies and not any(item.get("referenced_tweets") or item.get("referenced_posts") for item in replies):
        raise Indeterminate("X leaves out what our posts answer", _LOOK)


def _answers(item: object, target: str) -> bool:
    if not isinstance(item, dict) or not is_id(item.get("id")):
        return False
    listed = item.get("referenced_tweets") or item.get("referenced_posts") or []
    references = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return any(one.get("type") == "replied_to" and one.get("id") == target for one in references)


def _same(listed: str, text: str) -> bool:
    """X puts @handles first and shortens links: what is left must be equal."""
    return _words(listed) == _words(text)


def _words(text: str) -> list[str]:
    kept, at = "", 0
    for link in links(text):
        kept, at = kept + text[at : link.start], link.end
    return [word for word in (kept + text[at:]).split() if not word.startswith(("@", "http://", "https://"))]
