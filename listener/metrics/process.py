"""What happens in this process, counted for a monitoring system. Every counter begins at 0 with the process."""

import threading
from collections import Counter

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

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


class Counts:
    """Counts by labels."""

    def __init__(self, name: str, text: str, *labels: str) -> None:
        self._name, self._text, self._labels = name, text, labels
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, ...]] = Counter()

    def note(self, *values: str, number: int = 1) -> None:
        """Count something that happened. values: those of the labels."""
        with self._lock:
            self._counts[values] += number

    def metric(self) -> Metric:
        """Return the counter."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        with self._lock:
            for values, number in self._counts.items():
                family.add_metric(values, number)
        return family


class ProcessFigures:
    """What the stages note while they run: how long they took, how polls ended, and which messages went out."""

    def __init__(self) -> None:
        self.durations = Durations()
        self.polls = Counts("earshot_polls", "Pages asked for, by how that ended (ok, failed)", "platform", "outcome")
        text = "Messages to channels of alerts, digests included (sent, failed)"
        self.messages = Counts("earshot_messages", text, "channel", "outcome")

    def metrics(self) -> list[Metric]:
        """Return every metric."""
        return [self.durations.metric(), self.polls.metric(), self.messages.metric()]
