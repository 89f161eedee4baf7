"""The `[platforms.x]` section."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from listener import settings
from listener.cli import runtime
from listener.errors import ConfigError
from listener.platforms.x import Prices, Section
from listener.settings.environment import database_place
from listener.store.engine import open_store
from listener.store.migrate import migrate
from tests.factories import NOW


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"handle": ""}, "handle"),
        ({"handle": "has blank"}, "handle"),
        ({"handle": "@" + "a" * 16}, "handle"),
        ({"api_url": "http://api.x.com"}, "api_url"),
        ({"api_url": "https://api.x.com/2"}, "api_url"),
        ({"api_url": "ftp://api.x.com"}, "api_url"),
        ({"api_url": "https://[::1"}, "api_url"),
        ({"api_url": "https://user:pass@api.x.com"}, "api_url"),
        ({"api_url": "http://127.0.0.1.example.com"}, "api_url"),
        ({"search": ("",)}, "search"),
        ({"search": ("a" * 513,)}, "search"),
        ({"search": ("a", " a ")}, "search"),
        ({"sister_accounts": ("@sister",)}, "sister_accounts"),
        ({"daily_budget_usd": -1.0}, "daily_budget_usd"),
        ({"url_reserve_usd": float("nan")}, "url_reserve_usd"),
        ({"prices": Prices(owned_read=-0.1)}, "prices.owned_read"),
        ({"prices": Prices(media_read=-0.1)}, "prices.media_read"),
        ({"settle_after_seconds": -1.0}, "settle_after_seconds"),
    ],
)
def test_fault_is_told_with_its_key(keys: dict[str, Any], key: str) -> None:
    """One line a fault, each with what to do."""
    problems = Section(**({"handle": "shop"} | keys)).problems()
    assert [problem[0] for problem in problems] == [key]
    assert all(problems[0])


@pytest.mark.parametrize("url", ["https://api.x.com", "http://127.0.0.1:8080", "http://[::1]:80", "http://localhost:1"])
def test_clear_text_is_allowed_on_this_machine_alone(url: str) -> None:
    """A test server on loopback needs no certificate."""
    assert Section(handle="@shop", api_url=url).problems() == []


def test_notes_tell_what_x_asks_and_what_owned_reads_save() -> None:
    """The operator reads the rules and the price before the first bill."""
    notes = " ".join(
        Section(handle="shop", look_up_authors="always", search=("shop",), daily_budget_usd="none").notes()
    )
    for part in (
        "label",
        "bio",
        "opt-out",
        "one automated reply",
        "approval",
        "$0.001",
        "held",
        "refuses replies",
        "no limit",
    ):
        assert part in notes


@pytest.mark.parametrize(
    ("price", "setting", "is_named"), [(0.0, "always", 0), (0.005, "always", 1), (0.005, "never", 0)]
)
def test_price_of_media_is_named_where_it_counts(
    price: float, setting: Literal["never", "always"], is_named: bool
) -> None:
    """X's price page has none; an operator who enters one is told what it adds."""
    notes = Section(handle="shop", look_up_media=setting, prices=Prices(media_read=price)).notes()
    assert sum("look_up_media" in note for note in notes) == is_named


def test_nobody_has_to_attest_anything_on_loopback() -> None:
    """Attestation is about X, not about a test server."""
    assert Section(handle="shop", api_url="http://127.0.0.1:1").may_send
    assert not Section(handle="shop").may_send
    assert Section(handle="shop", i_have_read_the_automation_rules=True).may_send


def test_what_x_asks_of_deleted_posts_reaches_upkeep(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than 24 hours, and nothing of the kind for a platform without a rule; it is no key of the file."""
    section = '[platforms.x]\nhandle = "shop"\napi_url = "http://127.0.0.1:1"\n'
    with (home / "config" / "earshot.toml").open("a") as file:
        file.write(section)
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"):
        monkeypatch.setenv(f"EARSHOT_X_{name}", "test")
    path = database_place({"EARSHOT_DATA": str(home / "data")})
    migrate(path, NOW)
    store = open_store(path)
    assert runtime.stages(settings.load(home / "config"), store).deleted == {"x": timedelta(hours=23)}
    store.close()
    (home / "config" / "earshot.toml").write_text(section + 'retain_deleted_text = "30d"\n')
    with pytest.raises(ConfigError, match="retain_deleted_text"):
        settings.load(home / "config")
