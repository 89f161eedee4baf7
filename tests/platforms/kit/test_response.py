"""What headers say about time, and errors without secrets."""

from datetime import UTC, datetime, timedelta

import pytest

from listener.platforms.kit.response import header_time, one_line, seconds_or_date

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "soon", "nan", "inf", "-inf", "1e400", "-1e18", "2026-13-01", "٣"])
def test_time_that_cannot_be_read_is_none(value: str | None) -> None:
    """Or at least a time: never an exception."""
    told = header_time(NOW, value)
    assert told is None or told.tzinfo is not None


def test_time_of_a_header_is_reckoned_by_the_servers_clock() -> None:
    """Unix seconds, milliseconds, ISO 8601, HTTP dates; a distance in Retry-After."""
    wanted = NOW + timedelta(minutes=5)
    for value in (str(int(wanted.timestamp())), str(int(wanted.timestamp() * 1000)), "2026-11-22T12:05:00Z"):
        assert header_time(NOW, value) == wanted
    assert header_time(NOW, "Sun, 22 Nov 2026 12:05:00 GMT") == wanted
    assert header_time(NOW, "Sun, 22 Nov 2026 13:05:00 GMT", "Sun, 22 Nov 2026 13:00:00 GMT") == wanted
    assert seconds_or_date(NOW, "300") == wanted
    assert seconds_or_date(NOW, "Sun, 22 Nov 2026 12:05:00 GMT") == wanted
    assert seconds_or_date(NOW, "9" * 30) is None


def test_error_is_shown_without_the_query_of_a_url() -> None:
    """A query may hold an access token, as the next page of the Graph API does."""
    error = ValueError("no host for url\n'https://graph.example/v27.0/me?access_token=abc&limit=5' (refused)")
    assert one_line(error) == "no host for url 'https://graph.example/v27.0/me' (refused)"
    assert (one_line(ValueError()), len(one_line("x" * 900))) == ("ValueError", 200)
