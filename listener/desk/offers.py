"""Give an offer by a reply, take it back, give it once more, show its code, and import the shop's codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import rewarding
from listener.club_rules import Offer, Pool
from listener.codes import CODE, CODE_SHAPE, is_plain_word
from listener.desk.acting import CLEAR_APPROVAL, act
from listener.desk.approve import DeskContext, require_sendable, require_staff
from listener.desk.coupon_views import GIVABLE
from listener.desk.offer_texts import take_out, write_offer
from listener.desk.typed import require_storable
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.policy import Policy
from listener.store import coupons, events, items, moves, offer_turns, reward_book, reward_home, rewards, thawing
from listener.store.coupons import Stock
from listener.store.engine import Store
from listener.store.records import Exchange, Reply, ReplyChanges

BATCH = 500  # codes kept in a transaction


@dataclass(frozen=True, slots=True)
class BadCode:
    """A line of a file that is no code."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of codes did. new: codes that were added, or noted as used; known: those that were there.

    frozen: codes of the pool that may have been given before a restore; while there are any, it gives none.
    """

    pool: str
    new: int
    known: int
    bad: tuple[BadCode, ...]
    frozen: int = 0


def require_offer(desk: DeskContext, name: str) -> Offer:
    """Return the offer of this name. Raises DeskError."""
    offer = desk.policy.club.offer(name)
    if offer is None:
        known = ", ".join(offer.name for offer in desk.policy.club.offers) or "none"
        raise DeskError(f"there is no offer {name!r}", f"club.toml has {known}")
    return offer


def require_pool(desk: DeskContext, name: str) -> Pool:
    """Return the pool of this name. Raises DeskError."""
    pools = {pool.name: pool for pool in desk.policy.club.pools}
    if name not in pools:
        raise DeskError(f"there is no pool {name!r}", f"club.toml has {', '.join(pools) or 'none'}")
    return pools[name]


def give(store: Store, desk: DeskContext, reply_id: int, name: str, reason: str, *, again: bool = False) -> None:
    """Reserve a coupon of an offer for the author, and put the offer's text behind the draft's. Raises DeskError.

    again: also where they had one of this offer; its code stays with them.
    """
    offer = require_offer(desk, name)
    require_storable(reason, "the reason")
    if (offer.kind == "goodwill" or again) and not reason.strip():
        raise DeskError("a reason is needed", "add --reason TEXT; praise does not count")

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        now, mention = desk.clock(), item.mention
        persons = rewarding.find_holder(connection, mention, reply.id).persons
        if again and not offer_turns.lift(connection, name, persons, now):
            raise DeskError(f"the author never had offer {name}", "give it without --again")
        old = rewards.find_of_reply(connection, reply.id)
        kept = rewarding.reserve(connection, desk.policy.club, offer, reply, mention, desk.by, reason, now)
        text = write_offer(desk.policy.club, offer, reply.text or "", old)
        require_sendable(desk, mention, desk.signed(text.replace(CODE, kept.mask)))
        return rewarding.put_in(connection, reply, text, kept, reply.kind or "support", desk.by, now)

    act(store, desk, reply_id, GIVABLE, work)


def drop(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Take the coupon out of a draft, with the offer's text. Raises DeskError where the text around it was changed."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        kept = rewards.find_of_reply(connection, reply.id)
        if kept is None:
            raise DeskError(f"reply {reply.id} has no coupon", "nothing was changed")
        left = take_out(desk.policy.club, reply.text or "", kept)
        changes: ReplyChanges = {"text": left or None, "revision": reply.revision + 1, **CLEAR_APPROVAL}
        to = "drafted" if left else "escalated"
        detail = {"before": reply.text, "text": left}
        return moves.transition(
            connection, reply, to, by=desk.by, now=desk.clock(), what="coupon_dropped", detail=detail, **changes
        )

    act(store, desk, reply_id, GIVABLE, work)


def show_code(store: Store, desk: DeskContext, reply_id: int) -> str:
    """Return the text of a reply with its whole code, for a person who posts it by hand; logged. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        item = items.queued(connection, reply_id)
        if item.reply.state != "by_hand":
            do = "its code is put in when it is sent" if item.reply.state == "approved" else "approve it first"
            raise DeskError(f"reply {reply_id} is {item.reply.state}, not to be posted by hand", do)
        approved = events.list_valid_approvals(connection, item.reply)
        words = approved[-1].text if approved else item.reply.text or ""
        text = rewards.reveal(connection, reply_id, words)
        if text is None or rewards.find_of_reply(connection, reply_id) is None:
            raise DeskError(f"reply {reply_id} has no coupon", "its text is all there is")
        rewarding.require_fit_coupon(connection, desk.policy.club, reply_id, item.mention, words, desk.clock())
        events.add(connection, "code_shown", desk.by, desk.clock(), mention_key=item.key, reply_id=reply_id)
    return text


