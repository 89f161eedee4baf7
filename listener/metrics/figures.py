"""What a monitoring system is shown. Counters begin at 0 with the process; gauges are the present state."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from listener.store import exchange_log, figures, ledger, replies, stage_states
from listener.store.engine import Store

BOUNDS_S = (0.01, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0)  # of the histogram of stage durations


class Durations:
    """How long the runs of each stage took, counted in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[float]] = {}
        self._sums: dict[str, float] = {}

    def note(self, stage: str, seconds: float) -> None:
        """Count one run."""
        with self._lock:
            bound = next((bound for bound in BOUNDS_S if seconds <= bound), float("inf"))
            self._counts.setdefault(stage, Counter())[bound] += 1
            self._sums[stage] = self._sums.get(stage, 0.0) + seconds

    def metric(self) -> Metric:
        """Return the histogram, a label a stage."""
        name, text = "earshot_stage_duration_seconds", "How long a run of a stage took"
        family = HistogramMetricFamily(name, text, labels=["stage"])
        with self._lock:
            for stage, counts in self._counts.items():
                total, buckets = 0, list[tuple[str, float]]()
                for bound in (*BOUNDS_S, float("inf")):
                    total += counts[bound]
                    buckets.append(("+Inf" if bound == float("inf") else str(bound), total))
                family.add_metric([stage], buckets, self._sums[stage])
        return family


class Figures(Collector):
    """Reads the database at every look. Raises StoreError then."""

    def __init__(self, store: Store, clock: Callable[[], datetime], durations: Durations) -> None:
        self._store, self._clock, self._durations = store, clock, durations
        self._lock = threading.Lock()
        self._events: Counter[tuple[str, str]] = Counter()
        self._decisions: Counter[tuple[str, str, str]] = Counter()
        with store.read() as connection:
            self._event_id, self._decision_id = figures.newest_ids(connection)

    def collect(self) -> Iterable[Metric]:
        """Return every metric."""
        with self._lock, self._store.read() as connection:
            self._count(connection)
            return [*self._counters(), *_state(connection, self._clock()), self._durations.metric()]

    def describe(self) -> Iterable[Metric]:
        """Return nothing: names are known once figures are read."""
        return ()

    def _count(self, connection: Connection) -> None:
        """Add what happened since the last look."""
        events, decisions = figures.newest_ids(connection)
        self._events.update(figures.count_events(connection, self._event_id, events))
        self._decisions.update(figures.count_decisions(connection, self._decision_id, decisions))
        self._event_id, self._decision_id = events, decisions

    def _counters(self) -> list[Metric]:
        text = "What happened to mentions and replies (seen, approved, sent ...)"
        happened = CounterMetricFamily("earshot_events", text, labels=["platform", "what"])
        text = "Decisions, with the rule that made them"
        decided = CounterMetricFamily("earshot_decisions", text, labels=["action", "kind", "rule"])
        for labels, number in self._events.items():
            happened.add_metric(labels, number)
        for names, number in self._decisions.items():
            decided.add_metric(names, number)
        return [happened, decided]


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
    yield _by("state", "earshot_replies", "Replies by state", replies.count_by_state(connection))
    yield _by("platform", "earshot_platform_read_timestamp_seconds", "When a platform was last read", read_at)
    yield _by("platform", "earshot_spent_today_usd", "What a platform's calls have cost this UTC day", spent)
    yield _by("stage", "earshot_stage_failures", "How often in a row a stage has failed", failures)
    yield _by("channel", "earshot_alerts_unsent", "Messages that wait to be sent", unsent)
    opened = GaugeMetricFamily("earshot_notices_open", "Open notices", labels=["kind", "platform"])
    for labels, number in figures.count_notices(connection).items():
        opened.add_metric(labels, number)
    yield opened


def _single(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(label: str, name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
