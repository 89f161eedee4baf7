"""`status` as an operator at three in the morning meets it: what is deaf, what fails, what does not run at all."""

import json
import os
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from listener.store import engine, notices
from listener.store.feed_states import record_feed
from listener.store.stage_states import record_stage
from tests.process import PRAISE, Home, until

NOW = datetime.now(UTC).replace(microsecond=0)
BROKEN = {
    "truncated": ("policy.toml", '[brand]\nname = "Fern'),
    "an unknown key": ("policy.toml", "[limits]\nmax_agee = '2d'\n"),
    "a syntax error": ("earshot.toml", "[platforms.memory\n"),
    "not text": ("replies.toml", "\udcff\udcfe"),
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One mention, read and drafted by `once`."""
    home = Home(tmp_path)
    home.say(PRAISE)
    assert home.run("once").code == 0
    return home


def age_polls(home: Home, **age: float) -> None:
    """Make the last poll older."""
    past = (datetime.now(UTC) - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    with closing(sqlite3.connect(home.data / "earshot.db")) as connection, connection:
        connection.execute("UPDATE platform SET attempt_at = ?, ok_at = ?", (past, past))


def test_an_error_of_all_feeds_is_shown_once(home: Home) -> None:
    """The platform cannot be reached: its line says that, and which feeds there are says nothing more."""
    damage = "UPDATE platform SET failures = 1, error = 'no route to the host', error_do = 'check the network'"
    with closing(sqlite3.connect(home.data / "earshot.db")) as database, database:
        database.execute(damage)
    store = engine.open_store(home.data / "earshot.db")
    with store.write() as connection:
        for feed in ("mentions", "search"):
            record_feed(connection, "memory", feed, since=NOW, failures=1, error="no route to the host", error_do="")
    assert home.run("status").out.count("no route to the host") == 1
    with store.write() as connection:
        record_feed(connection, "memory", "search", since=NOW, failures=0, error=None)
    store.close()
    screen = home.run("status").out
    assert screen.count("no route to the host") == 1 and "mentions failing" in screen


def test_what_people_are_alerted_of_is_shown_without_a_channel_too(home: Home) -> None:
    """Overdue and urgent replies open no notice, and change no exit code."""
    home.say("You will hear from my lawyer about this.", start=2)
    home.age_first_poll()
    assert (home.run("once").code, home.run("status").code) == (0, 0)
    assert "alert [urgent] a mention on memory cannot wait: legal" in " ".join(home.run("status").out.split())
    (cause,) = home.run("status", "--json").json["alerts"]
    assert (cause["kind"], cause["severity"], cause["platform"]) == ("urgent", "urgent", "memory")


def test_items_that_could_not_be_read_are_shown_where_people_look(home: Home) -> None:
    """Three rows whose ids a spreadsheet rounded: the queue was empty, and nothing said that anything was wrong."""
    with home.mentions.open("a") as rows:
        rows.write('{"id": "1.98765E+18", "text": "the lamp caught fire"}\n')
    done = home.run("once")
    assert done.code == 0 and "earshot: 1 item was quarantined; run `earshot quarantine`" in done.err
    shown = " ".join(home.run("status").out.split())
    assert "alert [quarantined] 1 item of memory could not be read or decided" in shown
    assert "quarantined" not in home.run("once").err
    assert home.run("quarantine", "--dismiss", "1").code == 0
    assert "quarantined" not in home.run("status").out


def test_a_deaf_feed_and_a_failing_stage_are_shown_with_what_to_do(home: Home) -> None:
    """Beside feeds and stages that work; as JSON has it, and on the screen; exit code 3 by their notices."""
    store = engine.open_store(home.data / "earshot.db")
    with store.write() as connection:
        record_feed(connection, "memory", "search", ok_at=NOW, since=NOW)
        deaf = {"since": NOW, "error": "HTTP 502", "error_do": "wait for the platform", "failures": 12}
        record_feed(connection, "memory", "mentions", **deaf)
        limit = {"error": "sign-in limit", "error_do": "", "retry_at": NOW + timedelta(hours=25)}
        record_feed(connection, "memory", "own", since=NOW, **limit)
        record_stage(connection, "route", since=NOW, failures=3, error="the disk is full", error_do="free some space")
        record_stage(connection, "send memory", ok_at=NOW, since=NOW)
        record_stage(connection, "poll elsewhere", since=NOW, failures=9, error="a platform that is off now")
        notices.open_notice(connection, "unreachable", "memory", "mentions is deaf", "", NOW, subject="mentions")
    store.close()
    done = home.run("status", "--json")
    assert done.code == 3
    feeds = {feed["name"]: feed for feed in done.json["platforms"][0]["feeds"]}
    assert [feeds[name]["state"] for name in ("mentions", "own", "search")] == ["failing", "waiting", "listening"]
    assert (feeds["mentions"]["error"], feeds["mentions"]["do"]) == ("HTTP 502", "wait for the platform")
    assert feeds["search"]["error"] is None and feeds["own"]["do"]
    assert done.json["stages"]["route"].items() >= {"state": "failing", "error": "the disk is full"}.items()
    assert set(done.json["stages"]) == {"poll memory", "route", "send memory", "upkeep"}
    screen = home.run("status").out
    assert f"mentions failing since {NOW:%Y-%m-%d %H:%M} UTC: HTTP 502; wait for the platform" in screen
    assert "own waiting since" in screen and "the next try is at" in screen and "search" not in screen
    assert "stage      route failing since" in screen and "the disk is full; free some space" in screen


def test_a_fresh_poll_by_cron_is_no_fault(home: Home) -> None:
    """Nobody holds the lock between two runs of `once`."""
    home.age_first_poll()
    assert (home.run("status").code, home.run("status", "--json").json["problems"]) == (0, [])


def test_after_a_first_once_nothing_listens_and_status_says_what_to_run(home: Home) -> None:
    """Who has tried `once` has no daemon yet, and should not read that a platform is listened to."""
    done = home.run("status")
    assert done.code == 3 and "problem    Earshot is not running: no daemon has run yet; the last poll" in done.out
    assert "start it with `earshot run`, or let cron run `earshot once`" in done.out
    assert "memory     not running, last poll" in done.out
    assert home.run("status", "--json").json["platforms"][0]["state"] == "not running"
    age_polls(home, minutes=6)
    assert "no daemon has run yet" in home.run("status").out


def test_nothing_that_runs_is_told_with_what_to_do(home: Home) -> None:
    """No lock holder, and the last poll six minutes ago."""
    home.age_first_poll()
    age_polls(home, minutes=6)
    done = home.run("status")
    assert done.code == 3
    assert "problem    Earshot is not running: no process holds its lock; the last poll" in done.out
    assert "start `earshot run`" in done.out
    assert home.run("status", "--json").json["problems"][0]["what"].startswith("Earshot is not running")


def test_a_daemon_is_alive_while_it_holds_the_lock_and_reported_as_soon_as_it_was_killed(home: Home) -> None:
    """Five minutes of false peace after a kill -9 are five minutes too many."""
    with home.start("run") as daemon:
        until(lambda: home.run("status", "--json").json["platforms"][0]["state"] == "listening", "it listens")
        assert home.run("status").code == 0
        age_polls(home, days=1)
        os.kill(daemon.pid, signal.SIGKILL)
        daemon.wait()
    done = home.run("status")
    assert done.code == 3 and f"`earshot run` (process {daemon.pid}" in done.out and "has ended" in done.out


def test_in_a_new_database_no_platform_was_polled_and_no_daemon_has_run(tmp_path: Path) -> None:
    """`migrate`, then `status`."""
    home = Home(tmp_path)
    home.run("migrate")
    done = home.run("status")
    assert (done.code, done.err) == (3, "") and "No platform has been polled yet" in done.out
    assert "no daemon has run yet; start it with `earshot run`" in done.out


def test_looking_at_the_lock_disturbs_nobody_who_takes_it(home: Home) -> None:
    """Ten looks while ten runs of `once` start."""
    looks = [home.start("status") for _ in range(6)]
    assert [home.run("once").code for _ in range(3)] == [0, 0, 0]
    for look in looks:
        look.communicate()


@pytest.mark.parametrize("fault", BROKEN)
def test_the_emergency_brake_needs_no_valid_configuration(home: Home, fault: str) -> None:
    """pause, resume, status, notices, backup and undo need the database alone; others list the problems."""
    name, content = BROKEN[fault]
    (number,) = home.approve_all()
    (home.folder / "config" / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    assert home.run("queue").code == 1
    paused = home.run("pause", "--reason", "tragedy")
    assert (paused.code, paused.err) == (0, "")
    undone = home.run("undo", number)
    assert undone.code == 0 and "the configuration is broken: " in undone.err and name in undone.err
    assert home.run("notices", "--json").json[0]["kind"] == "paused"
    assert home.run("backup", str(home.folder / "copy.db")).code == 0
    assert home.run("resume").code == 0
    status = home.run("status")
    assert status.code == 3 and f"problem    {name}" in status.out and status.err == ""
    assert json.loads(home.run("status", "--json").out)["problems"][0]["do"]


@pytest.mark.parametrize("how", ["no folder", "a link that leads nowhere"])
def test_the_brake_works_when_the_files_are_gone(home: Home, how: str) -> None:
    """An unmounted volume, for one."""
    if how == "no folder":
        home.folder.joinpath("config").rename(home.folder / "elsewhere")
    else:
        (home.folder / "config" / "policy.toml").symlink_to("/nowhere/policy.toml")
    assert home.run("pause").code == 0
    assert home.run("resume").code == 0
    done = home.run("status")
    assert done.code == 3 and "problem    " in done.out


def test_who_is_on_the_staff_list_still_counts_when_the_file_is_broken(tmp_path: Path) -> None:
    """The list is that of the policy of the last decision; anybody may pause, as always."""
    home = Home(tmp_path)
    home.configure('[staff]\nnames = ["ann"]\n', "policy.toml")
    home.say(PRAISE)
    home.run("once")
    home.configure("[staff\n", "policy.toml")
    assert home.run("pause", "--as", "mallory").code == 0
    refused = home.run("resume", "--as", "mallory")
    assert refused.code == 1 and "not on the staff list" in refused.err
    assert home.run("resume", "--as", "ann").code == 0
