"""Put a coupon of an offer into a draft: who may have it, the reservation and the new text in the caller's transaction.

The desk and the triage share it. A draft never holds a code, only its mask: the code is put in when the words leave.
"""

from datetime import datetime

from sqlalchemy import Connection

from listener.club.claims import is_alike
from listener.club.offers import Recipient, find_refusal
from listener.club.tiers import find_tier
from listener.club_rules import Club, Offer, Pool
from listener.codes import CODE, MASK
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.handles import find_others
from listener.model import Mention
from listener.store import coupons, members, moves, notices, people, reservations, rewards, standing
from listener.store.draft_reviews import MACHINE
from listener.store.ledger import start_of_day
from listener.store.notices import EVERYWHERE
from listener.store.people import Person
from listener.store.records import Reply, ReplyChanges
from listener.store.rewards import Holder, Reward

CLAIMS = 200  # newest claims of an offer that a new one is compared with
LOW = "coupons_low"  # the kind of the notice about a pool with few free coupons


def read_recipient(connection: Connection, club: Club, who: Person, now: datetime) -> Recipient:
    """Read all that decides whether somebody may be given an offer."""
    account = members.find_account(connection, who)
    tier = find_tier(members.read_points(connection, [who]).get(who, ()), club.tiers, now)
    return Recipient(
        platform=who[0],
        is_member=account is not None,
        tier=tier.name if tier else None,
        is_minor=standing.is_minor(connection, who),
        opted_out=people.opted_out(connection, who) is not None,
        first_at=standing.read_first_time(connection, who),
    )


def reserve(
    connection: Connection, club: Club, offer: Offer, live: Reply, mention: Mention, by: str, why: str, now: datetime
) -> Reward:
    """Reserve a coupon for the author of a mention, by the reply to it. Raises DeskError with why not."""
    recipient = read_recipient(connection, club, (mention.platform, mention.author_id), now)
    if refusal := find_refusal(offer, recipient, now.date()):
        raise DeskError(refusal, "nothing was reserved")
    holder = find_holder(connection, mention, live.id)
    if by == MACHINE:
        _require_own_words(connection, offer, holder, mention)
    kept = reservations.reserve(connection, offer, holder, by, why, now, start_of_day(now))
    update_notice(connection, offer.pool, now)
    return kept


def _require_own_words(connection: Connection, offer: Offer, holder: Holder, mention: Mention) -> None:
    """Raise DeskError where another person's claim was nearly the same; who has looked may give it all the same."""
    for reply_id, text in rewards.list_claims(connection, offer.name, holder.persons, CLAIMS):
        if is_alike(mention.text, text, offer.claim):
            what = f"nearly the words of the claim that reply {reply_id} answers: perhaps the same person"
            raise DeskError(what, f"give offer {offer.name} by hand if it is another one")


def find_holder(connection: Connection, mention: Mention, reply_id: int) -> Holder:
    """Return for whom a coupon is reserved by the reply to a mention."""
    who = (mention.platform, mention.author_id)
    account = members.find_account(connection, who)
    persons = members.list_persons(connection, account.member_id) if account else (people.digest(who),)
    return Holder(people.digest(who), persons, account.member_id if account else None, reply_id)


def put_in(connection: Connection, live: Reply, text: str, kept: Reward, kind: str, by: str, now: datetime) -> bool:
    """Write the reply's new text with the mask of the code. Returns False when somebody changed the reply."""
    shown, what = text.replace(CODE, kept.mask), "coupon_reserved"
    changes: ReplyChanges = {**moves.UNAPPROVED, "text": shown, "kind": kind, "auto": False, "error": None}
    changes["revision"] = live.revision + 1
    detail = {"message": f"offer {kept.offer}, code {kept.mask}", "text": shown, "before": live.text}
    is_done = moves.transition(connection, live, "drafted", by=by, now=now, what=what, detail=detail, **changes)
    fault_point("R2")
    return is_done


def require_fit_coupon(
    connection: Connection, club: Club, reply_id: int, mention: Mention, text: str, now: datetime
) -> bool:
    """Return whether a text carries a coupon; asked when it is approved, before it is sent and in the claim.

    Raises DeskError for one that is not this reply's, that is void, used or has ended, whose offer has, that others
    could read, or that a minor would get.
    """
    rewards.require_own_code(connection, reply_id, text)
    has_coupon = MASK.search(text) is not None
    kept = rewards.find_of_reply(connection, reply_id) if has_coupon else None
    if kept is not None:
        _require_lasting(kept, now)
        _require_running(kept, club, now)
    if has_coupon and standing.is_minor(connection, (mention.platform, mention.author_id)):
        raise DeskError("the author may be a minor", f"`earshot offer {reply_id} --drop`, or edit the reply without it")
    if has_coupon and (others := find_others(text, mention)):
        raise DeskError(f"the reply has a coupon, and @{', @'.join(others)} could read it", "write the name without @")
    return has_coupon


def find_problem(kept: Reward, club: Club, now: datetime) -> str | None:
    """Return why a coupon cannot be sent as things are; None where it can."""
    try:
        _require_lasting(kept, now)
        _require_running(kept, club, now)
    except DeskError as refusal:
        return refusal.what
    return None


def _require_lasting(kept: Reward, now: datetime) -> None:
    """Raise DeskError for a coupon that is void, has ended, or was used before it was given."""
    if kept.void_at is not None:
        do = f"edit it without {kept.mask}; another reply can have another: `earshot offer ID {kept.offer} --again`"
        raise DeskError(f"the coupon of reply {kept.reply_id} is void", do)
    if kept.expires_at is not None and kept.expires_at <= now:
        do = f"`earshot offer {kept.reply_id} --drop`, then give it again"
        raise DeskError(f"the coupon of reply {kept.reply_id} ended on {kept.expires_at:%Y-%m-%d}", do)
    if kept.is_spoilt:
        do = f"`earshot offer {kept.reply_id} --drop`, then give it with --again"
        raise DeskError(f"the coupon of reply {kept.reply_id} was used in the shop before it was given", do)


def _require_running(kept: Reward, club: Club, now: datetime) -> None:
    """Raise DeskError for a coupon of an offer that was removed, is over or is paused."""
    offer = club.offer(kept.offer)
    stop = f"offer {kept.offer} is not in club.toml any more" if offer is None else offer.find_stop(now.date())
    if stop is not None:
        raise DeskError(stop, f"edit reply {kept.reply_id} without {kept.mask}, or let the offer run on in club.toml")


def update_notice(connection: Connection, pool: Pool, now: datetime) -> None:
    """Open the notice about a pool with few free coupons, or clear it."""
    free = coupons.count_free(connection, pool.name, now)
    if free >= pool.low:
        notices.clear(connection, LOW, EVERYWHERE, now, subject=pool.name)
        return
    what = f"pool {pool.name} has {free} free coupons, fewer than {pool.low}"
    do = f"`earshot coupons import {pool.name} FILE` adds codes; or end the offers that use it"
    notices.open_notice(connection, "coupons_low", EVERYWHERE, what, do, now, subject=pool.name)
