"""The `[platforms.x]` section of earshot.toml: its keys, what can be wrong with them, what an operator should know."""

import math
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlsplit

from listener.platforms.kit.addresses import on_loopback, url_problem
from listener.platforms.kit.authors import item_author, names_under, raw_object
from listener.platforms.kit.section import KeyProblem, SettlingSection, repeated_problems
from listener.platforms.x.ids import is_id
from listener.protocols import Budget, ItemAuthor

SECRETS = (
    "EARSHOT_X_CONSUMER_KEY",
    "EARSHOT_X_CONSUMER_SECRET",
    "EARSHOT_X_ACCESS_TOKEN",
    "EARSHOT_X_ACCESS_TOKEN_SECRET",
)
"""The OAuth 1.0a user tokens, which do not expire: made in X's console for the account that owns the app."""

_HANDLE = re.compile(r"@?[A-Za-z0-9_]{1,15}")
_QUERY_MOST = 512  # characters of a self-serve recent search: docs.x.com, build-a-query


@dataclass(frozen=True, kw_only=True)
class Prices:
    """US dollars a unit, as X's price page had them on `read_on`. Reads are billed once a post and UTC day."""

    read_on: date = date(2026, 11, 22)
    post_read: float = 0.005
    owned_read: float = 0.001  # mentions and timeline of the account that owns the developer app
    user_read: float = 0.010
    media_read: float = 0.0  # a picture, video or poll: the price page has had no price for them since 2026-06-18
    post: float = 0.015
    summoned_post: float = 0.010  # a reply to somebody who mentioned or quoted us


@dataclass(frozen=True, kw_only=True)
class Section(SettlingSection):
    """Keys of `[platforms.x]`. Money in US dollars; search: queries beyond @mentions; sister_accounts: author ids."""

    secret_names = SECRETS
    chatty_loggers = ("tweepy", "requests_oauthlib", "oauthlib", "urllib3")  # at DEBUG they log tokens
    retain_deleted_text = timedelta(hours=23)  # X's developer policy asks for 24 at most; upkeep has to come round

    handle: str = ""
    api_url: str = "https://api.x.com"
    search: tuple[str, ...] = ()
    app_owned_by_brand: bool = False
    sister_accounts: tuple[str, ...] = ()
    look_up_authors: Literal["never", "always"] = "never"
    look_up_media: Literal["never", "always"] = "always"
    daily_budget_usd: float | Literal["none"] = 5.0
    send_reserve_usd: float = 0.5
    url_reserve_usd: float = 0.20
    prices: Prices = field(default_factory=Prices)
    i_have_read_the_automation_rules: bool = False

    @property
    def name(self) -> str:
        """The handle without its @."""
        return self.handle.removeprefix("@")

    @property
    def loopback(self) -> bool:
        """True when api_url is on this machine: a test server, to which nobody has to attest anything."""
        return _on_loopback(self.api_url)

    @property
    def may_send(self) -> bool:
        """True when the operator has attested that X's automation rules were read, or nobody has to."""
        return self.i_have_read_the_automation_rules or self.loopback

    @staticmethod
    def item_author(raw: str) -> ItemAuthor | None:
        """Return the id that stands beside the text of a post."""
        return item_author(names_under(raw_object(raw), "author_id"))

    @property
    def budget(self) -> Budget:
        """The day's budget, and what reading leaves of it for sending."""
        daily = None if self.daily_budget_usd == "none" else float(self.daily_budget_usd)
        return Budget(daily, self.send_reserve_usd)

    def reply_usd(self, *, link: bool) -> float:
        """With anything X may take for a link, the price of one: its documents disagree about such replies."""
        summoned = self.prices.summoned_post
        return max(summoned, self.url_reserve_usd) if link else summoned

    def post_usd(self, *, link: bool) -> float:
        """Return the US dollars to reserve for a post of our own accord."""
        return max(self.prices.post, self.url_reserve_usd) if link else self.prices.post

    def problems(self) -> list[KeyProblem]:
        """Return the problems that types do not catch."""
        return [*_handle(self), *_url(self.api_url), *_lists(self), *_money(self), *super().problems()]

    def notes(self) -> list[str]:
        """Return what X asks of an automated account, and what this configuration costs."""
        return [_RULES, *_attestation(self), _ownership(self), *_remarks(self)]


