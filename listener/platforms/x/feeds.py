"""One page of one feed from X: parameters, price, the call, what came. Knows X's two vocabularies of field names."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from listener.errors import OverBudget, ReadFailed
from listener.platforms.kit.cursor import OWN
from listener.platforms.kit.response import HttpResponse
from listener.platforms.kit.values import Untrusted, object_in, objects_in
from listener.platforms.x.caller import Caller
from listener.platforms.x.ids import is_id
from listener.platforms.x.money import SIZES, ReadBudget, next_day
from listener.platforms.x.page_scan import as_ids
from listener.platforms.x.post import missing
from listener.platforms.x.section import Section
from listener.platforms.x.wire import Oversized
from listener.protocols import PageBooking, Purpose

log = logging.getLogger(__name__)

_LEGACY = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,referenced_tweets",
}
_POST = {  # here the author and the references are expansions, which X bills
    "post.fields": "attachments,conversation_id,created_at,edit_history_post_ids,entities,in_reply_to_user_id,lang,"
    "note_post,possibly_sensitive",
    "expansions": "author_id,referenced_posts",
}
_USERS = {"expansions": "author_id", "user.fields": "name,public_metrics,username"}
_LEAST = re.compile(r"larger than (\d{1,19})")


class Rejected(Exception):
    """X answered 400. least: the smallest since_id it takes, when that was the reason and X said so."""

    def __init__(self, message: str, least: str, *, since: bool) -> None:
        super().__init__(message)
        self.message, self.least, self.since = message, least, since


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page holds: raw posts, expanded users by id, the next token, the size asked for."""

    items: Sequence[object]
    users: Mapping[str, Untrusted]
    token: str | None
    size: int


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page to ask for. account: our id; since, until: bounds of the ids, "" is none; token: of a later page.

    new: something not yet seen may stand on it, so that authors are looked up where the operator wants that; purpose:
    "send" when a reply of ours is looked for.
    """

    feed: str
    account: str
    since: str = ""
    until: str = ""
    token: str | None = None
    new: bool = False
    purpose: Purpose = "read"

    @property
    def booked_as(self) -> str:
        """The name under which a lost page stays booked: a search for a reply goes back further than the feed."""
        return self.feed if self.purpose == "read" else f"after {self.since}"

    def bounds(self) -> dict[str, str]:
        """Return the parameters that tell where the page begins and ends."""
        name = "next_token" if self.feed.startswith("search:") else "pagination_token"
        given = {"since_id": self.since, "until_id": self.until, name: self.token}
        return {key: value for key, value in given.items() if value}


class Feeds:
    """Reads pages."""

    def __init__(self, section: Section, budget: ReadBudget, caller: Caller) -> None:
        self._section, self._budget, self._caller = section, budget, caller
        self._legacy, self._sizes, self._names = True, SIZES, False

    def lost_at(self, feed: str) -> datetime | None:
        """Return since when a page of this feed is booked of which nobody knows what it listed; None without one."""
        return None if feed == OWN else self._budget.lost_at(feed)

    def page(self, request: PageRequest, now: datetime) -> Listing:
        """Return a page; fields X no longer gives are asked for by their other name. Raises ReadFailed, Rejected."""
        self._names = request.new and self._section.look_up_authors == "always"
        listing = self._read(request, now)
        if missing(listing.items) is None:
            return listing
        self._legacy = not self._legacy
        listing = self._read(request, now)
        lost = missing(listing.items)
        if lost is not None:
            self._legacy = True
            if len(listing.items) > 1:  # a single broken post is set aside, and stops nothing
                raise ReadFailed(
                    f"X leaves out {lost} on every post", "update Earshot: X's fields have new names", cause="account"
                )
        return listing

    def _read(self, request: PageRequest, now: datetime) -> Listing:
        endpoint, route, params = _request(request.feed, request.account)
        self._caller.require_ready(endpoint, now)
        page = self._book(endpoint, request, now)
        params |= {"max_results": page.size, **self._fields(), **request.bounds()}
        try:
            answer = self._caller.get(endpoint, route, params, now, lambda: self._budget.release(page))
        except Oversized as error:
            self._sizes = tuple(smaller for smaller in SIZES if smaller < page.size) or SIZES[-1:]
            raise self._caller.unreadable(endpoint, f"{error}; a smaller page is asked for next", now) from None
        if answer.status == 400:
            raise _rejected(answer)
        return self._listing(answer, request.feed, page, now)

    def _book(self, endpoint: str, request: PageRequest, now: datetime) -> PageBooking:
        """Looking for a reply of ours is part of sending: it may use what reading leaves for that."""
        try:
            return self._budget.book(
                endpoint, request.booked_as, self._post_price(request.feed), self._sizes, request.purpose
            )
        except OverBudget as error:
            raise ReadFailed(error.message, error.do, cause="billing", retry_at=error.until or next_day(now)) from None

    def _fields(self) -> dict[str, str]:
        if not self._legacy:
            return _POST | {"user.fields": _USERS["user.fields"]}
        return _LEGACY | (_USERS if self._names else {})

    def _post_price(self, feed: str) -> float:
        """The most that one post of a page can cost, with all it brings along."""
        prices = self._section.prices
        price = self._budget.post_price(feed)
        price += prices.user_read if self._names or not self._legacy else 0.0
        return price + (0.0 if self._legacy else prices.post_read)

    def _listing(self, answer: HttpResponse, feed: str, page: PageBooking, now: datetime) -> Listing:
        try:
            listing = _parsed(answer, page.size)
        except ValueError as error:
            if answer.object().get("errors"):  # a page of errors alone holds nothing that X could bill
                self._budget.release(page)
            raise self._caller.unreadable(page.call, str(error), now) from None
        posts, users = _billed(answer)
        self._budget.settle(page, posts, users, self._budget.post_price(feed), is_last=listing.token is None)
        self._caller.record_success(page.call)
        _log_errors(answer, feed)
        return listing


def _request(feed: str, me: str) -> tuple[str, str, dict[str, str | int]]:
    """(endpoint as the ledger names it, route, parameters of this feed alone)."""
    if feed == "mentions":
        return "GET /2/users/:id/mentions", f"/2/users/{me}/mentions", {}
    if feed == "own":
        return "GET /2/users/:id/tweets", f"/2/users/{me}/tweets", {}
    return "GET /2/tweets/search/recent", "/2/tweets/search/recent", {"query": feed.removeprefix("search:")}


def _parsed(answer: HttpResponse, size: int) -> Listing:
    body = answer.json()
    if not isinstance(body, dict):
        raise ValueError("not an object")
    items, meta, includes = body.get("data") or [], body.get("meta") or {}, body.get("includes") or {}
    if not isinstance(items, list) or not isinstance(meta, dict) or not isinstance(includes, dict):
        raise ValueError("not a page")
    if not items and "meta" not in body:
        raise ValueError("neither data nor meta" + (": " + _first_error(body) if body.get("errors") else ""))
    token, users = meta.get("next_token"), _list(includes, "users")
    known = {name: user for user in objects_in(users) if is_id(name := user.get("id"))}
    return Listing(items, known, token if isinstance(token, str) and token else None, size)


def _billed(answer: HttpResponse) -> tuple[list[str], list[str]]:
    """The posts and the users that X bills: those listed and those expanded."""
    body = answer.object()
    includes = object_in(body.get("includes"))
    posts = [*_list(body, "data"), *_list(includes, "tweets"), *_list(includes, "posts")]
    return as_ids(posts), as_ids(_list(includes, "users"))


def _list(body: Untrusted, name: str) -> Sequence[object]:
    value = body.get(name)
    return value if isinstance(value, list) else []


def _log_errors(answer: HttpResponse, feed: str) -> None:
    """A 200 may carry errors beside its data: posts that X could not give. They are logged, the page is kept."""
    for error in _list(answer.object(), "errors"):
        known = error if isinstance(error, dict) else {"detail": error}
        post, why = known.get("resource_id", "?"), str(known.get("detail"))[:200]
        fields = {"event": "post_left_out", "platform": "x", "feed": feed, "post": post, "why": why}
        log.warning("%(platform)s: %(feed)s: a post was left out: %(post)s %(why)s", fields)


def _first_error(body: Untrusted) -> str:
    first = next(iter(_list(body, "errors")), None)
    return str(first.get("detail") or first.get("title") if isinstance(first, dict) else first)[:200]


def _rejected(answer: HttpResponse) -> Rejected:
    text = answer.body.decode("utf-8", "replace")
    least, line = _LEAST.search(text), " ".join(text.split())[:200]
    return Rejected(f"X answered 400: {line}", least[1] if least else "", since="since_id" in text)
