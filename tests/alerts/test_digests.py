"""The digest: what it says, at which hour it goes out, and that a period has one, whatever happens to the process."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.alert_rules import AlertChannel
from listener.alerts.channels import AppriseChannels
from listener.alerts.digests import Digests, doubt
from listener.alerts.notifier import bind
from listener.analysis import digest as analysis
from listener.analysis.digest_text import compose
from listener.policy import TimeWindow, WeekTime
from listener.settings import EnvSecrets
from listener.store import digests, ledger, notices
from tests.alerts.conftest import OPS, Bell
from tests.fakes.webhook import Webhook
from tests.line import COMPLAINT, NOON, PRAISE
from tests.process import Home, until

DAILY = replace(OPS, digest=(WeekTime(time(8)),))


@pytest.fixture(autouse=True)
def _in_utc(bell: Bell) -> None:
    bell.line.policy = replace(bell.line.policy, timezone="UTC")


def sending(bell: Bell, channel: AlertChannel = DAILY) -> Digests:
    """What sends digests, with the program's own figures and text."""

    def write(connection: Any, state: digests.DigestState, now: datetime, quotes: bool) -> tuple[str, str]:
        policy = bell.line.policy
        figures = analysis.gather(connection, policy, state.since, state.until, now, quotes=quotes)
        return compose(policy.brand.name, figures)

    channels = AppriseChannels(EnvSecrets(bell.env))
    return Digests(bell.line.store, (channel,), bell.line.policy, channels, write, bell.line.clock)


def texts(bell: Bell, channel: AlertChannel = DAILY, **span: float) -> list[str]:
    """Move time on, and return title and text of what came."""
    bell.line.now += timedelta(**span)
    before = len(bell.hook.bodies)
    sending(bell, channel).run()
    return [f"{body['title']}\n{body['message']}" for body in bell.hook.bodies[before:]]


def states(bell: Bell) -> list[str]:
    """The states of the digests, the newest first."""
    with bell.line.store.read() as connection:
        return [state.state for state in digests.list_recent(connection, "ops", bell.line.now)]


def test_a_digest_has_the_figures_of_the_report(bell: Bell) -> None:
    """Two mentions, one answered by staff; a complaint against none before; cost and notices; nobody's words."""
    assert texts(bell) == []  # the first period begins
    bell.line.wait(hours=1)
    bell.line.approved(PRAISE)
    bell.line.send()
    bell.line.say(COMPLAINT)
    bell.line.listen()
    bell.open()
    with bell.line.store.write() as connection:
        ledger.charge(connection, "memory", "post", 1, 0.25, bell.line.now)
    (text,) = texts(bell, hours=20)
    assert text.splitlines() == [
        "Earshot Fernhill: digest of Tue 24 Nov 08:00 to Wed 25 Nov 08:00 (UTC)",
        "Heard: 2 mentions (0 in the period before)",
        "Answered, of 2 that asked: 1 by staff, 0 automatically, 0 on the platform",
        "Automatic, sent or on the way: nothing",
        "Waiting now: 1, 1 of them overdue",
        "Complaints: 1 (0 in the period before)",
        "- delivery: 1 (0)",
        "Spent: memory 0.25 USD",
        "Open notices: 1",
        "- unreachable (x): x could not be read",
    ]


def test_the_words_of_customers_only_where_the_channel_wants_them(bell: Bell) -> None:
    """Never those of a private mention; complaints of the period before are counted as such."""
    quoting = replace(DAILY, digest_quotes=True)
    texts(bell, quoting)
    bell.line.say(COMPLAINT)
    bell.line.say("My zanzibar parcel is late, where is it?", is_private=True)
    bell.line.listen()
    (first,) = texts(bell, quoting, hours=21)
    assert "- delivery: 2 (0)\n  “My parcel is two weeks late" in first
    assert "zanzibar" not in first
    (second,) = texts(bell, hours=24)
    assert "Complaints: 0 (2 in the period before)" in second
    assert "parcel" not in second


