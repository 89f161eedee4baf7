"""What people are told: once when a cause begins, again as a reminder, once when it ends."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from listener.alert_rules import AlertChannel, AlertRules
from listener.feed_page import FeedPage, QuarantinedItem
from listener.policy import TimeWindow
from listener.protocols import Budget
from listener.store import alerts, ledger, notices
from tests.alerts.conftest import OPS, Bell
from tests.databases import read_everything
from tests.line import COMPLAINT

DANGER = "The battery of your lamp exploded and burned my hand, I am in hospital"


def test_a_cause_is_told_once_and_its_end_once(bell: Bell) -> None:
    """However often the stage runs, and however often the notice is refreshed."""
    bell.open()
    told = [*bell.ring(), *bell.ring(minutes=2), *bell.ring(hours=1)]
    bell.open(what="x could not be read 7 times in a row")
    told += bell.ring(hours=1)
    bell.end()
    assert [*told, *bell.ring(minutes=6), *bell.ring(hours=30)] == [
        "x could not be read\nWhat to do: look at the network",
        "Over: x could not be read",
    ]


def test_what_ends_within_a_minute_is_not_told(bell: Bell) -> None:
    """A notice that comes and goes wakes nobody."""
    bell.open()
    told = bell.ring()
    bell.end()
    assert told + bell.ring(minutes=2) == []


def test_a_cause_that_comes_back_within_five_minutes_has_not_ended(bell: Bell) -> None:
    """On and off every few minutes for a day is one message, and no all-clear before it stays away."""
    bell.open()
    told = [*bell.ring(), *bell.ring(minutes=2)]
    for _ in range(200):
        bell.end()
        told += bell.ring(minutes=3)
        bell.open()
        told += bell.ring(minutes=3)
    assert len(told) == 1
    bell.end()
    assert bell.ring() + bell.ring(minutes=6) == ["Over: x could not be read"]


def test_what_ended_while_a_channel_was_down_is_told_with_its_end(bell: Bell) -> None:
    """And a channel is not told that it fails itself; the others are."""
    bell.hook.status = 500
    bell.open(kind="account", what="token revoked")
    told = [*bell.ring(), *bell.ring(minutes=2), *bell.ring(minutes=4)]
    bell.end(kind="account")
    told += bell.ring(minutes=10)
    bell.hook.status = 200
    (text,) = bell.ring(hours=1)
    assert told == []
    assert text.startswith("token revoked") and text.endswith("Over: token revoked")


def test_law_and_press_are_told_at_once(bell: Bell) -> None:
    """Their replies are due later than danger's, but people must know."""
    bell.line.say("My lawyer will contact you about this")
    bell.line.listen()
    assert "legal" in "".join(bell.ring())


def test_a_channel_that_is_gone_leaves_no_notice(bell: Bell) -> None:
    """Renamed or removed: what it would be sent goes, and so does the notice about it."""
    bell.hook.status = 500
    bell.open()
    for minutes in (0, 2, 2, 4):
        bell.ring(minutes=minutes)
    assert "alerts" in bell.open_kinds()
    with bell.line.store.write() as connection:
        alerts.keep_channels(connection, ["other"], bell.line.now)
        assert alerts.list_unsent(connection, "ops") == []
    assert "alerts" not in bell.open_kinds()


def test_an_open_cause_is_told_again_after_the_reminder_interval(bell: Bell) -> None:
    """And then after another interval, not in between."""
    bell.open()
    bell.ring()
    told = [bell.ring(minutes=2), bell.ring(hours=23), bell.ring(hours=1, minutes=1), bell.ring(hours=23)]
    assert [len(texts) for texts in told] == [1, 0, 1, 0]
    assert told[2][0].startswith("Still: x could not be read")


