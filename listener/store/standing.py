"""Count what people wrote to us, when somebody looks; and keep what staff marked about them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, insert, or_, select

from listener.club_rules import LEANING, LISTENING, Mark, PersonFigures
from listener.store import decisions
from listener.store.dialect import day_of, month_of
from listener.store.loading import columns, load_all
from listener.store.people import Person
from listener.store.period import COMPLAINTS, POSITIVE_FROM
from listener.store.replies import is_waiting
from listener.store.tables import basis, decision, mark, mention, reply
from listener.store.value_dialect import is_any_of, is_false_at, json_at

PRAISE = ("praise", "thanks")  # cues
IRONY = ("sarcasm", "ironic_praise")  # cues that make praise doubtful
MADE = ('"stated"]', '"hedged"]')  # how a stored claim ends that the author made, rather than asked about or denied
_by = (mention.c.platform, mention.c.author_id)


@dataclass(slots=True)
class _Leanings:
    """Praise, complaints and false claims of a person: days, and conversations."""

    praise: set[str] = field(default_factory=set)
    last_praise_at: datetime | None = None
    complaints: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)

    def count(self) -> tuple[object, ...]:
        """Return the last fields of PersonFigures."""
        return len(self.praise), self.last_praise_at, len(self.complaints), len(self.claims)


def read_figures(
    connection: Connection, now: datetime, person: Person | None = None, since: datetime | None = None
) -> list[PersonFigures]:
    """Count what each person wrote to us, or only this one, who last wrote first; forgotten persons are left out.

    since: count only those of whom something was received from then on.
    """
    counted = (*_is_counted(now), *_is_about(connection, person, since))
    leanings, neutral = _read_leanings(connection, now, counted), _Leanings()
    query = _select_posts(now).where(*counted).group_by(*_by)
    return [
        PersonFigures(*(*row, *leanings.get((row[0], row[1]), neutral).count()))
        for row in connection.execute(query.order_by(func.max(mention.c.key).desc()))
    ]


def _is_counted(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (mention.c.is_addressed, mention.c.author_id.not_like("forgotten-%"), mention.c.created_at <= now)


def _is_about(connection: Connection, person: Person | None, since: datetime | None) -> tuple[ColumnElement[bool], ...]:
    """Match a person, or the authors of what was received since a time, or everybody."""
    if person is not None:
        return (mention.c.platform == person[0], mention.c.author_id == person[1])
    if since is None:
        return ()
    recent = connection.execute(select(*_by).where(mention.c.seen_at >= since).distinct()).all()
    platforms, authors = {row.platform for row in recent}, {row.author_id for row in recent}
    return (mention.c.platform.in_(platforms), is_any_of(mention.c.author_id, authors))


def _select_posts(now: datetime) -> Select[Any]:
    """Select what is counted of the posts themselves, in the order of PersonFigures."""
    at, recent = mention.c.created_at, mention.c.created_at > now - LISTENING
    conversation = mention.c.conversation_id
    counts = {
        "mentions": func.count(),
        "conversations": func.count(conversation.distinct()),
        "first_at": func.min(mention.c.created_at),
        "last_at": func.max(mention.c.created_at),
        "newest_key": func.max(mention.c.key),
        "recent_days": func.count(case((recent, day_of(at))).distinct()),
        "recent_months": func.count(case((recent, month_of(at))).distinct()),
        "recent_conversations": func.count(case((recent, conversation)).distinct()),
        "followers": func.max(case((recent, mention.c.author_followers))),
    }
    return select(*_by, *(column.label(name) for name, column in counts.items()))


def _read_leanings(
    connection: Connection, now: datetime, counted: tuple[ColumnElement[bool], ...]
) -> dict[Person, _Leanings]:
    """Count praise, complaints and false claims by their cues, of the persons who have any."""
    praises, complains, claims_falsely = _find_praise(), _has_any(COMPLAINTS), _claims_falsely()
    flags = (praises.label("praises"), complains.label("complains"), claims_falsely.label("claims"))
    query = select(*_by, mention.c.conversation_id, mention.c.created_at, *flags)
    of_mention = decision.join(mention, mention.c.key == decision.c.mention_key)
    query = query.select_from(of_mention.join(basis))
    query = query.where(*counted, mention.c.created_at > now - LEANING, decisions.is_latest)
    leanings: dict[Person, _Leanings] = defaultdict(_Leanings)
    for row in connection.execute(query.where(or_(praises, complains, claims_falsely))):
        _add(leanings[row.platform, row.author_id], row)
    return leanings


def _add(leaning: _Leanings, row: Row[tuple[object, ...]]) -> None:
    if row.praises:
        leaning.praise.add(row.created_at.date().isoformat())
        leaning.last_praise_at = max(leaning.last_praise_at or row.created_at, row.created_at)
    if row.complains:
        leaning.complaints.add(row.conversation_id)
    if row.claims:
        leaning.claims.add(row.conversation_id)


def _has_any(cues: Collection[str]) -> ColumnElement[bool]:
    return or_(*(json_at(basis.c.signals, f"$.cues.{cue}").is_not(None) for cue in cues))


def _find_praise() -> ColumnElement[bool]:
    """Match praise without a complaint or irony that does not answer us: nobody asked for it."""
    is_unasked = is_false_at(basis.c.signals, "$.history[1]")
    return and_(decision.c.compound >= POSITIVE_FROM, _has_any(PRAISE), ~_has_any((*COMPLAINTS, *IRONY)), is_unasked)


def _claims_falsely() -> ColumnElement[bool]:
    """Match a claim that the author made. Its JSON ends so, and no words of theirs can."""
    claims = json_at(basis.c.signals, "$.claims")
    return and_(claims != "[]", or_(*(claims.contains(end) for end in MADE)))


def read_handles(connection: Connection, keys: Collection[int]) -> dict[int, str | None]:
    """Map mentions to the handle of their author."""
    query = select(mention.c.key, mention.c.author_handle).where(is_any_of(mention.c.key, keys))
    return {row.key: row.author_handle for row in connection.execute(query)}


def count_open(connection: Connection) -> dict[Person, int]:
    """Count the replies that wait for a person, by whom they answer."""
    query = select(*_by, func.count()).select_from(reply.join(mention, mention.c.key == reply.c.mention_key))
    return {(row[0], row[1]): row[2] for row in connection.execute(query.where(is_waiting).group_by(*_by))}


def add_mark(connection: Connection, kept: Mark) -> None:
    """Keep what staff know of a person."""
    row = {field.name: getattr(kept, field.name) for field in fields(Mark)}
    connection.execute(insert(mark), [row])


def read_first_time(connection: Connection, person: Person) -> datetime | None:
    """Return when a person first wrote to us; None where nothing of theirs is addressed to us."""
    query = select(func.min(mention.c.created_at)).where(
        mention.c.platform == person[0], mention.c.author_id == person[1], mention.c.is_addressed
    )
    first: datetime | None = connection.execute(query).scalar_one()
    return first


def is_minor(connection: Connection, person: Person) -> bool:
    """Return whether a guard or a mark of staff, also one that has ended, takes a person for a minor."""
    by_person = (mention.c.platform == person[0], mention.c.author_id == person[1])
    guarded = select(decision.c.id).join(mention, mention.c.key == decision.c.mention_key)
    marks = select(mark.c.is_set).where(mark.c.platform == person[0], mark.c.author_id == person[1])
    newest = connection.execute(marks.where(mark.c.what == "minor").order_by(mark.c.id.desc()).limit(1))
    marked = newest.scalar_one_or_none()
    if marked is not None:
        return bool(marked)
    return connection.execute(guarded.where(*by_person, decision.c.rule == "minors").limit(1)).first() is not None


def has_helped(connection: Connection, mention_key: int) -> bool:
    """Return whether a mention is marked as help already."""
    return connection.execute(select(mark.c.id).where(mark.c.mention_key == mention_key).limit(1)).first() is not None


def list_all_marks(connection: Connection, person: Person) -> list[Mark]:
    """List what staff marked about a person, also what has ended, oldest first."""
    by_person = (mark.c.platform == person[0], mark.c.author_id == person[1])
    return load_all(Mark, connection.execute(select(*columns(Mark, mark)).where(*by_person).order_by(mark.c.id)))


def list_marks(connection: Connection, now: datetime, person: Person | None = None) -> dict[Person, list[Mark]]:
    """List the marks that have not ended, by person, oldest first."""
    of_person = (mark.c.platform == person[0], mark.c.author_id == person[1]) if person else ()
    query = select(*columns(Mark, mark)).where(mark.c.until > now, *of_person).order_by(mark.c.id)
    grouped: dict[Person, list[Mark]] = defaultdict(list)
    for item in load_all(Mark, connection.execute(query)):
        grouped[item.platform, item.author_id].append(item)
    return grouped