_RULES = (
    "X requires of an automated account: the `Automated` label, linked to the account of a responsible person,"
    " and a bio that states it; an easy opt-out that is followed at once; one automated reply per interaction at most,"
    " only to people who mentioned you; no AI-written reply without X's written approval (help.x.com, automation rules)"
)


def _attestation(section: Section) -> list[str]:
    if section.may_send:
        return []
    return ["X: sending is held until i_have_read_the_automation_rules = true; reading and queueing work"]


def _ownership(section: Section) -> str:
    prices = section.prices
    if section.app_owned_by_brand:
        return (
            f"X: reads are calculated at ${prices.owned_read:g} a post, right only while the brand's account owns the"
            f" developer app; prices were read on {prices.read_on}"
        )
    return (
        f"X: a mention costs ${prices.post_read:g} to read; ${prices.owned_read:g} if the developer app is created"
        f" under the brand's own account (then set app_owned_by_brand = true); prices were read on {prices.read_on}"
    )


def _remarks(section: Section) -> list[str]:
    notes = []
    if section.look_up_authors == "always":
        notes.append(f'X: look_up_authors = "always" adds up to ${section.prices.user_read:g} per author and UTC day')
    if section.look_up_media == "always" and section.prices.media_read:
        notes.append(f'X: look_up_media = "always" adds ${section.prices.media_read:g} per picture, video or poll')
    if section.search:
        notes.append("X: search results are read, but X refuses replies to people who did not mention or quote you")
    if section.daily_budget_usd == "none":
        notes.append('X: daily_budget_usd = "none": there is no limit to what reading and sending cost')
    elif 0 < section.daily_budget_usd <= section.send_reserve_usd:
        notes.append("X: send_reserve_usd reserves the whole daily_budget_usd for sending: nothing will be read")
    return notes


def _handle(section: Section) -> list[KeyProblem]:
    if _HANDLE.fullmatch(section.handle):
        return []
    what = f"{section.handle!r} is not an X handle" if section.handle else "is missing"
    return [("handle", what, "give the brand's account, 1 to 15 letters, digits or _")]


def _url(url: str) -> list[KeyProblem]:
    what = url_problem(url, can_have_path=True)
    if not what and urlsplit(url).path.rstrip("/").endswith("/2"):
        what = f"{url!r} ends in /2, which Earshot adds"
    return [("api_url", what, 'give scheme and host alone, such as "https://api.x.com"')] if what else []


def _on_loopback(url: str) -> bool:
    with suppress(ValueError):
        return on_loopback(urlsplit(url).hostname or "")
    return False


def _lists(section: Section) -> list[KeyProblem]:
    long = [query for query in section.search if not 0 < len(query.strip()) <= _QUERY_MOST]
    odd = [account for account in section.sister_accounts if not is_id(account)]
    faults = [("search", f"a query of {len(query)} characters", f"X takes 1 to {_QUERY_MOST}") for query in long]
    faults += repeated_problems("search", "a query", section.search)
    do = "give the number, not the handle"
    return faults + [("sister_accounts", f"{account!r} is not an account id", do) for account in odd]


def _money(section: Section) -> list[KeyProblem]:
    sums = {"send_reserve_usd": section.send_reserve_usd, "url_reserve_usd": section.url_reserve_usd}
    if section.daily_budget_usd != "none":
        sums["daily_budget_usd"] = section.daily_budget_usd
    for name in ("post_read", "owned_read", "user_read", "media_read", "post", "summoned_post"):
        sums[f"prices.{name}"] = getattr(section.prices, name)
    return [
        (key, f"{usd} is not a sum of money", "give dollars, 0 or more")
        for key, usd in sums.items()
        if not math.isfinite(usd) or usd < 0
    ]