def test_a_period_has_one_digest_however_often_the_stage_runs(bell: Bell) -> None:
    """Also where nothing was heard: that it comes shows that Earshot lives."""
    texts(bell)
    assert [len(texts(bell, minutes=30)) for _ in range(96)].count(1) == 2
    assert states(bell) == ["sent", "sent", "start"]


def test_what_was_missed_is_sent_late_once_and_left_out_of_nothing(bell: Bell) -> None:
    """Off from Tuesday to Friday afternoon: one digest, of three days."""
    texts(bell)
    (text,) = texts(bell, days=3, hours=3)
    assert "Tue 24 Nov 08:00 to Fri 27 Nov 08:00" in text
    assert texts(bell, hours=1) == []
    (longest,) = texts(bell, days=200)
    assert "of Sat 15 May 08:00 to Tue 15 Jun 08:00" in longest  # a month at most


def test_a_weekly_digest_waits_for_its_day(bell: Bell) -> None:
    """Mondays at eight."""
    weekly = replace(OPS, digest=(WeekTime(time(8), frozenset({0})),))
    came = [text for _ in range(14) for text in texts(bell, weekly, days=1)]
    assert [text.partition("of ")[2][:33] for text in came] == [
        "Mon 23 Nov 08:00 to Mon 30 Nov 08",
        "Mon 30 Nov 08:00 to Mon 07 Dec 08",
    ]


def test_the_hour_is_that_of_the_clock_on_the_wall(bell: Bell) -> None:
    """Eight in Oslo is seven in UTC in winter and six in summer: a day of 23 hours between."""
    bell.line.policy = replace(bell.line.policy, timezone="Europe/Oslo")
    bell.line.now = datetime(2026, 3, 28, 6, 59, tzinfo=UTC)
    texts(bell)
    at = [bell.line.now for _ in range(48) if texts(bell, minutes=30)]
    assert [f"{moment:%d %H:%M}" for moment in at] == ["28 07:29", "29 06:29"]


def test_outside_the_hours_of_its_channel_a_digest_waits(bell: Bell) -> None:
    """The digest is of eight, the channel opens at ten."""
    late = replace(DAILY, hours=(TimeWindow(time(10), time(18)),))
    texts(bell, late)
    assert [len(texts(bell, late, hours=hours)) for hours in (21, 2)] == [0, 1]


def test_a_channel_that_fails_gets_its_digest_later_and_a_newer_one_covers_it(bell: Bell) -> None:
    """A notice opens after three tries; the digest that comes at last is of both days."""
    texts(bell)
    bell.hook.status = 500
    assert [len(texts(bell, hours=hours)) for hours in (21, 1, 1, 1)] == [0, 0, 0, 0]
    assert "alerts" in bell.open_kinds()
    calls = len(bell.hook.calls)
    texts(bell, minutes=1)
    assert len(bell.hook.calls) == calls  # it waits
    texts(bell, hours=22)
    bell.hook.status = 200
    (text,) = texts(bell, hours=1)
    assert "Tue 24 Nov 08:00 to Thu 26 Nov 08:00" in text
    assert "alerts" not in bell.open_kinds()


def test_a_digest_that_may_have_arrived_is_not_sent_again_and_the_next_one_says_so(bell: Bell) -> None:
    """As after a kill during the call."""
    texts(bell)
    bell.line.now = NOON + timedelta(days=1)
    begins = NOON.replace(hour=8)
    state = digests.DigestState("ops", begins + timedelta(days=1), begins, "sending", 0, None, None, bell.line.now)
    with bell.line.store.write() as connection:
        digests.add(connection, state)
    assert texts(bell) == []
    assert states(bell)[0] == "unconfirmed"
    (text,) = texts(bell, days=1)
    assert "may not have arrived; `earshot digest --since 2026-11-24T08:00Z --until 2026-11-25T08:00Z`" in text
    assert texts(bell, hours=1) == []
    with bell.line.store.read() as connection:
        assert doubt(digests.list_recent(connection, "ops", bell.line.now)) != ""


def test_a_clock_that_was_ahead_stops_no_digest(bell: Bell) -> None:
    """A year ahead for a moment, then set back: the next day has its digest."""
    texts(bell)
    texts(bell, days=365)
    assert len(texts(bell, days=-364)) == 1
    assert len(texts(bell, days=1)) == 1


