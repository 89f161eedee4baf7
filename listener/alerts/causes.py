"""What people should know just now: open notices, and what waits at the desk. No words of customers."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from listener.alert_rules import AlertRules, Severity
from listener.calendar import business_time
from listener.policy import Policy
from listener.protocols import Budget
from listener.store import alert_causes, exchange_log, ledger, notices, postings
from listener.store.notices import EVERYWHERE

SEVERITY_OF_NOTICE: Mapping[str, Severity] = {
    "paused": "note",
    "flood": "note",
    "duplicate": "note",
    "autonomy": "note",
    "spike": "urgent",
    "account": "urgent",
}
"""The severity of a notice by its kind; any other kind is a problem."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something people should know while it lasts. Kind, platform and subject name it from one look to the next."""

    kind: str
    platform: str
    subject: str
    severity: Severity
    what: str
    do: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two causes the same."""
        return self.kind, self.platform, self.subject


@dataclass(frozen=True, slots=True)
class Watch:
    """What causes are looked for in. budgets: by platform; folder: whose disk must not fill up."""

    rules: AlertRules
    policy: Policy
    budgets: Mapping[str, Budget]
    folder: Path


def find_causes(connection: Connection, watch: Watch, now: datetime) -> list[Cause]:
    """Return all that people should know just now."""
    return [*_notices(connection), *find_other_causes(connection, watch, now)]


def find_other_causes(connection: Connection, watch: Watch, now: datetime) -> list[Cause]:
    """Return what people should know just now besides the open notices."""
    return [
        *_urgent(connection),
        *_overdue(connection, now),
        *_late_announcements(connection, now),
        *_quarantined(connection),
        *_unattended(connection, watch, now),
        *_spending(connection, watch, now),
        *_disk(watch),
    ]


def _notices(connection: Connection) -> Iterator[Cause]:
    for notice in notices.list_open(connection):
        severity = SEVERITY_OF_NOTICE.get(notice.kind, "problem")
        yield Cause(notice.kind, notice.platform, notice.subject, severity, notice.what, notice.do)


def _urgent(connection: Connection) -> Iterator[Cause]:
    """Yield each mention that cannot wait (danger, law, press) and that nobody has dealt with."""
    for item in alert_causes.list_urgent(connection):
        what = f"a mention on {item.platform} cannot wait: {item.rule} (number {item.reply_id})"
        do = f"read it now: `earshot show {item.reply_id}`, or `earshot review`"
        yield Cause("urgent", item.platform, str(item.reply_id), "urgent", what, do)


def _overdue(connection: Connection, now: datetime) -> Iterator[Cause]:
    count, oldest = alert_causes.count_overdue(connection, now)
    if count and oldest is not None:
        many = f"{count} replies are" if count > 1 else "a reply is"
        what = f"{many} overdue, the longest since {oldest:%d %b %H:%M} UTC"
        yield Cause("overdue", EVERYWHERE, "", "problem", what, "answer them: `earshot review`")


def _quarantined(connection: Connection) -> Iterator[Cause]:
    """Yield where items lie in quarantine: what customers said may be among them, and nobody would look there."""
    for platform, count in alert_causes.count_quarantined(connection).items():
        what = f"{count} item{'s'[: count > 1]} of {platform} could not be read or decided"
        do = "look at them and correct, retry or dismiss each: `earshot quarantine`"
        yield Cause("quarantined", platform, "", "problem", what, do)


def _late_announcements(connection: Connection, now: datetime) -> Iterator[Cause]:
    """Yield each announcement whose time has come and that waits for a person, or has been held for long."""
    for item in postings.list_overdue(connection, now):
        posting = item.posting
        why = f": {posting.error}" if posting.error else ""
        what = f"{item.label} was to be posted {posting.at:%d %b %H:%M} UTC and is {posting.state}{why}"
        do = f"approve, edit or cancel it: `{item.show_command}`"
        yield Cause("announcement", item.platform, item.subject, "problem", what, do)


def _unattended(connection: Connection, watch: Watch, now: datetime) -> Iterator[Cause]:
    """Yield that nobody of the staff does anything, though something waits."""
    limit, waiting_since = watch.rules.unattended_after, exchange_log.oldest_waiting(connection)
    if limit is None or waiting_since is None:
        return
    since = max(waiting_since, alert_causes.last_act_of_staff(connection) or waiting_since)
    if business_time(watch.policy, since, now) >= limit:
        what = f"nobody has worked on the queue since {since:%d %b %H:%M} UTC, and mentions are waiting"
        yield Cause("unattended", EVERYWHERE, "", "problem", what, "open `earshot review`, or name somebody who does")


def _spending(connection: Connection, watch: Watch, now: datetime) -> Iterator[Cause]:
    for platform, budget in watch.budgets.items():
        if budget.daily_usd:
            spent = ledger.sum_spent(connection, platform, ledger.start_of_day(now))
            if spent >= watch.rules.budget_share * budget.daily_usd:
                what = f"{platform}: {spent:.2f} of the day's {budget.daily_usd:.2f} USD are spent"
                do = "when it is spent, listening and sending stop until midnight UTC: raise daily_budget_usd if needed"
                yield Cause("budget_near", platform, "", "problem", what, do)


def _disk(watch: Watch) -> Iterator[Cause]:
    try:
        free = shutil.disk_usage(watch.folder).free
    except OSError:
        return
    if free < watch.rules.disk_free:
        what = f"the disk of {watch.folder} has only {free / 1e6:,.0f} MB left"
        yield Cause("disk", EVERYWHERE, "", "problem", what, "make room: when it is full, listening and sending stop")
