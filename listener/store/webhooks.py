"""How each webhook stands, and the events that it is sent: read from the event table, which is its outbox."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from listener.alert_rules import WebhookEvent
from listener.store import decisions, events, notices
from listener.store.loading import columns, load_all
from listener.store.notices import EVERYWHERE
from listener.store.tables import act, announcement, decision, event, mention, posting, reply, webhook

NOTICE = "webhook"  # the kind of the notice about a webhook whose receiver does not take its events
MARKS = (  # events of a reply that leave its state as it is
    *("claimed", "released", "assigned", "unassigned", "snoozed", "held", "missing", "noted"),
    *("arrival_checked", "manual_check_needed", "first_approval"),
)


@dataclass(frozen=True, slots=True)
class WebhookState:
    """How a webhook stands; the fields are those of the table."""

    name: str
    url: str
    token: str
    cursor: int
    attempts: int
    error: str | None
    not_before: datetime | None
    changed_at: datetime
    stopped_at: datetime | None
    sent: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event with its mention, the mention's latest decision (None: not decided yet) and its reply, as they are now.

    One of an announcement has that alone; one of an act of applause has its mention. Each part: the columns that a
    webhook may show.
    """

    id: int
    at: datetime
    what: str
    by: str
    mention: Mapping[str, object] | None
    decision: Mapping[str, object] | None
    reply: Mapping[str, object] | None
    announcement: Mapping[str, object] | None
    applause: Mapping[str, object] | None


MENTION = (
    *("platform", "id", "url", "text", "is_html", "author_id", "author_handle", "author_name"),
    *("is_private", "is_addressed", "created_at", "seen_at"),
)
DECISION = ("action", "kind", "rule", "compound", "lang", "urgency")
REPLY = (
    *("id", "state", "kind", "text", "due_at", "assigned_to", "approved_by", "approved_at", "sent_at"),
    *("remote_id", "remote_url", "closed_as", "reason"),
)
POSTING = (
    *("announcement_id", "platform", "at", "state", "approved_by", "approved_at", "sent_at"),
    *("remote_id", "remote_url", "closed_as", "reason"),
)
ANNOUNCEMENT = ("text", "by")
APPLAUSE = ("what", "state", "approved_by", "approved_at", "sent_at", "remote_id", "remote_url", "closed_as", "reason")
PARTS = (
    *(("m_", mention, MENTION), ("d_", decision, DECISION), ("r_", reply, REPLY)),
    *(("p_", posting, POSTING), ("a_", announcement, ANNOUNCEMENT), ("l_", act, APPLAUSE)),
)
_OF_ACT = event.c.what.startswith(events.OF_ACT, autoescape=True)
_OF_TYPE: Mapping[WebhookEvent, ColumnElement[bool]] = {
    "mention.stored": event.c.what == "seen",
    "mention.decided": and_(event.c.what == "decided", event.c.reply_id.is_(None)),
    "reply.sent": and_(event.c.what == "sent", event.c.reply_id.is_not(None)),
    "reply.changed": and_(event.c.what.not_in((*MARKS, "sent")), event.c.reply_id.is_not(None)),
    "announcement.sent": and_(event.c.what == "sent", event.c.posting_id.is_not(None)),
    "announcement.changed": and_(event.c.what.not_in((*MARKS, "sent")), event.c.posting_id.is_not(None)),
    "applause.sent": event.c.what == events.OF_ACT + "sent",
    "applause.changed": and_(
        _OF_ACT,
        event.c.what.not_in([events.OF_ACT + what for what in (*MARKS, "sent")]),
    ),
}


def keep(connection: Connection, urls: Mapping[str, str], now: datetime) -> None:
    """Begin webhooks that are new with the next event, and end those that are no more. urls: by name.

    One whose address has changed is tried at once, also when the old address asked for no more.
    """
    for state in list_states(connection):
        if state.url != urls.get(state.name):
            notices.clear(connection, NOTICE, EVERYWHERE, now, subject=state.name)
    connection.execute(delete(webhook).where(webhook.c.name.not_in(list(urls))))
    known = {state.name: state.url for state in list_states(connection)}
    for name, url in urls.items():
        fresh = {"url": url, "attempts": 0, "error": None, "not_before": None, "stopped_at": None}
        if name not in known:
            start = {"token": token_hex(8), "cursor": events.read_newest_id(connection), "sent": 0, "skipped": 0}
            connection.execute(insert(webhook).values(name=name, changed_at=now, **fresh, **start))
        elif known[name] != url:
            record(connection, name, now, **fresh)


def list_states(connection: Connection) -> list[WebhookState]:
    """List the webhooks, by name."""
    return load_all(WebhookState, connection.execute(select(*columns(WebhookState, webhook)).order_by(webhook.c.name)))


def record(connection: Connection, name: str, now: datetime, **changes: object) -> None:
    """Change columns of a webhook."""
    connection.execute(update(webhook).where(webhook.c.name == name).values(changed_at=now, **changes))


def list_occurrences(
    connection: Connection, after: int, types: Collection[WebhookEvent], limit: int
) -> list[Occurrence]:
    """List the next events of these types after an event's id, in the order in which they happened."""
    source = event.outerjoin(mention, mention.c.key == event.c.mention_key)
    source = source.outerjoin(decision, decisions.is_latest).outerjoin(reply, reply.c.id == event.c.reply_id)
    source = source.outerjoin(posting, posting.c.id == event.c.posting_id)
    source = source.outerjoin(announcement, announcement.c.id == posting.c.announcement_id)
    is_its = and_(act.c.mention_key == event.c.mention_key, act.c.what == event.c.detail["act"].as_string())
    source = source.outerjoin(act, and_(_OF_ACT, is_its))
    chosen = [event.c[name].label(name) for name in ("id", "at", "what", "by")]
    for prefix, table, names in PARTS:
        chosen += [table.c[name].label(prefix + name) for name in names]
    wanted = or_(*(_OF_TYPE[name] for name in types))
    query = select(*chosen).select_from(source).where(event.c.id > after, wanted).order_by(event.c.id)
    return [_occurrence(dict(row._mapping)) for row in connection.execute(query.limit(limit))]


def _occurrence(row: Mapping[str, object]) -> Occurrence:
    fixed = {name: row[name] for name in ("id", "at", "what", "by")}
    return Occurrence(
        **fixed,  # type: ignore[arg-type]  # the columns' types
        mention=_part(row, "m_", MENTION) if row["m_id"] is not None else None,
        decision=_part(row, "d_", DECISION) if row["d_action"] is not None else None,
        reply=_part(row, "r_", REPLY) if row["r_id"] is not None else None,
        announcement=_part(row, "p_", POSTING) | _part(row, "a_", ANNOUNCEMENT) if row["p_platform"] else None,
        applause=_part(row, "l_", APPLAUSE) if row["l_what"] is not None else None,
    )


def _part(row: Mapping[str, object], prefix: str, names: Sequence[str]) -> dict[str, object]:
    return {name: row[prefix + name] for name in names}
