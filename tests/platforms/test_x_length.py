"""X's weighted length, links and prices of a reply."""

import subprocess
import sys
import time

import pytest

from listener.platforms.x import Section, preview
from listener.platforms.x.length import weighted
from listener.platforms.x.links import links
from tests.platforms.x_world import a_mention

SECTION = Section(handle="shop")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("This is a test.", 15),
        ("e\u0301", 1),
        ("저찀쯿", 6),
        ("日本", 4),
        ("H🐱☺", 5),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("😀🏽", 4),
        ("🇩🇪🇫🇷", 4),
        ("1️⃣#⃣", 4),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("❤️❤", 4),
        ("©©️", 3),
        ("👩🏽‍⚕️🏳️‍🌈🧑🏻‍🤝‍🧑🏿", 6),
        ("😀‍😀", 5),
        ("क्‍ष", 4),
        ("“quoted”…", 10),
    ],
)
def test_every_emoji_sequence_weighs_two_and_a_wide_character_too(text: str, length: int) -> None:
    """The weights of X's counting page."""
    assert weighted(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("http://test.com", 23),
        ("HTTPS://Test.com/a/very/long/path/that/goes/on?and=on#and-on", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("see example.com.", 28),
        ("(http://example.com/a_(b))", 25),
        ("https://t.co/abc.", 24),
        ("これはexample.comです", 33),
        ("foo.co.jp t.co", 47),
        ("http://☃.net/", 23),
        ("mail me@example.com", 19),
        ("@example.com #example.com", 25),
        ("v1.2.3 e.g. 12.30", 17),
        ("a.b", 3),
        ("http://localhost", 16),
    ],
)
def test_every_link_weighs_twenty_three_and_a_bare_host_is_one(text: str, length: int) -> None:
    """Hosts with a known ending are links, addresses, handles and numbers are none."""
    assert weighted(text) == length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("thank you.Read more, now.The end", ["you.Read"]),
        ("waiting in Tulsa.Not good service.Looks bad", []),
        ("it is bit.ly or bit.ly/abc", ["bit.ly", "bit.ly/abc"]),
        ("System.IO.File.Delete", ["System.IO"]),
        ("readme.md, file.py and index.html", ["readme.md", "file.py"]),
        ("#http://t.co/a xhttp://b.com $c.com @d.com -e.com f_.com sub.a_b.com", []),
        ("example.com.https://例え.jp“https://example.com“", ["example.com", "https://例え.jp", "https://example.com"]),
        ("münchen.de 日本語.jp 日本example.comです", ["münchen.de", "example.com"]),
        ("http://t.co/AbC123/more http://t.co/AbC123.", ["http://t.co/AbC123", "http://t.co/AbC123"]),
        (
            "example.com/a(b)c (example.com/a_(b)) example.com/a(",
            ["example.com/a(b)c", "example.com/a_(b)", "example.com/a"],
        ),
        (
            "example.com:8080/x?q=1&b=2#c! example.com?q=1. example.com#top",
            ["example.com:8080/x?q=1&b=2#c", "example.com", "example.com"],
        ),
        ("https://1.2.3.4/x 1.2.3.4 http://localhost/ v1.2.3", []),
        ("https://example.com/" + "a" * 5000, []),
    ],
)
def test_links_are_those_that_twitter_text_finds(text: str, found: list[str]) -> None:
    """A full stop without a blank is no link, unless the next word happens to be a top-level domain."""
    assert [text[link.start : link.end] for link in links(text)] == found


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        ".com",
        "日.com",
        "a.com/(",
        "a.com/(a",
        "a-",
        "http://",
        "http://a.com(",
        "1\ufe0f",
        "👍",
        "((((",
        "x@",
        "🇩",
        "\u200d",
        "a.com ",
    ],
)
def test_hostile_text_is_counted_in_bounded_time(piece: str) -> None:
    """A megabyte of what makes a backtracking expression slow."""
    began = time.perf_counter()
    weighted(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - began < 2


def test_reply_with_a_link_reserves_the_high_price() -> None:
    """Until a bill shows otherwise a link may cost twenty times as much."""
    assert preview("Thank you!", a_mention(), SECTION).cost_usd == 0.010
    assert preview("See example.com", a_mention(), SECTION).cost_usd == 0.20


def test_preview_shows_what_x_will_store() -> None:
    """Composed, trimmed, without control characters; the link opens X's reply box."""
    shown = preview("  e\u0301\x00\ud800 ok\r\nnext ", a_mention(id="42"), SECTION)
    assert shown.text == "é ok\nnext"
    assert (shown.length, shown.limit, shown.fits) == (9, 280, True)
    assert shown.link == "https://x.com/intent/post?in_reply_to=42"


def test_preview_loads_no_network_library() -> None:
    """The desk stays quick: tweepy and requests come with connect alone."""
    code = (
        "import sys, listener.platforms.x; sys.exit(any(m in sys.modules for m in ('tweepy', 'requests', 'urllib3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
