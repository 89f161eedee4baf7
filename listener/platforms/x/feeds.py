"""One page of one feed from X: its price, the call, what came; by the other field names where X renamed its own."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from listener.errors import OverBudget, ReadFailed
from listener.platforms.kit.cursor import OWN
from listener.platforms.kit.response import HttpResponse
from listener.platforms.kit.values import Untrusted
from listener.platforms.x.caller import Caller
from listener.platforms.x.expansions import Expanded, Wanted
from listener.platforms.x.money import SIZES, ReadBudget, next_day
from listener.platforms.x.page_scan import as_ids
from listener.platforms.x.post import missing
from listener.platforms.x.section import Section
from listener.platforms.x.wire import Oversized
from listener.protocols import PageBooking, Purpose

log = logging.getLogger(__name__)

_LEAST = re.compile(r"larger than (\d{1,19})")


class Rejected(Exception):
    """X answered 400. least: the smallest since_id it takes, when that was the reason and X said so."""

    def __init__(self, message: str, least: str, *, since: bool) -> None:
        super().__init__(message)
        self.message, self.least, self.since = message, least, since


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page holds: raw posts, what came beside them, the next token, the size asked for."""

    items: Sequence[object]
    expanded: Expanded
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
        self._wanted, self._sizes = Wanted(), SIZES

    def lost_at(self, feed: str) -> datetime | None:
        """Return since when a page of this feed is booked of which nobody knows what it listed; None without one."""
        return None if feed == OWN else self._budget.lost_at(feed)

    def page(self, request: PageRequest, now: datetime) -> Listing:
        """Return a page; fields X no longer gives are asked for by their other name. Raises ReadFailed, Rejected."""
        self._wanted = self._want(request)
        listing = self._read(request, now)
        if missing(listing.items) is None:
            return listing
        self._wanted = replace(self._wanted, legacy=not self._wanted.legacy)
        listing = self._read(request, now)
        lost = missing(listing.items)
        if lost is not None:
            self._wanted = replace(self._wanted, legacy=True)
            if len(listing.items) > 1:  # a single broken post is set aside, and stops nothing
                raise ReadFailed(
                    f"X leaves out {lost} on every post", "update Earshot: X's fields have new names", cause="account"
                )
        return listing

    def _want(self, request: PageRequest) -> Wanted:
        authors = request.new and self._section.look_up_authors == "always"
        media = request.feed != OWN and self._section.look_up_media == "always"
        return replace(self._wanted, authors=authors, media=media)

    def _read(self, request: PageRequest, now: datetime) -> Listing:
        endpoint, route, params = _request(request.feed, request.account)
        self._caller.require_ready(endpoint, now)
        page = self._book(endpoint, request, now)
        params |= {"max_results": page.size, **self._wanted.parameters(), **request.bounds()}
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

    def _post_price(self, feed: str) -> float:
        """The most that one post of a page can cost, with all it brings along."""
        return self._budget.post_price(feed) + self._wanted.usd(self._section.prices)

    def _listing(self, answer: HttpResponse, feed: str, page: PageBooking, now: datetime) -> Listing:
        try:
            listing = _parsed(answer, page.size)
        except ValueError as error:
            if answer.object().get("errors"):  # a page of errors alone holds nothing that X could bill
                self._budget.release(page)
            raise self._caller.unreadable(page.call, str(error), now) from None
        posts = [*as_ids(listing.items), *listing.expanded.posts]
        beside = dict(listing.expanded.units(self._section.prices))
        self._budget.settle(page, posts, beside, self._budget.post_price(feed), is_last=listing.token is None)
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
    items, meta = body.get("data") or [], body.get("meta") or {}
    if not isinstance(items, list) or not isinstance(meta, dict) or not isinstance(body.get("includes") or {}, dict):
        raise ValueError("not a page")
    if not items and "meta" not in body:
        raise ValueError("neither data nor meta" + (": " + _first_error(body) if body.get("errors") else ""))
    token = meta.get("next_token")
    return Listing(items, Expanded.read(body), token if isinstance(token, str) and token else None, size)


def _list(body: Untrusted, name: str) -> Sequence[object]:
    value = body.get(name)
    return value if isinstance(value, list) else []


def _log_errors(answer: HttpResponse, feed: str) -> None:
    """Log the errors that a 200 may carry beside its data: posts and media that X could not give."""
    for error in _list(answer.object(), "errors"):
        known = error if isinstance(error, dict) else {"detail": error}
        kind, item, why = known.get("resource_type", "post"), known.get("resource_id", "?"), str(known.get("detail"))
        fields = {"event": "item_left_out", "platform": "x", "feed": feed, "kind": kind, "item": item, "why": why[:200]}
        log.warning("%(platform)s: %(feed)s: X left out %(kind)s %(item)s: %(why)s", fields)


def _first_error(body: Untrusted) -> str:
    first = next(iter(_list(body, "errors")), None)
    return str(first.get("detail") or first.get("title") if isinstance(first, dict) else first)[:200]


def _rejected(answer: HttpResponse) -> Rejected:
    text = answer.body.decode("utf-8", "replace")
    least, line = _LEAST.search(text), " ".join(text.split())[:200]
    return Rejected(f"X answered 400: {line}", least[1] if least else "", since="since_id" in text)
