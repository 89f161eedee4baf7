"""What the platforms' APIs cost: booked once, whoever tells it how often, and never past the budget."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from listener.errors import OverBudget
from listener.model import Prepared, Receipt
from listener.store import exchange_log, ledger
from listener.store.engine import Store
from listener.store.ledger import LedgerMeter
from tests.databases import make_store
from tests.line import NOON, Line

READ, POST = "GET /2/users/:id/mentions", "POST /2/tweets"


class Account:
    """A database, a clock that a test moves, and meters as one process after another makes them."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.store: Store = make_store(folder)

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


def read(meter: LedgerMeter, *posts: int, size: int = 100, price: float = 0.005, is_last: bool = True) -> None:
    """A page that is booked, asked for and listed these posts."""
    page = meter.book_page(READ, "mentions", size, price, purpose="read")
    meter.settle_page(page, {f"post:{post}": price for post in posts}, is_last=is_last)


def test_what_was_read_today_is_free_also_after_a_restart(account: Account) -> None:
    """X bills a post once a UTC day; a restart reads the overlap again."""
    read(account.meter(), 1, 2)
    read(account.meter(), 2, 3)
    assert account.spent() == 0.015


def test_midnight_makes_everything_cost_again(account: Account) -> None:
    """In the same process, and what was remembered of the day before is gone."""
    meter = account.meter()
    read(meter, 1)
    account.now += timedelta(hours=12)
    for _ in range(2):
        read(meter, 1)
    assert account.spent() == 0.010
    with account.store.read() as connection:
        days = connection.exec_driver_sql("SELECT day, unit FROM billed").all()
    assert [tuple(row) for row in days] == [("2026-11-25", "post:1")]


def test_many_units_of_one_page_are_one_line(account: Account) -> None:
    """More than a statement takes as parameters."""
    read(account.meter(), *range(1100), price=0.001)
    with account.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT resources, usd FROM ledger").all()
    assert [tuple(row) for row in rows] == [(1100, pytest.approx(1.1))]


def test_a_page_is_booked_before_it_is_asked_for_and_put_right_after_it(account: Account) -> None:
    """Who dies in the call leaves it booked; the same page, asked for again, is booked once a day."""
    for _ in range(3):
        account.meter().book_page(READ, "mentions", 100, 0.005, purpose="read")
    assert (account.spent(), account.meter().lost_at("mentions")) == (0.5, NOON)
    assert account.meter().lost_at("own") is None
    read(account.meter(), 1, 2)
    assert (account.spent(), account.meter().lost_at("mentions")) == (0.01, None)


def test_a_smaller_page_settles_no_more_of_a_lost_one_than_it_shows(account: Account) -> None:
    """The rest stands booked until the pages below it are read."""
    meter = account.meter()
    meter.book_page(READ, "mentions", 100, 0.005, purpose="read")
    read(meter, *range(25), size=25, is_last=False)
    assert account.spent() == round(25 * 0.005 + 75 * 0.005, 6)
    read(meter, *range(25, 35), size=25)
    assert account.spent() == round(35 * 0.005, 6)


def test_a_call_that_cost_nothing_leaves_an_earlier_lost_page_booked(account: Account) -> None:
    """A refusal after a lost answer does not show what the lost one listed."""
    meter = account.meter()
    meter.settle_page(meter.book_page(READ, "mentions", 100, 0.005, purpose="read"), None)
    assert account.spent() == 0
    meter.book_page(READ, "mentions", 25, 0.005, purpose="read")
    meter.settle_page(meter.book_page(READ, "mentions", 100, 0.005, purpose="read"), None)
    assert account.spent() == 0.125


def test_what_was_lost_yesterday_stays_booked(account: Account) -> None:
    """X bills the same posts again on the next day, so that nothing puts it right."""
    meter = account.meter()
    meter.book_page(READ, "mentions", 100, 0.005, purpose="read")
    account.now += timedelta(hours=12)
    read(meter, 1)
    assert (account.spent(), account.spent(account.now)) == (0.505, 0.005)


def test_page_read_over_midnight_costs_on_the_day_it_was_asked_for(account: Account) -> None:
    """Nobody knows on which day X bills it, so that the next reading is booked again."""
    account.now += timedelta(hours=12, seconds=-1)
    meter = account.meter()
    page = meter.book_page(READ, "mentions", 100, 0.005, purpose="read")
    account.now += timedelta(seconds=2)
    meter.settle_page(page, {"post:1": 0.005}, is_last=True)
    assert (account.spent(), account.spent(account.now - timedelta(seconds=1))) == (0.005, 0)
    read(meter, 1)
    assert account.spent() == 0.01


def test_a_lost_page_may_be_asked_for_again_though_the_budget_is_spent(account: Account) -> None:
    """It is booked already: without that, listening would end until midnight."""
    meter = account.meter(budget=1.0)
    meter.book_page(READ, "mentions", 100, 0.005, purpose="read")
    with pytest.raises(OverBudget):
        meter.book_page(READ, "own", 10, 0.005, purpose="read")
    read(meter, 1)
    assert account.spent() == 0.005


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
    read(meter, 1, size=1, price=0.499)
    meter.reserve(0.001, purpose="read")
    with pytest.raises(OverBudget, match="kept for sending") as caught:
        meter.reserve(0.002, purpose="read")
    assert caught.value.until == NOON + timedelta(hours=12)
    meter.reserve(0.5, purpose="send")
