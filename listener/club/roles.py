"""The roles of a person: what their figures say, corrected by staff. Pure; the windows are what lets a role decay."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.club_rules import LEANING, LISTENING, ROLES, Mark, PersonFigures

HELPED = "helped"  # a mark: the person helped somebody else
NEW_FOR = timedelta(days=14)
NEW_CONVERSATIONS = 2
REGULAR_DAYS = 4  # within LISTENING, in at least REGULAR_MONTHS calendar months
REGULAR_MONTHS = 2
TREND_FOLLOWERS = 10_000
TREND_CONVERSATIONS = 2
GOSSIP_CONVERSATIONS = 2
ADVOCATE_DAYS = 3  # of unasked praise within LEANING, the last of them within PRAISE_FADES
PRAISE_FADES = timedelta(days=60)
ADVOCATE_FACTOR = 3  # days of praise for each complaint
ADVOCATE_HELPED = 2  # times that somebody was helped, whatever the praise
CRITIC_CONVERSATIONS = 3
CRITIC_FACTOR = 2  # complaints for each day of praise
_L, _P = LISTENING.days, LEANING.days


@dataclass(frozen=True, slots=True)
class Role:
    """What a person is to us, and why in one sentence. until: when a mark of staff ends; None: by their figures."""

    name: str
    message: str
    until: datetime | None = None
    by: str | None = None


def list_roles(figures: PersonFigures, marks: Iterable[Mark], now: datetime) -> tuple[Role, ...]:
    """Return the roles of a person, in the order of ROLES. marks: of this person, whatever their age."""
    valid = sorted((mark for mark in marks if mark.at <= now < mark.until), key=lambda mark: mark.at)
    newest = {mark.what: mark for mark in valid}
    helped = len({mark.mention_key for mark in valid if mark.what == HELPED and mark.is_set})
    roles = (_find_role(name, figures, newest.get(name), helped, now) for name in ROLES)
    return tuple(role for role in roles if role is not None)


def _find_role(name: str, figures: PersonFigures, mark: Mark | None, helped: int, now: datetime) -> Role | None:
    """Return the role by staff's newest mark, else by the figures; None where the person has another."""
    if mark is not None:
        reason = f"marked by {mark.by} until {mark.until:%Y-%m-%d}: {mark.why}"
        return Role(name, reason, mark.until, mark.by) if mark.is_set else None
    if name == "advocate":
        message = _advocate(figures, helped, now)
    else:
        message = _RULES[name](figures, now) if name in _RULES else None
    return None if message is None else Role(name, message)


def _new(figures: PersonFigures, now: datetime) -> str | None:
    age = now - figures.first_at
    if age > NEW_FOR or figures.conversations > NEW_CONVERSATIONS:
        return None
    return f"first wrote {_ago(age)}, {_count(figures.conversations, 'conversation')} so far"


def _regular(figures: PersonFigures, now: datetime) -> str | None:
    if figures.recent_days < REGULAR_DAYS or figures.recent_months < REGULAR_MONTHS:
        return None
    return f"wrote on {figures.recent_days} of the last {_L} days, in {figures.recent_months} months"


def _trendsetter(figures: PersonFigures, now: datetime) -> str | None:
    followers = figures.followers or 0
    if followers < TREND_FOLLOWERS or figures.recent_conversations < TREND_CONVERSATIONS:
        return None
    return f"{followers:,} followers, {figures.recent_conversations} conversations in the last {_L} days"


def _gossiper(figures: PersonFigures, now: datetime) -> str | None:
    if figures.claims < GOSSIP_CONVERSATIONS:
        return None
    return f"made a false claim of the fact sheet in {figures.claims} conversations of the last {_P} days"


def _advocate(figures: PersonFigures, helped: int, now: datetime) -> str | None:
    if helped >= ADVOCATE_HELPED:
        return f"helped others {helped} times"
    days, last = figures.praise_days, figures.last_praise_at
    if last is None or now - last > PRAISE_FADES:
        return None
    if days < ADVOCATE_DAYS or days < ADVOCATE_FACTOR * figures.complaints:
        return None
    complaints = _count(figures.complaints, "complaint")
    return f"praised us unasked on {days} of the last {_P} days, last {_ago(now - last)}; {complaints}"


def _critic(figures: PersonFigures, now: datetime) -> str | None:
    number = figures.complaints
    if number < CRITIC_CONVERSATIONS or number < CRITIC_FACTOR * figures.praise_days:
        return None
    praise = _count(figures.praise_days, "day")
    return f"complained in {number} conversations of the last {_P} days, praised us unasked on {praise}"


_RULES: dict[str, Callable[[PersonFigures, datetime], str | None]] = {
    "critic": _critic,
    "trendsetter": _trendsetter,
    "gossiper": _gossiper,
    "regular": _regular,
    "new": _new,
}


def _ago(age: timedelta) -> str:
    return "today" if age < timedelta(days=1) else f"{_count(age.days, 'day')} ago"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
