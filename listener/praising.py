"""Read what decides whether a mention may be applauded or shown as a testimonial. The desk and the outbox share it."""

from datetime import datetime

from sqlalchemy import Connection

from listener.club.praise import REWARDED_FOR, Praise
from listener.club.praise import find_refusal as find_refusal_of
from listener.club_rules import Club
from listener.store import members, mentions, people, rewards, standing
from listener.store.people import Person
from listener.store.records import Exchange, StoredDecision
from listener.triage.decide import GUARDS

GUARD_NAMES = frozenset(name for name, _, _ in GUARDS)
DECIDED = "routed"  # the stage of a mention whose words are decided as they are
OFF = "applause is off; `[applause]` of club.toml turns it on"


def find_refusal(connection: Connection, club: Club, item: Exchange, now: datetime) -> str | None:
    """Return why a mention must not be applauded; None where it may."""
    return OFF if club.applause is None else find_flaw(connection, club, item, now)


def find_flaw(connection: Connection, club: Club, item: Exchange, now: datetime) -> str | None:
    """Return why a mention is no praise to applaud or to show; None where it is."""
    return find_refusal_of(read(connection, item, now), club.disclosures)


def read(connection: Connection, item: Exchange, now: datetime) -> Praise:
    """Read all that decides about a mention, as it is now."""
    mention, decided = item.mention, item.decided
    who = (mention.platform, mention.author_id)
    return Praise(
        text=mention.text,
        compound=decided.compound if decided else 0.0,
        cues=decided.signals.get("cues", {}) if decided else {},
        guards=_list_guards(decided),
        is_settled=decided is not None and mentions.read_stage(connection, item.key) == DECIDED,
        is_private=mention.is_private,
        is_gone=item.deleted_at is not None,
        starts_thread=mention.in_reply_to is None,
        is_minor=standing.is_minor(connection, who),
        opted_out=people.opted_out(connection, who) is not None,
        is_rewarded=rewards.has_any(connection, _list_digests(connection, who), now - REWARDED_FOR),
    )


def _list_digests(connection: Connection, who: Person) -> set[str]:
    """Return under which digests a person may have got a coupon: of all accounts of a member."""
    account = members.find_account(connection, who)
    known = [] if account is None else members.list_accounts(connection, account.member_id)
    return {people.digest(who), *(people.digest((other.platform, other.author_id)) for other in known)}


def _list_guards(decided: StoredDecision | None) -> tuple[str, ...]:
    return tuple(hit["rule"] for hit in decided.hits if hit["rule"] in GUARD_NAMES) if decided else ()
