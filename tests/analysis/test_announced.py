"""Announcements in the figures: counted where they belong, and in no figure of replies."""

from datetime import timedelta
from pathlib import Path

from listener.analysis import digest
from listener.analysis.digest_text import compose
from listener.analysis.report import Report, report
from listener.desk import announcements
from listener.metrics.figures import Figures
from listener.metrics.process import ProcessFigures
from listener.store.contents import read_all
from tests.announcing import SALE, announce
from tests.line import Line, line

__all__ = ["line"]


def announced(line: Line) -> None:
    """One is sent, one waits for an approval, and one was cancelled."""
    announce(line)
    line.send()
    announce(line, "A how-to: fill your pen.", is_approved=False)
    number = announce(line, "Sold out soon.", is_approved=False)
    announcements.cancel(line.store, line.desk(), number, "sold out")


def measure(line: Line, since: timedelta) -> Report:
    """The figures of so much time."""
    with line.store.read() as connection:
        return report(connection, line.policy, line.now - since, line.now + timedelta(seconds=1))


def test_the_report_counts_them_by_platform_and_state(line: Line) -> None:
    """Of the period in which their time was; no reply's figure moves."""
    announced(line)
    figures = measure(line, timedelta(days=7))
    assert figures.announcements.sent == {"memory": 1}
    assert figures.announcements.others == {"cancelled": 1, "drafted": 1}
    assert (figures.mentions, figures.rules, figures.response.asked) == (0, [], 0)
    line.wait(days=9)
    later = measure(line, timedelta(days=7)).announcements
    assert (later.sent, later.others) == ({}, {})


def test_the_digest_says_what_was_announced_and_what_waits(line: Line) -> None:
    """In a line of its own, where there is something."""

    def text() -> str:
        since, until = line.now - timedelta(days=1), line.now + timedelta(seconds=1)
        with line.store.read() as connection:
            return compose("", digest.gather(connection, line.policy, since, until, line.now, quotes=False))[1]

    assert "Announced" not in text()
    announced(line)
    assert "Announced: memory 1; waiting for a person now: 1" in text()


def test_the_metrics_have_their_states_calls_and_events(line: Line) -> None:
    """By platform, as those of replies."""
    figures = Figures(line.store, line.clock, ProcessFigures())
    announced(line)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in figures.collect()
        for sample in metric.samples
        if sample.name in ("earshot_announcements", "earshot_sends_total", "earshot_events_total")
    }
    assert samples["earshot_announcements", "sent"] == 1 and samples["earshot_announcements", "drafted"] == 1
    assert samples["earshot_sends_total", "memory", "sent"] == 1
    assert samples["earshot_events_total", "memory", "drafted"] == 3


def test_the_export_has_them(line: Line, tmp_path: Path) -> None:
    """What was said, where, and what became of it."""
    announced(line)
    with line.store.read() as connection:
        tables = {contents.name: [str(row) for row in contents.rows] for contents in read_all(connection)}
    assert any(SALE in row for row in tables["announcement"]) and len(tables["posting"]) == 3
    assert len([row for row in tables["event"] if "sold out" in row]) == 1
