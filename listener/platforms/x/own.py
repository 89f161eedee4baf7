"""Did a reply arrive? A reply has a higher id than its target: the own timeline with since_id = target tells."""

from datetime import datetime

from listener.errors import CannotTell
from listener.model import Json, Prepared, Receipt
from listener.platforms.x.feeds import Feeds, Listing
from listener.platforms.x.ids import is_id
from listener.platforms.x.items import full_text

_PAGES = 10  # a thousand own posts since the mention; past that a person looks


def found(feeds: Feeds, me: str, prepared: Prepared, now: datetime) -> Receipt | None:
    """Our reply to the target, by its text when several answer it. Raises Unavailable, Rejected, CannotTell."""
    target, token, answers = str(prepared.request["in_reply_to"]), None, list[Json]()
    for _ in range(_PAGES):
        listing = feeds.page("own", me, target, token, now)
        _trust(listing)
        answers += [item for item in listing.items if _answers(item, target)]
        token = listing.token
        if token is None:
            return _best(answers, str(prepared.request["text"]))
    if answers:
        return _best(answers, str(prepared.request["text"]))
    raise CannotTell("X: more than a thousand own posts since that mention", "look at the account, then resolve it")


def _trust(listing: Listing) -> None:
    """An absence only counts where X gives what a post answers. Raises CannotTell."""
    replies = [item for item in listing.items if isinstance(item, dict) and item.get("in_reply_to_user_id")]
    if replies and not any(item.get("referenced_tweets") or item.get("referenced_posts") for item in replies):
        raise CannotTell("X leaves out what our posts answer", "look at the account, then resolve it")


def _answers(item: object, target: str) -> bool:
    if not isinstance(item, dict) or not is_id(item.get("id")):
        return False
    listed = item.get("referenced_tweets") or item.get("referenced_posts") or []
    references = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return any(one.get("type") == "replied_to" and one.get("id") == target for one in references)


def _best(answers: list[Json], text: str) -> Receipt | None:
    """The one whose text is ours; else any: the account has answered this post, and must not do so twice."""
    if not answers:
        return None
    ours = [item for item in answers if isinstance(item.get("text"), str) and _same(full_text(item), text)]
    remote = (ours or answers)[-1]["id"]
    return Receipt(remote, f"https://x.com/i/status/{remote}")


def _same(listed: str, text: str) -> bool:
    """X puts @handles first and shortens links: what is left must be equal."""
    return _words(listed) == _words(text)


def _words(text: str) -> list[str]:
    return [word for word in text.split() if not word.startswith(("@", "http://", "https://"))]
