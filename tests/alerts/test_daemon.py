"""The real daemon tells people and serves figures; a channel that hangs delays nothing."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.webhook import Webhook
from tests.process import PATIENCE, Home, until

DANGER = "The battery of your lamp exploded and burned my hand, I am in hospital"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A web hook, which the test ends."""
    served = Webhook().start()
    yield served
    served.stop()


def configured(folder: Path, hook: Webhook, port: int) -> Home:
    """A home that alerts the hook, beats its heart there, and serves figures."""
    home = Home(folder)
    home.configure(
        "[daemon]\nroute_seconds = 0.1\nalert_seconds = 0.1\n"
        f'[metrics]\naddress = "127.0.0.1:{port}"\n'
        '[[alerts.channels]]\nname = "ops"\n'
        '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 0.2\n'
    )
    home.env["EARSHOT_ALERT_OPS_URL"] = hook.url.replace("http:", "json:") + "/alert-canary"
    home.env["EARSHOT_HEARTBEAT_URL"] = f"{hook.url}/ping-canary"
    return home


def test_danger_reaches_people_and_figures_are_served(tmp_path: Path, hook: Webhook) -> None:
    """An urgent mention is told at once, the start of the daemon too; the addresses are in no log and no file."""
    port = free_port()
    home = configured(tmp_path, hook, port)
    home.say(DANGER)
    daemon = home.start("run")
    try:
        until(lambda: any("cannot wait" in str(body.get("message")) for body in hook.bodies), "danger is told")
        until(lambda: "/ping-canary/start" in hook.paths, "the start is told")
        figures = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        assert 'earshot_replies{state="escalated"} 1.0' in figures
        assert 'earshot_stage_duration_seconds_count{stage="poll memory"}' in figures
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, log = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, log
    assert "canary" not in log
    assert all(b"canary" not in path.read_bytes() for path in home.data.rglob("*") if path.is_file())


def test_a_channel_that_hangs_delays_no_decision_and_no_stop(tmp_path: Path, hook: Webhook) -> None:
    """The hook takes the message and never answers; a mention that comes meanwhile is decided, SIGTERM ends in time."""
    stall = hook.fail_next("hook", "stall", times=9)
    home = configured(tmp_path, hook, free_port())
    del home.env["EARSHOT_HEARTBEAT_URL"]
    home.say(DANGER)
    daemon = home.start("run")
    try:
        until(lambda: stall.left < 9, "the hook was called")
        home.say("Thank you so much for the lovely notebook, I love it!", start=2)
        until(lambda: len(home.queue()) == 2, "the second mention is decided")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0


def test_check_sends_a_test_message(tmp_path: Path, hook: Webhook) -> None:
    """With --online; a channel that refuses it is a problem, without its address."""
    home = configured(tmp_path, hook, free_port())
    done = home.run("check", "--online")
    assert (done.code, hook.bodies[0]["title"]) == (0, "Earshot: a test message"), done.err
    hook.status = 500
    done = home.run("check", "--online")
    assert done.code == 1
    assert "[[alerts.channels]] ops: took no test message" in done.err
    assert "canary" not in done.err + done.out


def test_once_tells_too(tmp_path: Path, hook: Webhook) -> None:
    """For who runs it by cron."""
    home = configured(tmp_path, hook, free_port())
    home.say(DANGER)
    assert home.run("once").code == 0
    assert "cannot wait" in hook.bodies[0]["message"]


def test_a_heartbeat_whose_secret_cannot_be_read_is_a_problem(tmp_path: Path, hook: Webhook) -> None:
    """Else nothing would ever beat, in silence."""
    home = configured(tmp_path, hook, free_port())
    del home.env["EARSHOT_HEARTBEAT_URL"]
    home.env["EARSHOT_HEARTBEAT_URL_FILE"] = str(tmp_path / "missing")
    done = home.run("check")
    assert done.code == 1
    assert "EARSHOT_HEARTBEAT_URL_FILE: cannot read" in done.err


def test_status_lists_what_people_are_notified_of_and_what_did_not_reach_them(tmp_path: Path, hook: Webhook) -> None:
    """Who looks sees the same as who is notified: a cause that is no notice, a message and a webhook that wait."""
    home = configured(tmp_path, hook, free_port())
    receiver = f'[[webhooks]]\nname = "crm"\nurl = "{hook.url}/crm-hook"\n'
    home.configure((tmp_path / "config" / "earshot.toml").read_text() + receiver)
    home.env["EARSHOT_WEBHOOK_CRM_SECRET"] = "whsec_" + "Y2FuYXJ5" * 4
    assert home.run("once").code == 0
    home.say(DANGER)
    hook.status = 500
    home.run("once")
    shown = home.run("status")
    assert "alert      [urgent] a mention on memory cannot wait:" in shown.out
    assert "unsent     channel ops: 1 message since" in shown.out
    assert "unsent     webhook crm: events since" in shown.out
    status = home.run("status", "--json").json
    assert [cause["kind"] for cause in status["alerts"]] == ["urgent"]
    assert {waiting["to"]: waiting["attempts"] for waiting in status["unsent"]} == {"channel ops": 1, "webhook crm": 1}
    assert "Y2FuYXJ5" not in shown.out + shown.err
