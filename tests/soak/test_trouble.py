"""Trouble on X that lasts: what must be told is told, nothing is hammered, and nothing waits behind another's fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from listener.desk import transitions
from listener.store import items
from tests.fakes.x import XServer
from tests.soak.world import FEED, OWN, POST, Days

SEARCH = "GET /2/tweets/search/recent"
PRAISE = "@shop Thank you so much for the lovely notebook, I love it!"


@contextmanager
def days_of(folder: Path, server: XServer, *, approved: int = 0, **keys: Any) -> Iterator[Days]:
    """A line that has polled once, with so many approved replies."""
    days = Days(folder, server, 1, app_owned_by_brand=True, **keys)
    days.plant(approved * 5 or 1, 60)
    days.stages.poll("x")
    if approved:
        days.stages.route()
        assert days.approve(approved) == approved
    days.wait(60)
    yield days
    days.store.close()


def sending(days: Days, rounds: int, seconds: float) -> None:
    """So many rounds of sending, one after so many seconds."""
    for _ in range(rounds):
        days.stages.send("x")
        days.wait(seconds)


def states(days: Days) -> dict[str, int]:
    """How many replies stand in each state."""
    return dict(days.ask("SELECT state, count(*) FROM reply GROUP BY state"))


def test_walk_that_a_budget_interrupts_loses_nothing_in_silence(tmp_path: Path, server: XServer) -> None:
    """Meanwhile X's end of the list moved up over what was still to be read: that is a gap."""
    with days_of(tmp_path, server, daily_budget_usd=0.31, send_reserve_usd=0.0) as days:
        days.wait((20 * 3600 - (days.now() - days.now().replace(hour=0, minute=0)).total_seconds()) % 86400)
        days.plant(700, 60)
        assert days.stages.poll("x").failed
        days.plant(600, 60)
        for _ in range(14):
            days.wait(12 * 3600)
            days.stages.poll("x")
        assert days.lost() == 0
        assert "gap" in days.notices()


def test_page_that_holds_only_errors_is_no_end(tmp_path: Path, server: XServer) -> None:
    """It is read again, and nothing is booked for it."""
    with days_of(tmp_path, server) as days:
        days.wait(7200)
        days.plant(300, 60)
        real, calls = server.x.mentions, []

        def answer(user: str, params: dict[str, str]) -> tuple[int, str]:
            calls.append(params)
            return (200, '{"errors": [{"detail": "overloaded"}]}') if len(calls) == 2 else real(user, params)

        vars(server.x)["mentions"] = answer
        assert "overloaded" in (days.stages.poll("x").failed or "")
        days.wait(60)
        days.stages.poll("x")
        assert set(days.planted) == days.stored()
        assert round(days.booked(), 6) == round(days.billed(), 6)


def test_looking_for_lost_replies_does_not_hammer_a_timeline_that_is_down(tmp_path: Path, server: XServer) -> None:
    """Eight hours of 404 have happened: pauses grow, and afterwards the replies are found."""
    with days_of(tmp_path, server, approved=3) as days:
        server.fail_next(POST, "cut", after=True)
        server.fail_next(OWN, "missing-page", times=10_000)
        sending(days, 60, 10)
        assert server.x.ledger.count(OWN) <= 9
        server.faults.lift()
        for _ in range(20):
            days.wait(900)
            days.stages.send("x")
        assert (states(days)["sent"], len(server.x.ledger.posted)) == (3, 3)


def test_app_that_may_only_read_goes_on_reading(tmp_path: Path, server: XServer) -> None:
    """What X forbids to post stops posting alone, with growing pauses and a notice."""
    with days_of(tmp_path, server, approved=2) as days:
        server.fail_next(POST, "read-only-app", times=10_000)
        failed = 0
        for _ in range(30):
            sending(days, 1, 60)
            failed += bool(days.stages.poll("x").failed)
        assert (failed, states(days)["approved"], "account" in days.notices()) == (0, 2, True)
        assert server.x.ledger.count(POST) <= 9


def test_outage_of_posting_drains_when_it_is_over(tmp_path: Path, server: XServer) -> None:
    """Half an hour of 503: few are tried, nobody is asked, everything goes out once."""
    with days_of(tmp_path, server, approved=8) as days:
        server.fail_next(POST, "unavailable", times=10_000)
        sending(days, 30, 60)
        assert server.x.ledger.count(POST) <= 4
        server.faults.lift()
        sending(days, 45, 60)
        assert (states(days)["sent"], len(server.x.ledger.posted)) == (8, 8)
        assert days.booked() >= days.billed() - 1e-9  # a link is booked at what it may cost


def test_refusals_without_a_reason_pause_sending_and_send_nobody_to_the_desk(tmp_path: Path, server: XServer) -> None:
    """Three in a row stop it for longer each time; when X takes replies again, they go out."""
    with days_of(tmp_path, server, approved=6) as days:
        server.fail_next(POST, "no-reason", times=10_000)
        sending(days, 60, 60)
        assert server.x.ledger.count(POST) <= 6
        server.faults.lift()
        sending(days, 150, 60)
        assert (states(days)["sent"], days.notices()) == (6, [])


