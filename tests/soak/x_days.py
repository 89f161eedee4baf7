"""What X must show over days: nothing missed, calls and money within bounds, the ends of its reach told."""

import signal
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from tests.fakes.x import SECRETS, XServer
from tests.faults.commands import Commands, Nursery
from tests.soak.world import FEED, ME, OWN, POST, Days, Report

REACH = 800  # mentions that X lists


def trickle(folder: Path, server: XServer, mentions: int = 10_000, seed: int = 1) -> Report:
    """At most ten mentions a minute, one in twenty listed late and out of order; a poll a minute.

    Triage begins half-way: before that nothing is drafted, and the own timeline must not be read.
    """
    days = Days(folder, server, seed, start=_at(server, 18), app_owned_by_brand=True)
    report, bound, own_may, polls, rest = Report("trickle"), 0.0, 0, 0, 15
    while len(days.planted) < mentions or (rest := rest - 1) >= 0:
        days.plant(min(days.rng.randint(4, 10), mentions - len(days.planted)), 60, late=0.05)
        days.wait(60)
        polls, own_may = polls + 1, own_may + days.waits()
        bound += 1.05 * ceil(days.stages.poll("x").stored / 100) + 1
        if len(days.planted) > mentions / 2 and polls % 10 == 0:
            days.stages.route()
    calls, bound = server.x.ledger.count(FEED), bound + 8 * polls / 60
    own, missed = server.x.ledger.count(OWN), len(set(days.planted) - days.stored())
    report.say(f"mentions {mentions}  missed {missed}", not missed)
    report.say(f"polls {polls}  calls of the feed {calls}  bound {bound:.0f}", calls <= bound)
    report.say(f"calls of the own timeline {own}  polls while something was open {own_may}", own <= own_may)
    return _costs(report, days)


def bursts(folder: Path, server: XServer, rounds: int = 10, seed: int = 2) -> Report:
    """Eight hundred between two polls, none late."""
    days, report = Days(folder, server, seed, app_owned_by_brand=True), Report("bursts")
    for _ in range(rounds):
        days.plant(1, 1)
        days.stages.poll("x")
        days.wait(7200)
        days.plant(REACH, 60)
        days.stages.poll("x")
        days.wait(60)
    missed = set(days.planted) - days.stored()
    report.say(f"bursts of {REACH}: {rounds}  missed {len(missed)}", not missed)
    return _costs(report, days)


def flood(folder: Path, server: XServer, waiting: int = 1200, seed: int = 3) -> Report:
    """More than X lists at a time: what can be read is stored, the rest is one gap that an operator is told of."""
    days, report = Days(folder, server, seed, app_owned_by_brand=True), Report("flood")
    days.plant(1, 1)
    days.stages.poll("x")
    days.wait(7200)
    days.plant(waiting, 60)
    for _ in range(3):
        days.stages.poll("x")
        days.wait(60)
    fresh, stored = sorted(days.planted[1:], key=int), days.stored()
    report.say(f"waiting {waiting}  stored {len(stored) - 1}", stored >= set(fresh[-REACH:]))
    gaps = days.ask("SELECT from_id, to_id, description FROM gap")
    told = [gap[:2] for gap in gaps] == [(days.planted[0], fresh[-REACH])]
    report.say(f"gaps {len(gaps)}: {gaps[0][2] if gaps else ''}", told and days.notices() == ["gap"])
    return report


