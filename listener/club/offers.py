"""Who may be given an offer, and how its text stands: blind to what the person thinks of us. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from listener.club_rules import Club, Offer
from listener.intake.phrases import Matcher, tokenize


@dataclass(frozen=True, slots=True)
class Recipient:
    """All that decides whether somebody may be given an offer. No score, no cue, no role: praise is never paid for.

    tier: of a member, None without one; first_at: when they first wrote to us.
    """

    platform: str
    is_member: bool
    tier: str | None
    is_minor: bool
    opted_out: bool
    first_at: datetime | None


def find_refusal(offer: Offer, recipient: Recipient, day: date) -> str | None:
    """Return why somebody may not be given an offer on this day; None where they may."""
    if stop := offer.find_stop(day):
        return stop
    if recipient.opted_out:
        return "the author opted out of replies"
    if recipient.is_minor:
        return "the author may be a minor"
    if offer.platforms and recipient.platform not in offer.platforms:
        return f"offer {offer.name} is not for {recipient.platform}"
    if offer.kind == "members" and not recipient.is_member:
        return f"offer {offer.name} is for members"
    if offer.tiers and recipient.tier not in offer.tiers:
        return f"offer {offer.name} is for members with the tier {' or '.join(offer.tiers)}"
    known_since = offer.from_ - timedelta(days=offer.known_days)
    if offer.kind == "asked" and offer.known_days and not _is_known(recipient, known_since):
        return f"the author is not known for {offer.known_days} days before the offer began"
    return None


def _is_known(recipient: Recipient, since: date) -> bool:
    return recipient.first_at is not None and recipient.first_at.date() <= since


def find_claimed(text: str, club: Club, day: date) -> tuple[Offer, str] | None:
    """Return the offer that a text asks for by a claim phrase, and the phrase; None without one that runs."""
    words = tokenize(text)
    for offer in club.offers:
        if offer.kind == "asked" and offer.runs(day):
            for phrase in offer.claim:
                if _match_claim(phrase).find(words):
                    return offer, phrase
    return None


@lru_cache(maxsize=256)
def _match_claim(phrase: str) -> Matcher:
    """Return what finds a phrase; made once, since making it costs a tenth of deciding a mention."""
    return Matcher({"claim": (phrase,)})
