"""How a feed is asked for: only what changed, a few redirects, and none into a private network."""

import ipaddress
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from listener.errors import ReadFailed
from listener.platforms.feed.section import Section, is_network, may_read
from listener.platforms.kit.addresses import is_public, private_addresses
from listener.platforms.kit.deadline import DeadlineExceeded, DeadlineRunner
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse, limit_ends, one_line

_HOPS, _CAP, _WINDOW, _LOOKUP_SECONDS = 3, 4 << 20, timedelta(minutes=15), 10.0
_MOVED = (301, 302, 303, 307, 308)


class FeedClient:
    """Asks for feeds. No credentials are sent."""

    def __init__(self, section: Section, web: HttpClient | None = None) -> None:
        self._allowed, self._web = section.allow_private, web or HttpClient(cap=_CAP)
        self._rng = random.Random()  # noqa: S311 - jitter, no secret
        self._resting: dict[str, tuple[datetime, datetime]] = {}  # feeds that ask for a pause: since when, until when
        self._lookup = DeadlineRunner(_LOOKUP_SECONDS)

    def get(self, url: str, headers: Mapping[str, str], now: datetime) -> tuple[HttpResponse, str]:
        """Return the answer (200 or 304) and where it came from after redirects. Raises ReadFailed."""
        since, until = self._resting.get(url, (now, now))
        if since <= now < until:  # after a clock that was set back the end means nothing
            raise ReadFailed(f"{url} asks for a pause", cause="rate", retry_at=until)
        at = url
        for _ in range(_HOPS + 1):
            answer = self._ask(url, at, headers)
            if answer.status not in _MOVED:
                return self._checked(answer, url, now), at
            at = self._target(url, at, answer.headers.get("location", ""))
        raise _redirected(url, at, "give the address it should be read at")

    def _ask(self, url: str, at: str, headers: Mapping[str, str]) -> HttpResponse:
        """Call an address; one that a redirect led to must still be where it was when it was looked up."""
        try:
            if _is_elsewhere(url, at) and urlsplit(at).hostname not in self._allowed:
                return self._web.get(at, None, headers, may_connect=self._may_reach)
            return self._web.get(at, None, headers)
        except CallFailed as error:
            raise ReadFailed(f"{url} cannot be reached: {error.message}") from None

    def _target(self, url: str, at: str, location: str) -> str:
        """Return where a redirect leads. Raises ReadFailed for where it may not lead."""
        target = _joined(at, location)
        if not may_read(target) or (at.startswith("https:") and not target.startswith("https:")):
            raise _redirected(url, target, "give the address it should be read at")
        if _is_elsewhere(url, target) and self._is_private(url, target):
            do = "if that is right, add its host to allow_private in [platforms.feed]"
            raise _redirected(url, f"{target[:200]}, which is not on the public internet", do)
        return target

    def _is_private(self, url: str, target: str) -> bool:
        """Return whether any address of the target is private and not allowed. Raises ReadFailed."""
        host = urlsplit(target).hostname or ""
        if host in self._allowed:
            return False
        try:
            private = self._lookup.call(lambda: private_addresses(host))
        except (OSError, ValueError, DeadlineExceeded) as error:
            raise ReadFailed(f"{url} redirects to {host}, which cannot be found: {one_line(error)}") from None
        return not all(map(self._may_reach, private))

    def _may_reach(self, address: str) -> bool:
        """Return whether an IP address is public, or in a network that is allowed."""
        networks = [ipaddress.ip_network(name) for name in self._allowed if is_network(name)]
        plain = address.partition("%")[0]
        return is_public(plain) or any(ipaddress.ip_address(plain) in network for network in networks)

    def _checked(self, answer: HttpResponse, url: str, now: datetime) -> HttpResponse:
        if answer.status in (200, 304):
            return answer
        message = f"{url} answered {answer.status}"
        if answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers):
            until = limit_ends(answer.headers, (), _WINDOW, now, self._rng)
            self._resting[url] = now, until
            raise ReadFailed(message, cause="rate", retry_at=until)
        if answer.status >= 500:
            raise ReadFailed(message)
        raise ReadFailed(message, "look at it in a browser, then correct [platforms.feed]", cause="item")


def _is_elsewhere(url: str, target: str) -> bool:
    return urlsplit(target).netloc != urlsplit(url).netloc


def _redirected(url: str, target: str, do: str) -> ReadFailed:
    return ReadFailed(f"{url} redirects to {target[:300]}", do, cause="item")


def _joined(at: str, location: str) -> str:
    try:
        return urljoin(at, location)
    except ValueError:
        return location
