"""Every shipped platform is a PlatformModule: mypy checks the assignments, the tests what modules declare."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener import platforms
from listener.cli import logs
from listener.platforms import bluesky, facebook, feed, instagram, mastodon, memory, x
from listener.protocols import Budget, ItemAuthor, PlatformModule, Section
from listener.settings import PlatformSettings, item_author

BLUESKY: PlatformModule[bluesky.Section] = bluesky
FACEBOOK: PlatformModule[facebook.Section] = facebook
FEED: PlatformModule[feed.Section] = feed
INSTAGRAM: PlatformModule[instagram.Section] = instagram
MASTODON: PlatformModule[mastodon.Section] = mastodon
MEMORY: PlatformModule[memory.Section] = memory
X: PlatformModule[x.Section] = x
MODULES: dict[str, PlatformModule[Any]] = {
    "bluesky": BLUESKY,
    "facebook": FACEBOOK,
    "feed": FEED,
    "instagram": INSTAGRAM,
    "mastodon": MASTODON,
    "memory": MEMORY,
    "x": X,
}


def test_every_shipped_platform_is_checked() -> None:
    """A new platform is added above, where mypy checks it."""
    assert set(MODULES) == set(platforms.names())


@pytest.mark.parametrize("name", MODULES)
def test_secrets_are_named_as_redaction_and_the_pages_expect(name: str) -> None:
    """Each begins with the program's and the platform's name."""
    assert all(secret.startswith(f"EARSHOT_{name.upper()}_") for secret in MODULES[name].Section.secret_names)


def test_what_a_platform_leaves_out_has_a_default(tmp_path: Path) -> None:
    """A platform in one file declares nothing."""
    section = Section()
    assert (section.secret_names, section.chatty_loggers, section.retain_deleted_text) == ((), (), None)
    assert (section.budget, section.reply_usd(link=True), section.post_files(tmp_path)) == (Budget(), 0.0, ())
    assert section.item_author('{"author_id": "4711"}') is None
    assert (section.retain_text, section.status_lines(None, datetime.now(UTC))) == (None, [])


def test_budget_of_x_is_its_keys() -> None:
    """ "none" is no limit; 0 allows no billed call."""
    assert x.Section(daily_budget_usd="none", send_reserve_usd=0.25).budget == Budget(None, 0.25)
    assert x.Section(daily_budget_usd=0).budget == Budget(0.0, 0.5)
    assert x.Section.retain_deleted_text == timedelta(hours=23)


def test_loggers_of_network_libraries_log_only_warnings() -> None:
    """At DEBUG tweepy logs tokens."""
    for section in (x.Section, mastodon.Section, bluesky.Section, feed.Section, facebook.Section, instagram.Section):
        assert section.chatty_loggers
        logs.quiet(section.chatty_loggers)
        assert all(logging.getLogger(name).level == logging.WARNING for name in section.chatty_loggers)


AUTHORS: list[tuple[type[Section], str, set[str], set[str]]] = [
    (x.Section, '{"author_id": "4711", "text": "t"}', {"4711"}, set()),
    (memory.Section, '{"author": "@Ada", "author_id": 4711}', {"4711"}, {"@Ada"}),
    (memory.Section, '{"author": "ada"}', set(), {"ada"}),
    (mastodon.Section, '{"account": {"id": "9", "acct": "ada"}, "status": {}}', {"9"}, {"ada"}),
    (mastodon.Section, '{"status": {"account": {"id": "9", "acct": "ada@a.example"}}}', {"9"}, {"ada@a.example"}),
    (bluesky.Section, '{"author": {"did": "did:plc:a", "handle": "ada.example"}}', {"did:plc:a"}, {"ada.example"}),
    (facebook.Section, '{"from": {"id": "9", "name": "Ada"}, "message": 7}', {"9"}, set()),
    (instagram.Section, '{"from": {"id": "9", "username": "ada"}}', {"9"}, {"ada"}),
    (instagram.Section, '{"username": "ada"}', set(), {"ada"}),
    (bluesky.Section, '{"uri": "at://did:plc:a/app.bsky.feed.post/3k"}', {"did:plc:a"}, set()),
]


@pytest.mark.parametrize(("section", "raw", "ids", "handles"), AUTHORS)
def test_author_of_a_quarantined_item(section: type[Section], raw: str, ids: set[str], handles: set[str]) -> None:
    """By the platform's own names of fields; numbers count as texts."""
    assert section.item_author(raw) == ItemAuthor(frozenset(ids), frozenset(handles))


NOBODY = '{"author": true, "author_id": "", "user": ["ada"], "data": {"author": "ada"}, "status": [], "uri": 7}'


@pytest.mark.parametrize("section", [module.Section for module in MODULES.values()])
@pytest.mark.parametrize("raw", ["", "17,ada,text", "[1]", '{"author": "cut of', "[" * 100_000, "{}", NOBODY])
def test_item_that_does_not_show_its_author(section: type[Section], raw: str) -> None:
    """True, lists and nested names are nobody; what is cut or no object shows nothing, and never raises."""
    assert section.item_author(raw) is None


def test_author_is_found_by_the_platform_that_quarantined_the_item() -> None:
    """Also while that platform is off; nobody's rule applies to one that is not installed."""
    raw = '{"author_id": "4711", "author": {"did": "did:plc:a"}}'
    on = [PlatformSettings("board", "board", x.Section())]
    authors = {name: item_author(on, name, raw) for name in ("board", "x", "bluesky", "kit", "gone")}
    assert {name: author and set(author.ids) for name, author in authors.items()} == {
        "board": {"4711"},
        "x": {"4711"},
        "bluesky": {"did:plc:a"},
        "kit": None,
        "gone": None,
    }