def test_a_crowd_of_causes_is_one_message(bell: Bell) -> None:
    """Forty at once: ten are written out, the others counted; a second crowd waits five minutes."""
    for number in range(40):
        bell.open(subject=str(number), what=f"feed {number} is deaf")
    (text,) = bell.ring() + bell.ring(minutes=2)
    assert text.count("is deaf") == 10
    assert text.endswith("and 30 more: see `earshot status` and `earshot queue`")
    bell.open(subject="late")
    assert bell.ring(minutes=2) == []
    assert len(bell.ring(minutes=4)) == 1


def test_danger_is_told_at_once_and_without_the_customers_words(bell: Bell) -> None:
    """At night too; its end is told when staff have dealt with it."""
    bell.with_channel(hours=(TimeWindow(time(8), time(9)),))
    said = bell.line.say(DANGER)
    bell.line.listen()
    number = bell.line.reply_to(said.id).id
    (text,) = bell.ring()
    assert f"`earshot show {number}`" in text
    assert "battery" not in text
    assert bell.hook.bodies[0]["title"].startswith("URGENT: Earshot")


def test_outside_its_hours_a_channel_waits(bell: Bell) -> None:
    """Noon in UTC; the channel is open from 14:00 to 15:00."""
    bell.line.policy = replace(bell.line.policy, timezone="UTC")
    bell.with_channel(hours=(TimeWindow(time(14), time(15)),))
    bell.open()
    assert bell.ring() + bell.ring(hours=1) == []
    assert len(bell.ring(hours=1, minutes=1)) == 1


def test_a_channel_takes_the_kinds_and_severities_it_wants(bell: Bell) -> None:
    """Kinds with * at the end; notes only where they are asked for."""
    assert OPS.takes("gap", "problem")
    assert not OPS.takes("paused", "note")
    assert AlertChannel("desk", "note", ("urg*", "overdue")).takes("urgent", "urgent")
    assert not AlertChannel("desk", "note", ("urg*", "overdue")).takes("gap", "problem")
    bell.with_channel(kinds=("gap",))
    bell.open()
    assert bell.ring() + bell.ring(minutes=2) == []


def test_a_channel_that_fails_keeps_its_messages_and_becomes_a_notice(bell: Bell) -> None:
    """Tried again after growing pauses; told once when it takes messages again."""
    bell.hook.status = 500
    bell.open()
    told = [*bell.ring(minutes=0), *bell.ring(minutes=2), *bell.ring(minutes=2), *bell.ring(minutes=4)]
    assert told == []
    assert "alerts" in bell.open_kinds()
    calls = len(bell.hook.calls)
    assert bell.ring(seconds=5) == []
    assert len(bell.hook.calls) == calls  # it waits
    bell.hook.status = 200
    assert sum("x could not be read" in text for text in bell.ring(hours=1)) == 1
    assert "alerts" not in bell.open_kinds()


def test_no_part_of_a_channels_address_is_shown(bell: Bell) -> None:
    """The address is a secret, and the service's answer may repeat it."""
    bell.env["EARSHOT_ALERT_OPS_URL"] = bell.hook.url.replace("http://", "json://user:canary-4711@") + "/canary-path"
    bell.hook.status = 403
    bell.open()
    for minutes in (0, 2, 2, 4, 8):
        bell.ring(minutes=minutes)
    with bell.line.store.read() as connection:
        (message, *_) = alerts.list_unsent(connection, "ops")
    assert message.error
    assert "canary" not in message.error
    assert b"canary" not in read_everything(bell.line.store)


def test_mail_goes_out_over_smtp(bell: Bell) -> None:
    """A real SMTP session; a refused recipient is a failure."""
    bell.rules = replace(bell.rules, channels=(AlertChannel("mail"),))
    bell.mail.refuses = True
    bell.open()
    bell.ring()
    bell.ring(minutes=2)
    assert bell.mail.mails == []
    bell.mail.refuses = False
    bell.ring(minutes=2)
    (mail,) = bell.mail.mails
    assert mail["To"] == "ops@a.example"
    assert "unreachable (x)" in str(mail["Subject"])


