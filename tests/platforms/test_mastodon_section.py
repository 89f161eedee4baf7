"""The keys of [platforms.mastodon], and counting."""

from typing import Any

import pytest

from listener.platforms.kit.text import normalize_post
from listener.platforms.mastodon import Section
from listener.platforms.mastodon.text import addressed, length, words

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"server_url": "mastodon.social"}, "server_url"),
    ({"server_url": "http://mastodon.social"}, "server_url"),
    ({"server_url": "https://mastodon.social/@shop"}, "server_url"),
    ({"server_url": "https://user:word@mastodon.social"}, "server_url"),
    ({"server_url": "https://[::1"}, "server_url"),
    ({"hashtags": ("two words",)}, "hashtags"),
    ({"hashtags": ("123",)}, "hashtags"),
    ({"hashtags": ("Fernhill", "#fernhill")}, "hashtags"),
    ({"characters": 0}, "characters"),
    ({"settle_after_seconds": 90_000.0}, "settle_after_seconds"),
]


@pytest.mark.parametrize(("keys", "at"), FAULTS, ids=lambda one: str(one)[:40])
def test_fault_of_a_key_is_told_at_its_place(keys: dict[str, Any], at: str) -> None:
    """Every fault names its key."""
    assert [key for key, _, _ in Section(**({"server_url": "https://mastodon.social"} | keys)).problems()] == [at]


def test_server_on_this_machine_may_be_plain_http() -> None:
    """Test servers have no certificate."""
    assert Section(server_url="http://127.0.0.1:8080", hashtags=("#Schreibwaren",)).problems() == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("👍🏽🇩🇪", 2),
        ("See https://fernhill.example/a/b?c=d.", 4 + 23 + 1),
        ("(https://a.example/x_(y))", 25),
        ("@bo@far.example hi", 6),
        ("mail bo@far.example", 19),
        ("https://a.example/@bo@far.example", 23),
        ("x" * 30_000, 30_000),
    ],
)
def test_length_is_mastodons(text: str, count: int) -> None:
    """A link 23, a handle without its server, whatever looks like one character once."""
    assert length(text) == count


def test_long_text_is_counted_in_time() -> None:
    """Nothing that staff paste holds the desk up."""
    for text in ("@a" * 50_000, "https://" * 20_000, "a" * 10**6, "@" * 10**5, "e\u0301" * 50_000, "http://(" * 20_000):
        assert length(normalize_post(text)) > 0


@pytest.mark.parametrize("text", ["hi", "@bo hi", "@BO hi", "@bo", "@bobby hi", "@bo@far.example hi", "@bo.x hi"])
def test_handle_put_first_twice_stands_once(text: str) -> None:
    """Staff edit with or without the prefix; somebody with a longer name is not the author."""
    once = addressed(text, "bo")
    assert addressed(once, "bo") == once
    assert once.lower().startswith("@bo")
    assert addressed("@bobby hi", "bo") == "@bo @bobby hi"


def test_words_of_markup_and_of_plain_text_agree() -> None:
    """What was sent and what the server made of it."""
    sent = "@ada We ship to <Canada> & Mexico!\nSee https://a.example/x."
    made = (
        '<p><span class="h-card"><a href="https://s.example/@ada">@<span>ada</span></a></span> We ship to &lt;Canada'
        '&gt; &amp; Mexico!<br />See <a href="https://a.example/x"><span>https://</span><span>a.example/x</span></a>.</p>'
    )
    assert words(sent) == words(made, markup=True) == "weshiptocanadamexicosee"


def test_markup_that_a_server_makes_of_plain_text_changes_no_words() -> None:
    """snac takes stars and underscores for markup."""
    assert words("_so_ **nice**") == words("<p><i>so</i> <b>nice</b></p>", markup=True) == "sonice"
