"""What a monitoring system is shown. Counters begin at 0 with the process; gauges are the present state."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from listener.metrics.process import Counts, ProcessFigures
from listener.store import acts, alert_causes, exchange_log, figures, ledger, postings, replies, stage_states, webhooks
from listener.store.engine import Store


class Figures(Collector):
    """Reads the database at every look. guards: the rules that are counted as guards. Raises StoreError then."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], process: ProcessFigures, guards: Collection[str] = ()
    ) -> None:
        self._store, self._clock, self._process, self._guards = store, clock, process, guards
        self._lock = threading.Lock()
        text = "What happened to mentions, replies, announcements and acts of applause (seen, approved, sent ...)"
        self._events = Counts("earshot_events", text, "platform", "what")
        text = "Decisions, with the rule that made them"
        self._decisions = Counts("earshot_decisions", text, "action", "kind", "rule")
        self._hits = Counts("earshot_guard_hits", "Decisions that a guard made", "guard")
        text = "Calls to post a reply or an announcement, or to applaud, by how they ended (sent, not_sent, failed ...)"
        self._sends = Counts("earshot_sends", text, "platform", "outcome")
        with store.read() as connection:
            self._event_id, self._decision_id = figures.newest_ids(connection)

    def collect(self) -> Iterable[Metric]:
        """Return every metric."""
        with self._lock, self._store.read() as connection:
            self._count(connection)
            counters = [counts.metric() for counts in (self._events, self._decisions, self._hits, self._sends)]
            return [*counters, *_state(connection, self._clock()), *_webhooks(connection), *self._process.metrics()]

    def describe(self) -> Iterable[Metric]:
        """Return nothing: names are known once figures are read."""
        return ()

    def _count(self, connection: Connection) -> None:
        """Add what happened since the last look."""
        events, decisions = figures.newest_ids(connection)
        for (platform, what), number in figures.count_events(connection, self._event_id, events).items():
            self._events.note(platform, what, number=number)
        for (platform, outcome), number in figures.count_sends(connection, self._event_id, events).items():
            self._sends.note(platform, outcome, number=number)
        for labels, number in figures.count_decisions(connection, self._decision_id, decisions).items():
            self._decisions.note(*labels, number=number)
            if labels[2] in self._guards:
                self._hits.note(labels[2], number=number)
        self._event_id, self._decision_id = events, decisions


def _state(connection: Connection, now: datetime) -> Iterable[Metric]:
    """Yield the gauges: how everything stands now."""
    oldest = exchange_log.oldest_waiting(connection)
    age = 0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0)
    read = figures.last_read(connection)
    read_at = {name: at.timestamp() for name, at in read.items()}
    spent = {name: ledger.sum_spent(connection, name, ledger.start_of_day(now)) for name in read}
    failures = {state.name: state.failures for state in stage_states.list_stages(connection)}
    unsent = figures.count_unsent_alerts(connection)
    yield _single("earshot_undecided_mentions", "Mentions to be decided", exchange_log.count_undecided(connection))
    yield _single("earshot_oldest_waiting_seconds", "How long the oldest reply has waited for a person", age)
    yield _single(
        "earshot_overdue_replies", "Replies past their due time", alert_causes.count_overdue(connection, now)[0]
    )
    yield _by("state", "earshot_replies", "Replies by state", replies.count_by_state(connection))
    yield _by("state", "earshot_announcements", "Announcements by state", postings.count_by_state(connection))
    yield _by("state", "earshot_applause", "Acts of applause by state", acts.count_by_state(connection))
    yield _by("platform", "earshot_platform_read_timestamp_seconds", "When a platform was last read", read_at)
    yield _by("platform", "earshot_spent_today_usd", "What a platform's calls have cost this UTC day", spent)
    yield _by("stage", "earshot_stage_failures", "How often in a row a stage has failed", failures)
    yield _by("channel", "earshot_alerts_unsent", "Messages that wait to be sent", unsent)
    opened = GaugeMetricFamily("earshot_notices_open", "Open notices", labels=["kind", "platform"])
    for labels, number in figures.count_notices(connection).items():
        opened.add_metric(labels, number)
    yield opened


def _webhooks(connection: Connection) -> Iterable[Metric]:
    """Yield how the webhooks stand."""
    text = "Events of a webhook since it began (taken, skipped)"
    events = CounterMetricFamily("earshot_webhook_events", text, labels=["webhook", "outcome"])
    states = webhooks.list_states(connection)
    for state in states:
        events.add_metric([state.name, "taken"], state.sent)
        events.add_metric([state.name, "skipped"], state.skipped)
    yield events
    failures = {state.name: state.attempts for state in states}
    yield _by("webhook", "earshot_webhook_failures", "How often in a row a webhook's receiver has failed", failures)


def _single(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(label: str, name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
