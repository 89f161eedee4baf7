"""Figures as a monitoring system reads them, with health and readiness."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from listener.errors import InputError, NotSent, ReadFailed
from listener.metrics.figures import Figures
from listener.metrics.process import ProcessFigures
from listener.metrics.server import MetricsServer
from listener.store import digests, ledger, notices, webhooks
from tests.line import COMPLAINT, PRAISE, Line


class Monitor:
    """A line, and a monitoring system that asks for its figures."""

    def __init__(self, line: Line) -> None:
        self.line, self.process = line, ProcessFigures()
        self.problem: str | None = None
        figures = Figures(line.store, line.clock, self.process, {"legal", "press"})
        self.server = MetricsServer(("127.0.0.1", 0), figures, lambda: self.problem)
        self.server.start()

    def get(self, path: str) -> httpx.Response:
        """One request."""
        return httpx.get(f"http://127.0.0.1:{self.server.port}{path}", trust_env=False)

    def figures(self) -> dict[str, float]:
        """Every sample, named as Prometheus shows it."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        return {
            sample.name + "".join(f",{key}={value}" for key, value in sorted(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    """A server on a free port."""
    made = Monitor(Line(tmp_path))
    yield made
    made.server.stop()
    made.line.store.close()


def test_counters_grow_with_what_happens(monitor: Monitor) -> None:
    """From 0 at the start of the process; each look counts what is new."""
    assert not [name for name in monitor.figures() if name.startswith("earshot_events_total")]
    monitor.line.approved(PRAISE)
    monitor.line.say(COMPLAINT)
    monitor.line.listen()
    first = monitor.figures()
    assert first["earshot_events_total,platform=memory,what=seen"] == 2
    assert first["earshot_events_total,platform=memory,what=approved"] == 1
    decided = {name: value for name, value in first.items() if name.startswith("earshot_decisions_total")}
    assert sum(decided.values()) == 2
    assert any("kind=thank_you" in name for name in decided)
    monitor.line.send()
    second = monitor.figures()
    assert second["earshot_events_total,platform=memory,what=sent"] == 1
    assert second["earshot_events_total,platform=memory,what=seen"] == 2


def test_gauges_show_the_present_state(monitor: Monitor) -> None:
    """Queue, age, notices, spend, last read."""
    monitor.line.say(COMPLAINT)
    monitor.line.listen()
    with monitor.line.store.write() as connection:
        notices.open_notice(connection, "account", "x", "revoked", "make a new token", monitor.line.now)
        ledger.charge(connection, "memory", "post", 1, 0.25, monitor.line.now)
    monitor.line.wait(hours=1)
    shown = monitor.figures()
    assert shown["earshot_oldest_waiting_seconds"] == 3600
    assert shown["earshot_notices_open,kind=account,platform=x"] == 1
    assert shown["earshot_spent_today_usd,platform=memory"] == 0.25
    assert shown["earshot_platform_read_timestamp_seconds,platform=memory"] == monitor.line.now.timestamp() - 3600
    assert sum(value for name, value in shown.items() if name.startswith("earshot_replies")) == 1


def test_durations_are_a_histogram(monitor: Monitor) -> None:
    """Buckets are cumulative."""
    for seconds in (0.05, 0.2, 200.0):
        monitor.process.durations.note("route", seconds)
    shown = monitor.figures()
    assert shown["earshot_stage_duration_seconds_bucket,le=0.1,stage=route"] == 1
    assert shown["earshot_stage_duration_seconds_bucket,le=120.0,stage=route"] == 2
    assert shown["earshot_stage_duration_seconds_count,stage=route"] == 3


def test_polls_sends_guards_and_messages_are_counted(monitor: Monitor) -> None:
    """By outcome: a poll that fails, a post that does not go out, one that does, a guard that calls a person."""
    line = monitor.line
    line.approved(PRAISE)
    line.say("My lawyer will contact you about this")
    line.listen()
    stages = replace(line.stages, note_poll=monitor.process.polls.note)
    stages.poll("memory")
    line.platform.pages.append(ReadFailed("the network is down"))
    stages.poll("memory")
    line.platform.script.append(NotSent("refused for now", cause="item"))
    line.send()
    line.wait(hours=1)
    line.send()
    monitor.process.messages.note("ops", "sent")
    shown = monitor.figures()
    assert shown["earshot_polls_total,outcome=ok,platform=memory"] == 1
    assert shown["earshot_polls_total,outcome=failed,platform=memory"] == 1
    assert shown["earshot_sends_total,outcome=not_sent,platform=memory"] == 1
    assert shown["earshot_sends_total,outcome=sent,platform=memory"] == 1
    assert shown["earshot_guard_hits_total,guard=legal"] == 1
    assert shown["earshot_messages_total,channel=ops,outcome=sent"] == 1
    assert shown["earshot_overdue_replies"] == 0


def test_webhooks_and_unsent_digests_are_shown(monitor: Monitor) -> None:
    """How many events a receiver took, how often it failed, and what waits for a channel."""
    now = monitor.line.now
    with monitor.line.store.write() as connection:
        webhooks.keep(connection, {"crm": "https://crm.example"}, now)
        webhooks.record(connection, "crm", now, sent=7, skipped=1, attempts=2)
        digests.add(connection, digests.DigestState("ops", now, now, "waiting", 1, "down", None, now))
    shown = monitor.figures()
    assert shown["earshot_webhook_events_total,outcome=taken,webhook=crm"] == 7
    assert shown["earshot_webhook_events_total,outcome=skipped,webhook=crm"] == 1
    assert shown["earshot_webhook_failures,webhook=crm"] == 2
    assert shown["earshot_alerts_unsent,channel=ops"] == 1


def test_no_word_of_a_customer_is_served(monitor: Monitor) -> None:
    """Neither what was said, nor by whom."""
    monitor.line.say("Thank you so much for the zanzibar notebook, I love it!", author_handle="quokka")
    monitor.line.listen()
    text = monitor.get("/metrics").text
    assert "zanzibar" not in text
    assert "quokka" not in text


def test_health_and_readiness(monitor: Monitor) -> None:
    """Red with the reason; another path is 404."""
    assert [monitor.get(path).status_code for path in ("/healthz", "/readyz", "/", "/etc/passwd")] == [
        200,
        200,
        404,
        404,
    ]
    monitor.problem = "poll x hangs"
    answer = monitor.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "poll x hangs\n")


def test_slow_clients_do_not_stop_the_others(monitor: Monitor) -> None:
    """Twenty that connect and say nothing."""
    idle = [socket.create_connection(("127.0.0.1", monitor.server.port)) for _ in range(20)]
    try:
        assert monitor.get("/healthz").status_code == 200
    finally:
        for connection in idle:
            connection.close()


def test_an_address_in_use_is_one_clear_line(monitor: Monitor) -> None:
    """It names the address, and where to change it."""
    figures = Figures(monitor.line.store, monitor.line.clock, ProcessFigures())
    with pytest.raises(InputError, match=r"cannot listen on 127\.0\.0\.1:\d+ .*; choose another address"):
        MetricsServer(("127.0.0.1", monitor.server.port), figures, lambda: None)
