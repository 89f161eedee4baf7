"""The keys of [platforms.facebook] and [platforms.instagram], and what they say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from listener.platforms import facebook, instagram
from listener.platforms.kit.graph.usage import busiest_share, regain_time
from tests.fakes.meta import ACCOUNT_ID, PAGE_ID

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"page_id": "fernhill"}, "page_id"),
    ({"api_url": "http://graph.facebook.com"}, "api_url"),
    ({"api_version": "27"}, "api_version"),
    ({"daily_calls": 0}, "daily_calls"),
    ({"watched_posts": 0}, "watched_posts"),
    ({"alike_per_day": 0}, "alike_per_day"),
    ({"replies_per_hour": -1}, "replies_per_hour"),
    ({"also_read": ("ads", "ads")}, "also_read"),
    ({"settle_after_seconds": 90_000.0}, "settle_after_seconds"),
]


@pytest.mark.parametrize(("keys", "at"), FAULTS, ids=lambda value: str(value)[:40])
def test_fault_of_a_key_is_reported_at_its_place(keys: dict[str, Any], at: str) -> None:
    """Every fault names its key."""
    section = facebook.Section(**({"page_id": PAGE_ID} | keys))
    assert [key for key, _, _ in section.problems()] == [at]


def test_sections_without_faults() -> None:
    """And the account's id is a number too."""
    assert facebook.Section(page_id=PAGE_ID).problems() == instagram.Section(account_id=ACCOUNT_ID).problems() == []
    assert [key for key, _, _ in instagram.Section(account_id="@fernhill").problems()] == ["account_id"]


def test_notes_name_calls_what_is_not_seen_and_the_attestation() -> None:
    """`check` shows them; a version that Meta ends is named with the day."""
    notes = " ".join(facebook.Section(page_id=PAGE_ID, api_version="v21.0").notes())
    assert all(words in notes for words in ("4,800 calls", "1,392", "cannot be seen", "app_is_live", "2027-01-21"))
    assert "app_is_live" not in " ".join(facebook.Section(page_id=PAGE_ID, app_is_live=True).notes())


def test_pace_that_the_days_calls_do_not_allow_is_noted() -> None:
    """Before reading stops every afternoon."""
    notes = {calls: facebook.Section(page_id=PAGE_ID, daily_calls=calls).notes()[0] for calls in (1_000, 4_800)}
    assert "raise poll_seconds" in notes[1_000] and "raise" not in notes[4_800]


def test_status_asks_to_look_at_the_first_reply_for_a_week() -> None:
    """Its address is kept with the cursor."""
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    first = {"at": (now - timedelta(days=6)).isoformat(), "url": "https://www.facebook.com/1_2"}
    section = facebook.Section(page_id=PAGE_ID, app_is_live=True)
    assert any(first["url"] in line for line in section.status_lines({"first": first}, now))
    assert not any(first["url"] in line for line in section.status_lines({"first": first}, now + timedelta(days=2)))
    assert section.status_lines(None, now)[0] == "no call has been made yet"


HEADERS: list[tuple[dict[str, str], float, timedelta | None]] = [
    ({}, 0, None),
    ({"x-app-usage": '{"call_count": 28, "total_time": 31}'}, 31, None),
    ({"x-page-usage": '{"call_count": 12.5}'}, 12.5, None),
    ({"x-business-use-case-usage": '{"1": [{"call_count": 80, "estimated_time_to_regain_access": 9}]}'}, 80,
     timedelta(minutes=9)),
    ({"x-business-use-case-usage": "[" * 100_000}, 0, None),
    ({"x-business-use-case-usage": '{"1": {"call_count": true}}', "x-app-usage": '{"call_count": "9"}'}, 0, None),
    ({"x-app-usage": '{"estimated_time_to_regain_access": 999999}'}, 0, timedelta(days=1)),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "share", "wait"), HEADERS, ids=lambda value: str(value)[:60])
def test_usage_headers_in_every_shape(headers: dict[str, str], share: float, wait: timedelta | None) -> None:
    """The busiest limit counts; what cannot be read says nothing; nobody waits longer than a day at a time."""
    assert (busiest_share(headers), regain_time(headers)) == (share, wait)
