"""Who the people are that write to us: list them by role, and correct a role."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from listener.club.roles import HELPED, Role, list_roles
from listener.club_rules import LEANING, NO_CLUB, Club, Mark, PersonFigures
from listener.desk import members
from listener.desk.approve import DeskContext, require_staff
from listener.desk.person_views import PersonLine
from listener.desk.proof import require_mention_of
from listener.desk.typed import require_storable
from listener.errors import DeskError
from listener.store import events, people, standing
from listener.store.engine import Store
from listener.store.people import Person

MARK_LASTS = LEANING


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people. silent: who has not written for so long; limit None: all."""

    role: str | None = None
    tier: str | None = None
    silent: timedelta | None = None
    limit: int | None = 50


def of_person(connection: Connection, who: Person, now: datetime) -> tuple[Role, ...]:
    """Return the roles of a person; none where nothing of theirs is addressed to us."""
    marks = standing.list_marks(connection, now, who).get(who, ())
    return next((list_roles(figures, marks, now) for figures in standing.read_figures(connection, now, who)), ())


def list_people(store: Store, wanted: PeopleFilter, now: datetime, club: Club = NO_CLUB) -> list[PersonLine]:
    """List the people who wrote to us, who last wrote first."""
    with store.read() as connection:
        marks = standing.list_marks(connection, now)
        tiers = members.list_tiers(connection, club, now)
        everybody = standing.read_figures(connection, now)

        def roles_of(figures: PersonFigures) -> tuple[Role, ...]:
            return list_roles(figures, marks.get((figures.platform, figures.author_id), ()), now)

        in_tier = (item for item in everybody if _is_in(wanted.tier, tiers.get((item.platform, item.author_id))))
        chosen = list(islice((item for item in in_tier if _is_wanted(item, roles_of, wanted, now)), wanted.limit))
        handles = standing.read_handles(connection, [figures.newest_key for figures in chosen])
        waiting = standing.count_open(connection)
    return [
        PersonLine(
            figures.platform,
            figures.author_id,
            handles[figures.newest_key],
            roles_of(figures),
            tiers.get((figures.platform, figures.author_id)),
            figures.mentions,
            figures.last_at,
            waiting.get((figures.platform, figures.author_id), 0),
        )
        for figures in chosen
    ]


def _is_in(wanted: str | None, tier: str | None) -> bool:
    return wanted is None or wanted == tier


def _is_wanted(
    figures: PersonFigures,
    roles_of: Callable[[PersonFigures], tuple[Role, ...]],
    wanted: PeopleFilter,
    now: datetime,
) -> bool:
    if wanted.silent is not None and figures.last_at > now - wanted.silent:
        return False
    return wanted.role is None or any(role.name == wanted.role for role in roles_of(figures))


def mark_role(
    store: Store, desk: DeskContext, handle: str, role: str, reason: str, until: datetime | None, *, is_set: bool = True
) -> None:
    """Give a person a role until a time, or take it from them; by default for MARK_LASTS. Raises DeskError."""
    _mark(store, desk, handle, role, reason, until, is_set, None)


def mark_helped(
    store: Store, desk: DeskContext, handle: str, mention: tuple[str, str], reason: str, until: datetime | None
) -> None:
    """Keep that a person helped somebody with this mention of theirs, once. Raises DeskError."""
    _mark(store, desk, handle, HELPED, reason, until, True, mention)


def _mark(
    store: Store,
    desk: DeskContext,
    handle: str,
    what: str,
    reason: str,
    until: datetime | None,
    is_set: bool,
    mention: tuple[str, str] | None,
) -> None:
    if not reason.strip():
        raise DeskError("a reason is needed", "add --reason TEXT")
    require_storable(reason, "the reason")
    with store.write() as connection:
        require_staff(desk)
        who, now = people.find_person(connection, handle), desk.clock()
        key = None if mention is None else require_mention_of(connection, who, *mention).key
        if key is not None and standing.has_helped(connection, key):
            raise DeskError(f"mention {':'.join(mention or ())} is marked as help already", "nothing was changed")
        kept = Mark(*who, what, is_set, desk.by, now, until or now + MARK_LASTS, reason, key)
        standing.add_mark(connection, kept)
        detail = {"platform": who[0], "author_id": who[1], "role": what, "is_set": is_set}
        events.add(connection, "person_marked", desk.by, now, detail=detail)