def list_stock(store: Store) -> list[Stock]:
    """Count the coupons of each pool by what became of them."""
    with store.read() as connection:
        return coupons.list_stock(connection)


def import_codes(
    store: Store, desk: DeskContext, name: str, lines: Iterable[str], expires_at: datetime | None
) -> Imported:
    """Keep the codes of a file, one a line; again it adds nothing. Raises DeskError."""
    pool = require_pool(desk, name)
    codes, bad = _read_codes(lines, _join_words(desk.policy))
    new = 0
    for batch in _batches(codes):
        with store.write() as connection:
            require_staff(desk)
            new += coupons.add(connection, name, batch, pool.cents, expires_at)
            reward_home.keep(connection, name)
        fault_point("R0")
    _note_import(store, desk, pool, f"{new} new codes in pool {name}")
    with store.read() as connection:
        frozen = len(reward_book.list_missing(connection, name))
    return Imported(name, new, len(codes) - new, tuple(bad), frozen)


def import_used(store: Store, desk: DeskContext, name: str, lines: Iterable[str]) -> Imported:
    """Note the codes that the shop has seen, and give from a pool again that a restore has frozen. Raises DeskError."""
    pool = require_pool(desk, name)
    codes, bad = _read_codes(lines)
    digests = [coupons.digest(code) for code in codes]
    with store.write() as connection:
        require_staff(desk)
        reward_book.require_usable(connection, desk.clock())
        used = coupons.mark_used(connection, name, digests, desk.clock())
        void = thawing.thaw(connection, name, desk.by, desk.clock())
    _note_import(store, desk, pool, f"{used} codes of pool {name} were used, {void} void after a restore")
    return Imported(name, used, len(codes) - used, tuple(bad))


def confirm(store: Store, desk: DeskContext, name: str, reason: str) -> None:
    """Give from a pool on a server again that a restore has frozen, where no code was given since the backup.

    A person answers for it, with a reason. Raises DeskError.
    """
    pool = require_pool(desk, name)
    if not reason.strip():
        raise DeskError("a reason is needed", "add --reason TEXT")
    require_storable(reason, "the reason")
    with store.write() as connection:
        require_staff(desk)
        if not reward_home.is_frozen(connection, name):
            do = f"after the restore of a file: `earshot coupons import {name} FILE --used`"
            raise DeskError(f"pool {name} is not frozen by a restore of the server", do)
        reward_home.renew(connection, name)
    _note_import(store, desk, pool, f"pool {name} is whole after a restore: {reason}")


def void(store: Store, desk: DeskContext, name: str, code: str | None, reason: str) -> int:
    """Void the free codes of a pool, or one of them. Returns how many. Raises DeskError."""
    pool = require_pool(desk, name)
    if not reason.strip():
        raise DeskError("a reason is needed", "add --reason TEXT")
    require_storable(reason, "the reason")
    with store.write() as connection:
        require_staff(desk)
        number = coupons.void_free(connection, name, code, reason, desk.clock())
        if code is not None and not number:
            raise DeskError("this code is not a free one of the pool", "`earshot coupons list` counts them")
    _note_import(store, desk, pool, f"{number} codes of pool {name} void: {reason}")
    return number


def _note_import(store: Store, desk: DeskContext, pool: Pool, message: str) -> None:
    with store.write() as connection:
        rewarding.update_notice(connection, pool, desk.clock())
        events.add(connection, "coupons_changed", desk.by, desk.clock(), detail={"message": message})


def _join_words(policy: Policy) -> str:
    """Return all the words that we know, and those of our own texts, in lower case."""
    phrases = (phrase for phrases in policy.cues.values() for phrase in phrases)
    wordings = (variant.text for variants in policy.wording.values() for variant in variants)
    saved = (reply.text for reply in policy.saved_replies)
    return "\n".join((policy.brand.name, *policy.lexicon, *phrases, *wordings, *saved)).casefold()


def _read_codes(lines: Iterable[str], words: str = "") -> tuple[list[str], list[BadCode]]:
    """Return the codes of a file, each once, and the lines that are none; of CSV the first column.

    words: no code may be one of them, or no reply with it could be sent.
    """
    codes: dict[str, str] = {}
    bad: list[BadCode] = []
    for number, line in enumerate(lines, 1):
        code = line.split(",")[0].split(";")[0].strip().strip('"')
        if not code or (number == 1 and code.casefold() in ("code", "coupon")):
            continue
        if CODE_SHAPE.fullmatch(code) and is_plain_word(code, words):
            bad.append(BadCode(number, f"{code!r} is a plain word, and no reply with that word could be sent"))
        elif CODE_SHAPE.fullmatch(code):
            codes.setdefault(code.casefold(), code)
        else:
            bad.append(BadCode(number, "a code has 6 to 40 letters, digits, - or _"))
    return list(codes.values()), bad


def _batches(codes: list[str]) -> Iterable[list[str]]:
    return (codes[start : start + BATCH] for start in range(0, len(codes), BATCH))
