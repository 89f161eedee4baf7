"""Decide again on a mention whose words changed while a reply to it waits: that reply follows the new decision.

There is at most one live reply to a mention, so it is changed, never doubled. What staff wrote is not lost: it stays
the text where the new words get a draft too, and else it is kept in the events, where `show` and the review find it.
Where a reply is out or on its way nothing is sent by itself any more: staff are told when the new words matter.
"""

from datetime import datetime

from sqlalchemy import Connection

from listener.model import Decision
from listener.store import moves, notices, people, replies
from listener.store.draft_reviews import MACHINE
from listener.store.edits import DECIDED, WHY
from listener.store.records import NewReply, Reply, ReplyChanges


def follow(
    connection: Connection, live: Reply, row: NewReply, decision: Decision, *, is_silenced: bool, now: datetime
) -> None:
    """Let a waiting reply follow a new decision. row: what a new reply would be; is_silenced: the author opted out.

    An author who asks to be left alone gets nothing; whatever else needs no reply, staff close.
    """
    if is_silenced and decision.action == "ignore":
        replies.close(connection, live, "withdrawn", people.OPTED_OUT, by=MACHINE, now=now)
        return
    changes = _follow_text(live, row)
    detail: dict[str, object] = {"message": _describe(live, changes, decision)}
    if live.text and live.text != changes["text"]:
        detail |= {"before": live.text, "by_staff": live.variant is None}
    if row["text"] and row["text"] != changes["text"]:
        detail["proposed"] = row["text"]
    changes |= {"due_at": _earlier(live.due_at, row["due_at"]), "assigned_to": live.assigned_to or row["assigned_to"]}
    changes |= {**moves.UNAPPROVED, "error": None, "attempts": 0, "snoozed_until": None}
    changes |= {"revision": live.revision + 1}
    to = row["state"] or "escalated"
    moves.transition(connection, live, to, by=MACHINE, now=now, what=DECIDED, detail=detail, **changes)


def report_late_edit(connection: Connection, platform: str, live: Reply, row: NewReply, now: datetime) -> None:
    """Open a notice where the new words of a mention ask for more than the reply that is out, or on its way."""
    if row["state"] is None or (row["state"] == "drafted" and row["kind"] == live.kind):
        return
    sent = "went out" if live.state == "sent" else "was sent, which may not have arrived"
    what = f"a mention on {platform} was edited after reply {live.id} to it {sent}, and a person should read it"
    what += f" ({row['rule']})"
    do = f"read the new words: `earshot show {live.id}`; answer on the platform if need be, then clear this notice"
    notices.open_notice(connection, "edited_after_reply", platform, what, do, now, subject=str(live.id))


def _follow_text(live: Reply, row: NewReply) -> ReplyChanges:
    """Return what the decision says of the reply; a text of staff stands as long as no person is called."""
    changes: ReplyChanges = {"rule": row["rule"], "urgency": row["urgency"]}
    if row["state"] == "drafted" and live.text and live.variant is None:
        return {**changes, "kind": live.kind, "text": live.text, "variant": None, "auto": False}
    return {**changes, "kind": row["kind"], "text": row["text"], "variant": row["variant"], "auto": row["auto"]}


def _describe(live: Reply, changes: ReplyChanges, decision: Decision) -> str:
    """Say what the reply was before, and what it is now; it is decided again after an edit, or after a crash."""
    before, after = live.kind or "for staff", changes["kind"] or "for staff"
    needs = " (no reply needed; staff decide)" if decision.action == "ignore" else ""
    why = WHY if live.error == WHY else "the mention was decided again"
    return f"{why}: {before} by {live.rule} before, {after} by {decision.rule} now{needs}"


def _earlier(before: datetime | None, after: datetime | None) -> datetime | None:
    """Return the earlier due time: an edit makes nobody wait longer."""
    return min((at for at in (before, after) if at is not None), default=None)
