"""`status` on a platform that costs money: what was spent, what a reply costs, what is wrong and what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.x import SECRETS, XServer
from tests.platforms.x_world import serving
from tests.process import COMPLAINT, Home


@pytest.fixture
def server() -> Iterator[XServer]:
    """A fake X."""
    with serving() as fake:
        yield fake


@pytest.fixture
def home(tmp_path: Path, server: XServer) -> Home:
    """A home on X, its app owned by the brand."""
    home = Home(tmp_path, env=dict(SECRETS))
    toml = f'[platforms.x]\nhandle = "shop"\napi_url = "{server.url}"\nstart = "all"\napp_owned_by_brand = true\n'
    home.configure(toml)
    server.x.account.owns_app = True
    return home


def test_spending_and_the_price_of_a_reply_are_shown(home: Home, server: XServer) -> None:
    """Today, this month, the budget; a reply with a link reserves the high price; approving says what it will cost."""
    server.mention(f"@shop {COMPLAINT}")
    server.mention("pages fell out, please help", mentions=[], reply_to_user="100", author_id="7002")
    home.run("once")
    by_hand, drafted = sorted(home.queue(), key=lambda reply: reply["eligibility"]["can_reply"])
    assert (by_hand["cost_usd"], drafted["cost_usd"]) == (0, 0.01)
    assert "for 0.010 USD" in home.run("approve", str(drafted["id"])).out
    home.run("once", "--stage", "send")
    spent = home.run("status", "--json").json["spend"]["x"]
    assert spent == {
        "today_usd": 0.012, "month_usd": 0.012, "budget_usd": 5.0, "reply_usd": 0.01, "link_reply_usd": 0.2,
    }  # fmt: skip
    home.age_first_poll()
    screen = home.run("status").out
    assert "0.012 USD today of 5.00, 0.012 this month\n" in screen
    assert "a reply costs 0.010 USD, with a link 0.200 are reserved\n" in screen
    assert max(map(len, screen.splitlines())) <= 80


def test_empty_credits_are_told_with_what_to_do_until_they_are_back(home: Home, server: XServer) -> None:
    """Exit code 3 while the notice is open."""
    server.fail_next("GET /2/users/:id/mentions", "credits-depleted")
    assert home.run("once").code == 1
    shown = home.run("status")
    assert shown.code == 3
    assert "credits depleted" in shown.out
    assert "buy credits or raise the spending limit" in shown.out
    home.age_first_poll()
    assert (home.run("once").code, home.run("status").code) == (0, 0)