def test_automatic_reply_waits_until_our_own_posts_were_read(tmp_path: Path, server: XServer) -> None:
    """A colleague had answered in the app before Earshot woke: one answer, hers."""
    with days_of(tmp_path, server) as days:
        auto = tuple(
            replace(one, auto="always") if one.kind == "thank_you" else one for one in days.desk.policy.responders
        )
        policy = replace(days.desk.policy, responders=auto, quiet_hours=())
        days.stages = replace(days.stages, triage=replace(days.stages.triage, policy=policy))
        answered, alone = (server.mention(PRAISE, author_id=author).id for author in ("8001", "8002"))
        server.own("You are welcome! - Ann", answered)
        for _ in range(3):
            days.stages.once()
            days.wait(60)
        assert [one["in_reply_to"] for one in server.x.ledger.posted] == [alone]


def test_one_reply_that_costs_too_much_holds_no_other(tmp_path: Path, server: XServer) -> None:
    """A link reserves more than the day has left; the plain ones go out."""
    with days_of(tmp_path, server, approved=4, daily_budget_usd=0.19, send_reserve_usd=0.05) as days:
        (first,) = days.ask("SELECT min(id) FROM reply WHERE state = 'approved'")[0]
        transitions.undo(days.store, days.desk, first)
        transitions.edit(days.store, days.desk, first, "Look at https://example.com/help")
        days.approve()
        held = days.stages.send("x").held
        assert (set(held), states(days)["sent"] >= 3) == ({"budget"}, True)


def test_search_that_x_refuses_is_told(tmp_path: Path, server: XServer) -> None:
    """A typo in a query is no silence: a notice names it, and ends when the query is read."""
    with days_of(tmp_path, server, search=("min_faves:3 shop",)) as days:
        server.fail_next(SEARCH, "body", status=400, text='{"title": "Invalid Request"}', times=10_000)
        for _ in range(3):
            days.wait(60)
            days.stages.poll("x")
        assert days.notices() == ["unreachable"]
        server.faults.lift()
        days.wait(60)
        days.stages.poll("x")
        assert days.notices() == []


def test_notice_about_sending_ends_when_nothing_waits_to_be_sent(tmp_path: Path, server: XServer) -> None:
    """Credits are back, and staff closed the one reply that had met the stop."""
    with days_of(tmp_path, server, approved=1) as days:
        server.fail_next(POST, "credits")
        days.stages.send("x")
        assert days.notices() == ["billing"]
        (reply_id,) = days.ask("SELECT id FROM reply WHERE state = 'approved'")[0]
        transitions.close(days.store, days.desk, reply_id, "answered by mail")
        days.wait(2 * 3600)
        days.stages.send("x")
        assert days.notices() == []


def test_edit_that_mentions_us_makes_a_search_hit_answerable(tmp_path: Path, server: XServer) -> None:
    """And one that takes our name out makes it by hand again."""
    with days_of(tmp_path, server, search=("teapot",)) as days:
        post = server.mention("my teapot came broken, please help", mentions=[])
        days.stages.poll("x")
        days.wait(60)
        edit = server.edit(post.id, "@shop my teapot came broken, please help")
        edit.mentions = [("100", "shop")]
        days.stages.poll("x")
        days.stages.route()
        with days.store.read() as connection:
            item = items.item(connection, reply_id=days.ask("SELECT max(id) FROM reply")[0][0])
        assert (item.mention.id, item.mention.is_addressed, item.mention.can_reply) == (post.id, True, True)


def test_page_whose_includes_are_no_list_is_kept_and_booked(tmp_path: Path, server: XServer) -> None:
    """A malformed part poisons nothing."""
    with days_of(tmp_path, server) as days:
        booked = days.booked()
        item = {"text": "@shop hi", "author_id": "7", "created_at": "2026-11-22T04:00:00Z"}
        told = ", ".join(f'"{key}": "{value}"' for key, value in item.items())
        made = server.x.posts.new_id(days.now())
        page = f'{{"data": [{{"id": "{made}", "conversation_id": "{made}", {told}}}], "meta": {{}}'
        server.fail_next(FEED, "body", text=page + ', "includes": {"tweets": 7, "users": {}}}')
        assert days.stages.poll("x").stored == 1
        assert days.booked() == pytest.approx(booked + 0.001)


def test_other_accounts_secrets_are_noticed_before_the_next_call(tmp_path: Path, server: XServer) -> None:
    """Whoever swaps the files swaps the account: who we are is asked again before anything is posted."""
    with days_of(tmp_path, server, approved=1) as days:
        server.x.account.username = "rival"
        days.keys.values = dict.fromkeys(days.keys.values, "other")
        server.secrets = dict(days.keys.values)
        calls = server.x.ledger.count("GET /2/users/me")
        days.stages.send("x")
        assert server.x.ledger.count("GET /2/users/me") == calls + 1
