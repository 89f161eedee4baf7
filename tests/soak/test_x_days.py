"""The long runs at a tenth of their size; `make soak` makes them whole."""

from pathlib import Path

from tests.fakes.x import SECRETS, XServer
from tests.process import Home
from tests.soak import x_days
from tests.soak.world import Report


def holds(report: Report) -> None:
    """Everything is as it must be."""
    assert not report.wrong, report.lines


def test_late_and_disordered_mentions_are_all_stored_within_the_bound_of_calls(tmp_path: Path, server: XServer) -> None:
    """The own timeline is read only while something waits, and the ledger agrees with the bill."""
    holds(x_days.trickle(tmp_path, server, mentions=300))


def test_bursts_of_all_that_x_lists_are_stored(tmp_path: Path, server: XServer) -> None:
    """800 between two polls."""
    holds(x_days.bursts(tmp_path, server, rounds=2))


def test_more_than_x_lists_leaves_one_gap_and_a_notice(tmp_path: Path, server: XServer) -> None:
    """1,200 at once: 800 stored, the stretch named."""
    holds(x_days.flood(tmp_path, server))


def test_a_gap_is_told_by_exit_code_3(tmp_path: Path, server: XServer) -> None:
    """Once, status and notices say what could not be read; clearing the notice ends it."""
    home = Home(tmp_path, env=dict(SECRETS))
    home.configure(f'[platforms.x]\nhandle = "shop"\napi_url = "{server.url}"\nstart = "all"\n')
    for n in range(1200):
        server.mention(f"@shop going past the shop ({n})", author_id=str(7000 + n))
    done = home.run("once", "--json", "--stage", "poll")
    assert (done.code, done.json["stored"], home.run("status").code) == (3, 800, 3)
    (notice,) = home.run("notices", "--json").json
    assert (notice["kind"], "800" in notice["what"]) == ("gap", True)
    home.run("notices", "--clear", str(notice["id"]))
    assert home.run("once", "--stage", "poll").code == 0


def test_a_busy_day_stays_within_its_budget(tmp_path: Path, server: XServer) -> None:
    """Never over it, by X's own bill, at the higher price of a read (`make soak` runs it at both)."""
    holds(x_days.busy_day(tmp_path, server, scale=0.05, send_reserve_usd=0.05))


def test_a_search_killed_between_any_two_pages_stores_each_hit_once(tmp_path: Path, server: XServer) -> None:
    """Real processes, a real kill -9 after every page."""
    holds(x_days.search_killed(tmp_path, server, pages=4))
