"""Members: join by words of their own, leave, prove further accounts; and what they have earned."""

from datetime import datetime

from sqlalchemy import Connection

from listener.club.joining import asks_to_join, names_account
from listener.club.tiers import balance
from listener.club.tiers import find_tier as find_best_tier
from listener.club_rules import Club
from listener.desk.approve import DeskContext, require_staff
from listener.desk.person_views import Membership
from listener.desk.proof import require_mention_of
from listener.errors import DeskError
from listener.model import Mention
from listener.store import events, items, members, people, standing
from listener.store.engine import Store
from listener.store.members import Account
from listener.store.people import Person

MentionRef = tuple[str, str]  # platform, id


def find_tier(connection: Connection, club: Club, who: Person, now: datetime) -> str | None:
    """Return the name of a member's tier; None for who is none, or has none yet."""
    return _list_tiers(connection, club, now, [who]).get(who) if club.tiers else None


def list_tiers(connection: Connection, club: Club, now: datetime) -> dict[Person, str]:
    """Map the members who have a tier to its name."""
    return _list_tiers(connection, club, now, None) if club.tiers else {}


def _list_tiers(connection: Connection, club: Club, now: datetime, whose: list[Person] | None) -> dict[Person, str]:
    earned = members.read_points(connection, whose)
    tiers = {person: find_best_tier(points, club.tiers, now) for person, points in earned.items()}
    return {person: tier.name for person, tier in tiers.items() if tier is not None}


def find_membership(connection: Connection, club: Club, who: Person, now: datetime) -> Membership | None:
    """Return how a person is a member, or None."""
    account = members.find_account(connection, who)
    if account is None:
        return None
    member = members.read(connection, account.member_id)
    accounts = members.list_accounts(connection, member.id)
    return Membership(
        since=member.since,
        terms=member.terms,
        evidence=_name_mention(connection, member.evidence_key),
        accounts=tuple(f"{kept.platform}:{kept.author_id}" for kept in accounts),
        points=balance(members.read_points(connection, [who]).get(who, ()), now),
        tier=find_tier(connection, club, who, now),
    )


def asks_to_join_now(connection: Connection, club: Club, mention: Mention) -> bool:
    """Return whether a mention asks to join, by somebody who is not a member yet."""
    if not asks_to_join(mention.text, club.join):
        return False
    return members.find_account(connection, (mention.platform, mention.author_id)) is None


def _name_mention(connection: Connection, key: int | None) -> str | None:
    mention = None if key is None else items.item(connection, key=key).mention
    return f"{mention.platform}:{mention.id}" if mention else None


def join(store: Store, desk: DeskContext, handle: str, mention: MentionRef) -> None:
    """Make a person a member by a mention of theirs with the words for it. Raises DeskError."""
    club = desk.policy.club
    if not club.join:
        raise DeskError("nobody can join: there is no club", "write how people join: `join` in club.toml")
    with store.write() as connection:
        require_staff(desk)
        who, now = people.find_person(connection, handle), desk.clock()
        if members.find_account(connection, who) is not None:
            raise DeskError(f"{handle} is a member already", f"`earshot member {handle}` shows it")
        evidence = require_mention_of(connection, who, *mention)
        if not asks_to_join(evidence.mention.text, club.join):
            phrases = " or ".join(f'"{phrase}"' for phrase in club.join)
            raise DeskError(f"mention {':'.join(mention)} does not ask to join", f"members write {phrases} themselves")
        _require_may_join(connection, club, handle, who)
        members.join(connection, who, evidence.key, evidence.mention.text, club.terms, desk.by, now)
        _log(connection, desk, "member_joined", who, f"by mention {':'.join(mention)}")


def _require_may_join(connection: Connection, club: Club, handle: str, who: Person) -> None:
    if people.opted_out(connection, who) is not None:
        raise DeskError(
            f"{handle} opted out of replies", f"`earshot optout {handle} --undo` if they changed their mind"
        )
    if club.adults_only and standing.is_minor(connection, who):
        raise DeskError(f"{handle} may be a minor, and the club is for adults", f"see `earshot person {handle}`")


def leave(store: Store, desk: DeskContext, handle: str) -> None:
    """End a membership: its accounts and points are erased. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        who = people.find_person(connection, handle)
        account = _require_account(connection, who, handle)
        members.leave(connection, account.member_id, desk.clock())
        _log(connection, desk, "member_left", who, "")


def add_account(store: Store, desk: DeskContext, handle: str, other: str, proof: list[MentionRef]) -> None:
    """Add another account of a member; each of the two must have named the other in a mention. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        who, added = people.find_person(connection, handle), people.find_person(connection, other)
        account = _require_account(connection, who, handle)
        if (known := members.find_account(connection, added)) is not None:
            same = "this member" if known.member_id == account.member_id else "another member"
            raise DeskError(f"{other} is an account of {same} already", "nothing was changed")
        evidence = _require_proof(connection, who, added, proof)
        new = Account(*added, account.member_id, "said", evidence, desk.clock(), desk.by)
        members.add_account(connection, new)
        _log(connection, desk, "account_added", added, f"to member {account.member_id}; both accounts named each other")


def remove_account(store: Store, desk: DeskContext, handle: str, other: str) -> None:
    """Remove an account of a member; what was earned stays with the member. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        who, removed = people.find_person(connection, handle), people.find_person(connection, other)
        account = _require_account(connection, who, handle)
        known = members.find_account(connection, removed)
        if known is None or known.member_id != account.member_id:
            raise DeskError(f"{other} is not an account of this member", f"`earshot member {handle}` lists them")
        _require_removable(known, account)
        members.remove_account(connection, known, who)
        _log(connection, desk, "account_removed", removed, f"from member {account.member_id}")


def _require_removable(removed: Account, account: Account) -> None:
    name = f"{removed.platform}:{removed.author_id}"
    if removed.proof == members.JOINED:
        raise DeskError(
            f"{name} is the account by which they joined", "--leave ends the membership; they may join by another one"
        )
    if removed == account:
        raise DeskError(f"{name} cannot keep what it has earned", "name the member by another account of theirs")


def _require_proof(connection: Connection, who: Person, added: Person, proof: list[MentionRef]) -> int:
    """Return the mention by which the added account named the member's. Raises DeskError."""
    do = "give --proof twice: a mention by each account that names the other one"
    if len(proof) != 2:
        raise DeskError("a name alone proves nothing", do)
    first, second = (
        require_mention_of(connection, person, *ref) for person, ref in zip((who, added), proof, strict=True)
    )
    handles = [item.mention.author_handle for item in (first, second)]
    if not all(handles):
        raise DeskError("an account without a handle cannot be named", do)
    for item, handle in zip((first, second), reversed(handles), strict=True):
        if handle is None or not names_account(item.mention.text, handle):
            raise DeskError(f"mention {item.mention.platform}:{item.mention.id} does not name @{handle}", do)
    return second.key


def _require_account(connection: Connection, who: Person, handle: str) -> Account:
    account = members.find_account(connection, who)
    if account is None:
        do = f"`earshot member {handle} --join PLATFORM:MENTION_ID` with a mention in which they ask to"
        raise DeskError(f"{handle} is not a member", do)
    return account


def _log(connection: Connection, desk: DeskContext, what: str, who: Person, message: str) -> None:
    detail = {"platform": who[0], "author_id": who[1], "message": message}
    events.add(connection, what, desk.by, desk.clock(), detail=detail)
