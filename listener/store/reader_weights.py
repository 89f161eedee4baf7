"""Keep what the second reader learned, adopt it, go back, and take out the words of forgotten persons.

Everything happens in the caller's transaction: a process that dies leaves the weights before it whole.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from listener.model import Json
from listener.store import events
from listener.store.dialect import overwrite_freed
from listener.store.loading import columns, load, load_all
from listener.store.operation_records import LearnedWeights, LearningAttempt
from listener.store.people import Person, digest
from listener.store.tables import forgotten
from listener.store.tables import reader_weights as weights

MIN_AUTHORS = 5  # that a word must be met in to have a weight
AUTHORS_KEPT = 8  # digests of authors that are kept with a word; so many fewer forgotten ones take its weight away
DIGEST_DIGITS = 10
KEPT = 8  # attempts that are kept: to go back to, and to replay decisions by


@dataclass(frozen=True, slots=True)
class NewWeights:
    """An attempt to keep. authors: word -> some of those in whose mentions it was met; empty where it was refused."""

    base: str
    decisions: int
    measures: Json
    bias: Sequence[float] = (0.0, 0.0)
    features: Mapping[str, Sequence[float]] = field(default_factory=dict)
    authors: Mapping[str, Collection[Person]] = field(default_factory=dict)


def find_current(connection: Connection, base: str) -> tuple[int, int] | None:
    """Return id and revision of the weights in use; None where those shipped are, also after an upgrade changed them.

    base: the digest of the shipped weights.
    """
    query = select(weights.c.id, weights.c.revision).where(weights.c.state == "adopted", weights.c.base == base)
    row = connection.execute(query.order_by(weights.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else (row.id, row.revision)


def read(connection: Connection, weights_id: int, base: str) -> LearnedWeights | None:
    """Read learned weights; None where they are not kept any more, or fit other shipped weights."""
    query = select(*columns(LearnedWeights, weights)).where(weights.c.id == weights_id, weights.c.base == base)
    row = connection.execute(query.where(weights.c.state != "refused")).one_or_none()
    return None if row is None else load(LearnedWeights, row)


def read_current(connection: Connection, base: str) -> LearnedWeights | None:
    """Read the learned weights in use, if there are any."""
    current = find_current(connection, base)
    return None if current is None else read(connection, current[0], base)


def list_attempts(connection: Connection) -> list[LearningAttempt]:
    """List the attempts that are kept, the newest first."""
    query = select(*columns(LearningAttempt, weights)).order_by(weights.c.id.desc())
    return load_all(LearningAttempt, connection.execute(query))


def adopt(connection: Connection, new: NewWeights, by: str, now: datetime) -> int:
    """Keep new weights and use them from now on; those before are kept to go back to. Returns their id."""
    connection.execute(update(weights).where(weights.c.state == "adopted").values(state="replaced"))
    return _add(connection, _without_forgotten(connection, new), "adopted", by, now)


def _without_forgotten(connection: Connection, new: NewWeights) -> NewWeights:
    """Leave out who was forgotten, perhaps since their words were read, and words that too few others wrote."""
    marks = {mark[:DIGEST_DIGITS] for mark in connection.execute(select(forgotten.c.digest)).scalars()}
    if not marks:
        return new
    authors = {
        name: [person for person in persons if _mark(person) not in marks] for name, persons in new.authors.items()
    }
    known = {name for name, persons in authors.items() if len(persons) >= MIN_AUTHORS}
    features = {name: pair for name, pair in new.features.items() if name in known}
    return replace(new, features=features, authors={name: authors[name] for name in known})


def refuse(connection: Connection, new: NewWeights, by: str, now: datetime) -> None:
    """Keep that an attempt made nothing better; the weights in use stay."""
    _add(connection, new, "refused", by, now)


def _add(connection: Connection, new: NewWeights, state: str, by: str, now: datetime) -> int:
    row = {"at": now, "by": by, "base": new.base, "state": state, "revision": 1, "decisions": new.decisions}
    row |= {"measures": new.measures, "bias": list(new.bias), "features": dict(new.features)}
    row["authors"] = {name: sorted(map(_mark, persons))[:AUTHORS_KEPT] for name, persons in new.authors.items()}
    weights_id = connection.execute(insert(weights).values(**row).returning(weights.c.id)).scalar_one()
    detail = {"weights": weights_id, "decisions": new.decisions, "message": new.measures.get("message")}
    events.add(connection, f"learning_{state}", by, now, detail=detail)
    _drop_old(connection)
    return int(weights_id)


def _drop_old(connection: Connection) -> None:
    """Drop what is neither in use nor among the last attempts."""
    newest = select(weights.c.id).order_by(weights.c.id.desc()).limit(KEPT).subquery()
    old = weights.c.id.not_in(select(newest.c.id))
    connection.execute(delete(weights).where(old, weights.c.state != "adopted"))


def revert(connection: Connection, base: str, by: str, now: datetime) -> tuple[int, int | None] | None:
    """Go back to the weights before, or to the shipped ones. Returns both ids (None: shipped); None with none in use.

    Weights that were left are not gone back to.
    """
    current = find_current(connection, base)
    if current is None:
        return None
    earlier = select(weights.c.id).where(weights.c.state == "replaced", weights.c.base == base)
    before = connection.execute(earlier.order_by(weights.c.id.desc()).limit(1)).scalar_one_or_none()
    _set_state(connection, current[0], "reverted")
    if before is not None:
        _set_state(connection, before, "adopted")
    events.add(connection, "learning_reverted", by, now, detail={"weights": current[0], "now": before or "shipped"})
    return current[0], before


def _set_state(connection: Connection, weights_id: int, state: str) -> None:
    connection.execute(update(weights).where(weights.c.id == weights_id).values(state=state))


def erase_author(connection: Connection, person: Person) -> int:
    """Take a person out of all learned weights, with every word that too few others are known for.

    Returns how many words were taken out.
    """
    overwrite_freed(connection)
    mark, taken = _mark(person), 0
    query = select(weights.c.id, weights.c.revision, weights.c.features, weights.c.authors)
    for row in connection.execute(query).all():
        authors = {name: [other for other in marks if other != mark] for name, marks in row.authors.items()}
        features = {name: pair for name, pair in row.features.items() if len(authors.get(name, ())) >= MIN_AUTHORS}
        if authors != row.authors:
            kept = {name: marks for name, marks in authors.items() if name in features}
            changes: dict[str, Any] = {"features": features, "authors": kept, "revision": row.revision + 1}
            connection.execute(update(weights).where(weights.c.id == row.id).values(**changes))
            taken += len(row.features) - len(features)
    return taken


def _mark(person: Person) -> str:
    """Return what a person is recognised by, and nobody is named by."""
    return digest(person)[:DIGEST_DIGITS]