def test_a_channel_without_digest_is_forgotten(bell: Bell) -> None:
    """Configured again it begins anew, without a late digest; old rows go but for the newest."""
    texts(bell)
    for _ in range(100):
        texts(bell, days=1)
    assert sending(bell).tidy() == 11
    with bell.line.store.write() as connection:
        digests.keep_channels(connection, ["other"])
    assert texts(bell, days=30) == []
    assert states(bell) == ["start"]


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A web hook, which the test ends."""
    served = Webhook().start()
    yield served
    served.stop()


@pytest.mark.parametrize(("point", "came"), [("D1", 0), ("D2", 1)])
def test_killed_during_the_call_it_is_not_sent_twice(tmp_path: Path, hook: Webhook, point: str, came: int) -> None:
    """kill -9 right before and right after the call; the daemon is started again, and nothing more comes."""
    home = Home(tmp_path)
    home.configure(
        '[daemon]\nalert_seconds = 0.1\n[[alerts.channels]]\nname = "ops"\nnotices = []\ndigest = ["00:00"]\n'
        '[platforms.memory]\nmentions = "mentions.jsonl"\npoll_seconds = 0.2\n'
    )
    home.env["EARSHOT_ALERT_OPS_URL"] = hook.url.replace("http:", "json:") + "/hook"
    assert home.run("once").code == 0  # the first period begins
    move_back(home)
    dying = home.start("run", EARSHOT_FAULT=f"{point}:KILL")
    dying.communicate(timeout=60)
    assert (dying.returncode, len(hook.bodies)) == (-signal.SIGKILL, came)
    with home.start("run") as daemon:
        until(lambda: digest_states(home)[0] == "unconfirmed", "the digest is settled")
        until(lambda: has_run(home), "the stage ran again")
        daemon.terminate()
    assert len(hook.bodies) == came


def move_back(home: Home) -> None:
    """Let the period have begun a day earlier, so that its digest is due."""
    with home.database() as database:
        database.execute(
            "UPDATE digest SET until = '2026-01-01T00:00:00.000000Z', since = '2025-12-31T00:00:00.000000Z'"
        )


def digest_states(home: Home) -> list[str]:
    """The states of the digests, the newest first."""
    with home.database() as database:
        return [row[0] for row in database.execute("SELECT state FROM digest ORDER BY until DESC")]


def has_run(home: Home) -> bool:
    """Whether the stage ended well after the digest was settled."""
    with home.database() as database:
        query = "SELECT count(*) FROM stage, digest WHERE stage.name = 'digests' AND stage.ok_at > digest.changed_at"
        return bool(database.execute(f"{query} AND digest.state = 'unconfirmed'").fetchone()[0])


def test_a_digest_that_cannot_be_computed_delays_no_alert(bell: Bell) -> None:
    """It is a stage of its own: its failure is kept and reported, and danger is still told at once."""

    def write(*_: object) -> tuple[str, str]:
        raise ZeroDivisionError("a fault of the program")

    bell.rules = replace(bell.rules, channels=(DAILY,))
    policy, line = bell.line.policy, bell.line
    secrets = EnvSecrets(bell.env)
    stages = replace(
        line.stages, notifier=bind(line.store, bell.rules, (), policy, {}, line.folder, secrets, write, line.clock)
    )
    stages.send_digests()
    line.wait(days=1)
    line.say("The battery of your lamp exploded and burned my hand, I am in hospital")
    line.listen()
    stages.send_digests()
    assert stages.notify() == 1
    assert list(stages.runner.troubles) == ["digests"]
    assert states(bell)[0] == "waiting"


def test_notices_beyond_ten_are_counted(bell: Bell) -> None:
    """A mail stays short."""
    texts(bell)
    with bell.line.store.write() as connection:
        for number in range(12):
            notices.open_notice(connection, "gap", "x", f"gap {number}", "look", bell.line.now, subject=str(number))
    (text,) = texts(bell, hours=21)
    assert text.endswith("- gap (x): gap 9\n- and 2 more: `earshot notices`")