def busy_day(folder: Path, server: XServer, *, scale: float = 1.0, seed: int = 4, **keys: Any) -> Report:
    """24 hours of a busy brand on one UTC day: quiet at night, a storm at two, staff from eight to six."""
    days = Days(folder, server, seed, start=_at(server, 0), **({"daily_budget_usd": 5.0 * scale} | keys))
    budget, over, step = days.section.daily_budget_usd, 0, 2 if scale >= 1 else 10
    assert not isinstance(budget, str)
    approved = 0
    for minute in range(0, 24 * 60, step):
        days.plant(round(days.rng.uniform(0.5, 1.5) * _rate(minute) * step * scale), 60 * step)
        days.wait(60 * step)
        days.stages.poll("x")
        days.stages.route()
        if 8 * 60 <= minute < 18 * 60 and minute % 20 == 0:
            approved += days.approve()
        days.stages.send("x")
        over += days.billed(days.now()) > budget + 1e-9
    behind = _drained(days)
    report = Report(f"busy day, {'owned' if days.section.app_owned_by_brand else 'not owned'} reads")
    states = dict(days.ask("SELECT state, count(*) FROM reply GROUP BY state"))
    lost, gaps = days.lost(), len(days.ask("SELECT id FROM gap"))
    told = f"mentions {len(days.planted)}  stored {len(days.stored())}  gaps {gaps}  lost {lost}"
    report.say(f"{told}  drained after {behind} more days", not lost)
    report.say(f"approved {approved}  sent {states.get('sent', 0)}  still approved {states.get('approved', 0)}")
    report.say("calls " + "  ".join(f"{name} {server.x.ledger.count(name)}" for name in (FEED, OWN, POST, ME)))
    worst = max(days.billed(days.began + timedelta(days=n)) for n in range(behind + 2))
    holds = not over and worst <= budget + 1e-9
    report.say(f"budget {budget:.2f} USD a day  most on a day {worst:.3f}  looks over it {over}", holds)
    return _costs(report, days)


def _drained(days: Days, most: int = 5) -> int:
    """What the budget had stopped is read on the days after; returns how many it took."""
    for behind in range(most):
        days.stages.poll("x")
        days.wait(120)
        days.stages.poll("x")
        if not days.lost():
            return behind
        days.wait(24 * 3600)
    return most


def search_killed(folder: Path, server: XServer, pages: int = 100, seed: int = 5) -> Report:
    """A search has no such end: each page is read by a process that a kill -9 ends before the next one."""
    for n in range(pages * 100):
        server.mention(f"a teapot like no other ({n})", author_id=str(7000 + n), mentions=[])
    config = folder / "config"
    config.mkdir()
    (config / "earshot.toml").write_text(_SEARCH.format(url=server.url))
    nursery, kills = Nursery(), 0
    places = {"EARSHOT_CONFIG": str(config), "EARSHOT_DATA": str(folder / "data")}
    commands = Commands(nursery, folder, {**places, **SECRETS, "FAULTS_AHEAD": "0"})
    try:
        while (code := commands.end(commands.start(["once", "--stage", "poll"], extra=_KILL))) == -signal.SIGKILL:
            kills += 1
    finally:
        nursery.close()
    report = Report("search")
    with closing(sqlite3.connect(folder / "data" / "earshot.db")) as connection:
        stored, once = connection.execute("SELECT count(*), count(DISTINCT id) FROM mention").fetchone()
    report.say(f"hits {pages * 100}  stored {stored}  kills {kills}", stored == once == pages * 100 and kills >= pages)
    report.say(f"the last process ended with {code}", code == 0)
    report.say(f"billed {server.x.ledger.usd():.3f} USD: each hit once", server.x.ledger.usd() == round(pages * 0.5, 6))
    return report


_KILL = {"EARSHOT_FAULT": "P4:KILL:1"}
_SEARCH = """[platforms.x]
handle = "shop"
api_url = "{url}"
search = ["teapot"]
start = "all"
daily_budget_usd = "none"
"""


def _at(server: XServer, hour: int) -> datetime:
    """This hour of tomorrow, UTC."""
    day = server.x.posts.now() + timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _rate(minute: int) -> float:
    """Mentions a minute."""
    hour = minute / 60
    if 14 <= hour < 14.25:
        return 30.0
    return 2.5 if 8 <= hour < 22 else 0.4


def _costs(report: Report, days: Days) -> Report:
    """Our ledger against X's bill: the same, or more where a link was reserved for at the high price."""
    ours, theirs = days.booked(), days.billed()
    report.say(f"ledger {ours:.3f} USD  bill {theirs:.3f} USD", ours >= theirs - 1e-6)
    return report
