"""The Grafana dashboard and the Prometheus rules: they ask for metrics and labels that are served, and have answers."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from listener.store import digests, ledger, notices, stage_states, webhooks
from tests.alerts.test_daemon import free_port
from tests.announcing import announce
from tests.applauding import liked, turn_on
from tests.line import COMPLAINT, PRAISE, Line
from tests.metrics.test_server import Monitor
from tests.pages import OPERATIONS, ROOT, section
from tests.process import until

DASHBOARD = ROOT / "docs" / "grafana" / "earshot.json"
RULES = ROOT / "docs" / "prometheus" / "earshot.yml"
VARIABLES = {"$__rate_interval": "1m", "$__range": "1h", "$job": "earshot"}
ADDED = {"job", "instance", "le"}  # labels that Prometheus adds, and that of histograms
NAME = re.compile(r"\bearshot_\w+")
SELECTOR = re.compile(r"\b(earshot_\w+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")


def panels() -> list[Any]:
    """The panels of the dashboard, without the headings of rows."""
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def queries() -> list[tuple[str, str]]:
    """Every query of the dashboard and of the rules, with the title of its panel or alert."""
    shown = [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return shown + [(rule["alert"], rule["expr"]) for group in groups for rule in group["rules"]]


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    """A server all of whose metrics have a sample."""
    made = Monitor(Line(tmp_path))
    line = made.line
    line.approved(PRAISE)
    for text in (COMPLAINT, "My lawyer will contact you about this"):
        line.say(text)
    line.listen()
    announce(line, is_approved=False)
    liked(turn_on(line))
    line.send()
    with line.store.write() as connection:
        notices.open_notice(connection, "account", "x", "revoked", "make a new token", line.now)
        ledger.charge(connection, "memory", "post", 1, 0.25, line.now)
        stage_states.record_progress(connection, "route", line.now)
        webhooks.keep(connection, {"crm": "https://crm.example"}, line.now)
        digests.add(connection, digests.DigestState("ops", line.now, line.now, "waiting", 1, "down", None, line.now))
    made.process.durations.note("route", 0.05)
    made.process.polls.note("memory", "ok")
    made.process.messages.note("ops", "sent")
    yield made
    made.server.stop()
    line.store.close()


def served(monitor: Monitor) -> dict[str, set[str]]:
    """Every sample that is served -> its labels."""
    families = list(text_string_to_metric_families(monitor.get("/metrics").text))
    assert [family.name for family in families if not family.samples] == [], "the fixture leaves a metric out"
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


def test_every_query_asks_for_what_is_served(monitor: Monitor) -> None:
    """A renamed metric or label would leave a panel empty, and an alert silent."""
    known = served(monitor)
    asked = queries()
    assert len(asked) > 30
    missing = {name for _, query in asked for name in NAME.findall(query) if name not in known}
    assert missing == set()
    for title, query in asked:
        used = {name for _, inside in SELECTOR.findall(query) for name in re.findall(r"(\w+)(?:=~|!~|!=|=)", inside)}
        used |= {name.strip() for names in GROUPED.findall(query) for name in names.split(",")}
        labels = set().union(*(known[name] for name in NAME.findall(query))) | ADDED
        assert used <= labels, (title, used - labels)


def test_legends_and_texts_name_labels_that_their_query_keeps(monitor: Monitor) -> None:
    """{{platform}} of a query that sums over platforms would be empty."""
    known = served(monitor)
    for panel in panels():
        for target in panel["targets"]:
            grouped = [name.strip() for names in GROUPED.findall(target["expr"]) for name in names.split(",")]
            kept = set(grouped) or set().union(*(known[name] for name in NAME.findall(target["expr"])))
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= kept, panel["title"]


def test_every_metric_is_in_the_page_and_in_the_dashboard(monitor: Monitor) -> None:
    """Whoever looks for one finds what it means, and sees it."""
    names = {re.sub(r"_(bucket|count|sum)$", "", name) for name in served(monitor) if not name.endswith("_created")}
    listed = set(re.findall(r"^\| `(earshot_\w+)` \|", section(OPERATIONS, "Metrics over HTTP"), re.MULTILINE))
    assert listed == names
    shown = {re.sub(r"_bucket$", "", name) for _, query in queries() for name in NAME.findall(query)}
    assert names - shown == set()


def test_panels_have_places_of_their_own() -> None:
    """Two in one place would hide each other."""
    cells = [
        (column, line)
        for panel in json.loads(DASHBOARD.read_text())["panels"]
        for place in [panel["gridPos"]]
        for column in range(place["x"], place["x"] + place["w"])
        for line in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells)) and max(column for column, _ in cells) < 24


def tool(name: str) -> str:
    """Where a tool of Prometheus is; skip the test where it is not installed."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (Debian's package prometheus has it)")
    return path


def test_promtool_accepts_the_rules_and_their_own_tests() -> None:
    """What fires, when, and with which words."""
    promtool = tool("promtool")
    for words in (("check", "rules", RULES), ("test", "rules", RULES.with_name("earshot_test.yml"))):
        done = subprocess.run([promtool, *words], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_real_prometheus_answers_every_query(monitor: Monitor, tmp_path: Path) -> None:
    """Scraped twice a second; every panel shows something, every alert's expression can be evaluated."""
    port, config = free_port(), tmp_path / "prometheus.yml"
    scrape: dict[str, object] = {"job_name": "earshot", "scrape_interval": "500ms", "scrape_timeout": "400ms"}
    scrape |= {"static_configs": [{"targets": [f"127.0.0.1:{monitor.server.port}"]}]}
    config.write_text(json.dumps({"scrape_configs": [scrape], "rule_files": [str(RULES)]}))
    places = [
        f"--config.file={config}",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with subprocess.Popen([tool("prometheus"), *places], stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: answer(port, "count_over_time(earshot_overdue_replies[1m]) > 3"), "it was scraped")
            empty = [title for title, query in queries() if title not in SILENT and not answer(port, query)]
            assert [title for title, query in queries() if answer(port, query) is None] == []
        finally:
            server.terminate()
    assert empty == []


SILENT = {rule["alert"] for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}
"""Alerts whose expression has no answer as long as all is well."""


def answer(port: int, query: str) -> list[Any] | None:
    """What Prometheus answers; nothing while it starts, None where it refuses the query."""
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    try:
        parameters: dict[str, str | float] = {"query": query, "time": time.time()}
        got = httpx.get(f"http://127.0.0.1:{port}/api/v1/query", params=parameters, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return []
    return got["data"]["result"] if got["status"] == "success" else None