def test_overdue_replies_are_one_cause(bell: Bell) -> None:
    """Their number does not matter; snoozed ones do not count."""
    bell.rules = replace(bell.rules, remind_after=None)
    for _ in range(3):
        bell.line.say(COMPLAINT)
    bell.line.listen()
    assert bell.ring(minutes=2) == []
    (text,) = bell.ring(days=4) + bell.ring(minutes=2)
    assert "3 replies are overdue, the longest since" in text


def test_items_that_nobody_could_read_are_one_cause_until_somebody_deals_with_them(bell: Bell) -> None:
    """Customers' words may be among them; without a word nobody looks there."""
    bell.with_channel(kinds=("quarantined",))
    bell.rules = replace(bell.rules, remind_after=None)
    broken = [QuarantinedItem(f"q{number}", "{}", "text is missing") for number in (1, 2)]
    bell.line.platform.pages = [FeedPage({"at": 1}, quarantined_items=tuple(broken))]
    bell.line.stages.poll("memory")
    (text,) = bell.ring() + bell.ring(minutes=2)
    assert "2 items of memory could not be read or decided" in text and "earshot quarantine" in text
    with bell.line.store.write() as connection:
        notices.resolve_quarantined(connection, 1, bell.line.now)
    assert bell.ring(minutes=10) == []
    with bell.line.store.write() as connection:
        notices.resolve_quarantined(connection, 2, bell.line.now)
    (text,) = bell.ring() + bell.ring(minutes=10)
    assert text.startswith("Over:") or "over: quarantined" in text


def test_staff_whom_nobody_sees_are_missed(bell: Bell) -> None:
    """Nothing was done for eight business hours, though something waits; an act at the desk begins them anew."""
    bell.with_channel(kinds=("unattended",))
    bell.rules = replace(bell.rules, unattended_after=timedelta(hours=8), remind_after=None)
    bell.line.policy = replace(bell.line.policy, business_hours=())
    bell.line.approved()
    bell.line.say(COMPLAINT)
    bell.line.listen()
    assert bell.ring(hours=7) == []
    (text,) = bell.ring(hours=2) + bell.ring(minutes=2)
    assert "nobody has worked on the queue" in text


def test_a_budget_that_is_nearly_spent_is_told(bell: Bell) -> None:
    """From four fifths of it on."""
    bell.budgets["x"] = Budget(daily_usd=5.0)
    for usd, expected in ((3.9, 0), (0.2, 1)):
        with bell.line.store.write() as connection:
            ledger.charge(connection, "x", "search", 1, usd, bell.line.now)
        assert len(bell.ring() + bell.ring(minutes=2)) == expected


def test_a_disk_that_fills_up_is_told(bell: Bell) -> None:
    """No disk has as much room as this asks for."""
    bell.rules = replace(bell.rules, disk_free=10**18)
    assert "MB left" in "".join(bell.ring() + bell.ring(minutes=2))


@pytest.mark.parametrize("rules", [AlertRules(), AlertRules(channels=())])
def test_without_channels_nothing_is_done(bell: Bell, rules: AlertRules) -> None:
    """Nobody asked for alerts."""
    bell.rules = rules
    bell.open()
    assert bell.ring() == []


def test_old_messages_go_but_for_the_last_word_on_what_lasts(bell: Bell) -> None:
    """An open cause must not be told anew because its message was deleted."""
    bell.rules = replace(bell.rules, remind_after=None)
    bell.open(subject="short")
    bell.open(subject="long")
    bell.ring()
    bell.ring(minutes=2)
    bell.end(subject="short")
    assert bell.ring(minutes=1) + bell.ring(minutes=6) == ["Over: x could not be read"]
    assert bell.ring(days=100) == []
    assert bell.alerts().tidy() == 2
    assert bell.ring(minutes=10) == []
