"""What the platforms' APIs cost: booked once, whoever tells it how often, and never past the budget."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from listener.errors import OverBudget
from listener.model import Prepared, Receipt
from listener.store import exchange_log, ledger
from listener.store.engine import Store, open_store
from listener.store.ledger import LedgerMeter
from listener.store.migrate import migrate
from tests.line import NOON, Line

READ, POST = "GET /2/users/:id/mentions", "POST /2/tweets"


class Account:
    """A database, a clock that a test moves, and meters as one process after another makes them."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        migrate(folder / "earshot.db", NOON)
        self.store: Store = open_store(folder / "earshot.db")

    def meter(self, budget: float | None = None) -> LedgerMeter:
        """As a new process would make it."""
        return LedgerMeter(self.store, "x", budget, 0.5, lambda: self.now)

    def spent(self, since: datetime = NOON - timedelta(days=9)) -> float:
        """The sum."""
        with self.store.read() as connection:
            return round(ledger.sum_spent(connection, "x", since), 6)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """A fresh one."""
    fresh = Account(tmp_path)
    yield fresh
    fresh.store.close()


def test_what_was_read_today_is_free_also_after_a_restart(account: Account) -> None:
    """X bills a post once a UTC day; a restart reads the overlap again."""
    account.meter().charge_daily(READ, {"post:1": 0.005, "post:2": 0.005})
    account.meter().charge_daily(READ, {"post:2": 0.005, "post:3": 0.005})
    assert account.spent() == 0.015


def test_midnight_makes_everything_cost_again(account: Account) -> None:
    """In the same process, and what was remembered of the day before is gone."""
    meter = account.meter()
    meter.charge_daily(READ, {"post:1": 0.005})
    account.now += timedelta(hours=12)
    for _ in range(2):
        meter.charge_daily(READ, {"post:1": 0.005})
    assert account.spent() == 0.010
    with account.store.read() as connection:
        days = connection.exec_driver_sql("SELECT day, unit FROM billed").all()
    assert [tuple(row) for row in days] == [("2026-11-25", "post:1")]


def test_many_units_of_one_page_are_one_line(account: Account) -> None:
    """More than a statement takes as parameters."""
    account.meter().charge_daily(READ, {f"post:{n}": 0.001 for n in range(1100)})
    with account.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT resources, round(usd, 6) FROM ledger").all()
    assert [tuple(row) for row in rows] == [(1100, 1.1)]


def test_a_post_is_charged_once_under_its_key(account: Account) -> None:
    """When it was sent, when nobody knew, and when it was found."""
    for _ in range(3):
        account.meter().charge(POST, 1, 0.01, key="x-1")
    account.meter().charge(POST, 1, 0.01, key="x-2")
    account.meter().charge(READ, 1, 0.01)
    account.meter().charge(READ, 1, 0.01)
    assert account.spent() == 0.04


def test_the_cost_of_a_post_that_was_found_later_stands_in_its_exchange(line: Line) -> None:
    """Whoever sent it died before it could be charged; the look that finds it charges it."""
    other, reply = line.approved(), line.approved()
    line.platform.script = ["ok", "cut"]
    line.send()
    real = line.platform.find_reply

    def find_reply(prepared: Prepared) -> Receipt | None:
        LedgerMeter(line.store, "memory", None, 0.0, line.clock).charge(POST, 1, 0.01, key=prepared.key)
        return real(prepared)

    vars(line.platform)["find_reply"] = find_reply
    line.send()
    with line.store.read() as connection:
        costs = {entry["reply_id"]: entry["cost_usd"] for entry in exchange_log.read_exchanges(connection)}
    assert costs == {other.id: None, reply.id: 0.01}


def test_reading_leaves_the_reserve_for_sending(account: Account) -> None:
    """A budget of 1.00 with 0.50 kept: reads stop at half of it, replies go on; midnight UTC is told."""
    meter = account.meter(budget=1.0)
    meter.charge_daily(READ, {"post:1": 0.499})
    meter.reserve(0.001, purpose="read")
    with pytest.raises(OverBudget, match="kept for sending") as caught:
        meter.reserve(0.002, purpose="read")
    assert caught.value.until == NOON + timedelta(hours=12)
    meter.reserve(0.5, purpose="send")
