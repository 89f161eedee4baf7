"""Keep mentions, find those to decide, and what deciding may know of the past."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Integer, Select, bindparam, or_, select, union, update

from listener.handles import fold_handle
from listener.model import Mention
from listener.store.driver import insert_rows, take_keys
from listener.store.loading import Data, chunks, columns, load, values
from listener.store.stored_mention import StoredMention
from listener.store.tables import event, mention
from listener.store.value_dialect import is_any_of

Person = tuple[str, str]  # platform, author_id


def stored_mentions(connection: Connection, platform: str, candidates: Sequence[Mention]) -> dict[str, StoredMention]:
    """Map those that are stored already, by id and by interaction id."""
    ids = list({candidate.interaction_id for candidate in candidates} | {candidate.id for candidate in candidates})
    query: Select[Any] = select(*columns(StoredMention, mention), mention.c.id)
    table: dict[str, StoredMention] = {}
    of_platform = select(mention.c.key).where(mention.c.platform == platform)  # an OR would read all of them
    keys = union(*(of_platform.where(is_any_of(column, ids)) for column in (mention.c.interaction_id, mention.c.id)))
    for row in connection.execute(query.where(mention.c.key.in_(keys))):
        table[row.id] = table[row.interaction_id] = load(StoredMention, row)
    unknown = [item for item in candidates if not _ids(item) & table.keys()]
    return table | _stored_by_address(connection, query.where(mention.c.platform == platform), unknown)


def _ids(item: Mention) -> set[str]:
    return {item.id, item.interaction_id}


def _stored_by_address(
    connection: Connection, query: Select[Any], candidates: Sequence[Mention]
) -> dict[str, StoredMention]:
    """Map posts by interaction id that an earlier version stored under an id which the platform has changed since."""
    named = {item.url: item for item in candidates if item.url and item.interaction_id != item.id}
    table: dict[str, StoredMention] = {}
    for piece in chunks(list(named)):
        authors = {named[url].author_id for url in piece}
        of_old = (mention.c.interaction_id == mention.c.id, mention.c.author_id.in_(authors), mention.c.url.in_(piece))
        for row in connection.execute(query.add_columns(mention.c.url).where(*of_old).order_by(mention.c.key)):
            table[named[row.url].interaction_id] = load(StoredMention, row)
    return table


def record_ids(connection: Connection, known: StoredMention, listed: Mention) -> None:
    """Keep by which ids the platform knows a stored post now, and what an earlier version did not store of it.

    Its own may change while its words stay; its identity and its conversation may have been unknown so far.
    """
    changes: Data = {} if known.stage == "forgotten" else _unknown_so_far(known, listed)
    if listed.created_at == known.version_at:
        changes = {**changes, "version_id": listed.id}
    if listed.interaction_id != listed.id:
        changes = {**changes, "interaction_id": listed.interaction_id}
    if listed.conversation_id != listed.in_reply_to:  # else a stand-in for a thread that could not be read
        changes = {**changes, "conversation_id": listed.conversation_id}
    if any(getattr(known, name) != value for name, value in changes.items()):
        connection.execute(update(mention).where(mention.c.key == known.key).values(**changes))


def _unknown_so_far(known: StoredMention, listed: Mention) -> Data:
    """Return what rows of an earlier version lack: whether the post is private, what is attached, its labels."""
    empty = [name for name in ("attachments", "labels") if not getattr(known, name)]
    return {"is_private": listed.is_private, **{name: getattr(listed, name) for name in empty}}


def rename_conversations(connection: Connection, platform: str, names: Mapping[str, str]) -> None:
    """Give the rows of an earlier version the names that their conversations have now. names: former -> present."""
    for piece in chunks(list(names)):
        former = (mention.c.platform == platform, mention.c.conversation_id.in_(piece))
        for old in connection.execute(select(mention.c.conversation_id).where(*former).distinct()).scalars().all():
            row = (mention.c.platform == platform, mention.c.conversation_id == old)
            connection.execute(update(mention).where(*row).values(conversation_id=names[old]))


def add(connection: Connection, new: Sequence[Mention], now: datetime) -> int:
    """Keep new mentions with their `seen` events; the caller has dropped the known ones. Returns how many."""
    if not new:
        return 0
    keys = take_keys(connection, mention.c.key, len(new))
    insert_rows(connection, mention, [{"key": key, **_as_row(item, now)} for key, item in zip(keys, new, strict=True)])
    seen = {"at": now, "what": "seen", "by": "poll"}
    insert_rows(connection, event, [{**seen, "mention_key": key} for key in keys])
    return len(new)


def _as_row(item: Mention, now: datetime) -> Data:
    fixed = {"seen_at": now, "version_id": item.id, "version_at": item.created_at, "stage": "new", "crash_count": 0}
    return {**values(item), **fixed, "handle_key": _fold(item.author_handle)}


def _fold(handle: str | None) -> str | None:
    return None if handle is None else fold_handle(handle)


def record_edit(connection: Connection, key: int, newer: Mention, now: datetime, *, again: bool) -> None:
    """Keep the new text of a post that its author edited. again: decide once more."""
    version = {"text": newer.text, "version_id": newer.id, "version_at": newer.created_at, "edited_at": now}
    version |= {"attachments": newer.attachments, "labels": newer.labels}
    connection.execute(update(mention).where(mention.c.key == key).values(**version))
    update_eligibility(connection, key, newer, again=again)


def record_version(connection: Connection, known: StoredMention, newer: Mention) -> None:
    """Keep id and time of a later version that says the same."""
    if newer.created_at > known.version_at:
        version = {"version_id": newer.id, "version_at": newer.created_at}
        connection.execute(update(mention).where(mention.c.key == known.key).values(**version))


def restore_text(connection: Connection, key: int, newer: Mention) -> None:
    """Keep the new words, and the author, of an edited post whose old words were erased."""
    version = {name: value for name, value in values(newer).items() if name not in ("id", "interaction_id")}
    version |= {"handle_key": _fold(newer.author_handle), "stage": "routed", "deleted_at": None}
    connection.execute(update(mention).where(mention.c.key == key).values(**version))


def update_eligibility(connection: Connection, key: int, better: Mention, *, again: bool) -> None:
    """Keep what another feed knows better: is it addressed to us, may we answer. again: decide once more."""
    eligibility = {name: getattr(better, name) for name in ("is_addressed", "can_reply", "ineligible_reason")}
    stage = {"stage": "new", "crash_count": 0} if again else {}
    connection.execute(update(mention).where(mention.c.key == key).values(**eligibility, **stage))


def undecided_mentions(connection: Connection, limit: int) -> dict[int, tuple[Mention, int]]:
    """Map the oldest mentions to decide: key -> (mention, tries so far)."""
    rows = connection.execute(_select_undecided(), {"most": limit})
    return {key: (Mention(*values), crash_count) for key, crash_count, *values in rows.all()}


@cache
def _select_undecided() -> Executable:
    query = select(mention.c.key, mention.c.crash_count, *columns(Mention, mention)).where(mention.c.stage == "new")
    return query.order_by(mention.c.key).limit(bindparam("most", type_=Integer))


def set_stage(connection: Connection, keys: Sequence[int], stage: str) -> None:
    """Move mentions to a stage: new, routed or quarantined."""
    if keys:
        connection.execute(update(mention).where(is_any_of(mention.c.key, keys)).values(stage=stage))


def count_crash(connection: Connection, key: int) -> None:
    """Count one more crash in deciding this mention."""
    connection.execute(update(mention).where(mention.c.key == key).values(crash_count=mention.c.crash_count + 1))


def requeue_mention(connection: Connection, key: int) -> None:
    """Queue a quarantined mention for another decision."""
    connection.execute(update(mention).where(mention.c.key == key).values(crash_count=0, stage="new"))


def locate(connection: Connection, platform: str, mention_id: str) -> int | None:
    """Return the key of a mention, by its platform and id, or None."""
    query = select(mention.c.key).where(mention.c.platform == platform, mention.c.id == mention_id)
    return connection.execute(query).scalar_one_or_none()


def locate_version(connection: Connection, platform: str, post_id: str) -> int | None:
    """Return the key of a mention, by the id of any known edit of it, or None."""
    known_as = or_(mention.c.id == post_id, mention.c.interaction_id == post_id, mention.c.version_id == post_id)
    return connection.execute(select(mention.c.key).where(mention.c.platform == platform, known_as)).scalars().first()


def filter_unchanged(connection: Connection, batch: Mapping[int, Mention]) -> set[int]:
    """Return which mentions still wait and say the same: while they were decided, some may be edited or erased."""
    content = select(mention.c.key, mention.c.text, mention.c.attachments, mention.c.labels)
    waiting = content.where(is_any_of(mention.c.key, batch), mention.c.stage == "new")
    return {
        key
        for key, *now in connection.execute(waiting).all()
        if now == [batch[key].text, batch[key].attachments, batch[key].labels]
    }


def read_stage(connection: Connection, key: int) -> str:
    """Return a mention's stage: new (not decided yet), routed, quarantined or forgotten."""
    return str(connection.execute(select(mention.c.stage).where(mention.c.key == key)).scalar_one())


def record_deletion(connection: Connection, key: int, now: datetime) -> None:
    """Record when a post was seen to be deleted on the platform."""
    connection.execute(update(mention).where(mention.c.key == key).values(deleted_at=now))


def record_remote_answer(connection: Connection, key: int, remote_id: str) -> None:
    """Record the post by which a person answered on the platform itself."""
    connection.execute(update(mention).where(mention.c.key == key).values(answered_remotely=remote_id))


def list_keys(connection: Connection) -> list[int]:
    """List every mention's key, in the order of arrival."""
    return list(connection.execute(select(mention.c.key).order_by(mention.c.key)).scalars())
