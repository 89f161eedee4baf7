"""`earshot check --online --fix` and the whole line on Bluesky, as processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.bluesky import SECRETS, BlueskyServer
from tests.platforms.bluesky_world import serving
from tests.process import PRAISE, Home


@pytest.fixture
def server() -> Iterator[BlueskyServer]:
    """A network."""
    with serving() as one:
        yield one


@pytest.fixture
def home(server: BlueskyServer, tmp_path: Path) -> Home:
    """A home with Bluesky alone."""
    home = Home(tmp_path, env=dict(SECRETS))
    home.configure(f'[platforms.bluesky]\nservice_url = "{server.url}"\nstart = "all"\n')
    return home


def test_fix_sets_the_label_and_says_so(server: BlueskyServer, home: Home) -> None:
    """What is missing is told first; after it was mended no remark is left."""
    before, after = home.run("check", "--online"), home.run("check", "--online", "--fix")
    assert (before.code, after.code) == (0, 0)
    assert "we are @shop.test" in before.out and "does not carry the bot label" in before.out
    assert "carries the bot label now" in after.out and "does not carry" not in after.out
    assert server.us.bot


def test_fix_without_online_is_wrong_usage(home: Home) -> None:
    """It works at the platforms."""
    done = home.run("check", "--fix")
    assert done.code == 2 and "add --online" in done.err


def test_fix_that_fails_is_a_problem(server: BlueskyServer, home: Home) -> None:
    """One line, exit 1, no traceback."""
    server.sessions.passwords.clear()
    done = home.run("check", "--online", "--fix")
    assert done.code == 1 and "app password" in done.err and "Traceback" not in done.err


def test_fix_leaves_platforms_alone_that_have_nothing_to_mend(home: Home) -> None:
    """The memory platform has no `fix`."""
    home.configure('[platforms.memory]\nmentions = "mentions.jsonl"\n')
    assert home.run("check", "--online", "--fix").code == 0


def test_whole_line_on_bluesky(server: BlueskyServer, home: Home) -> None:
    """Polled, decided, approved, sent once; a reply that may not be seen becomes by_hand."""
    first = server.mention(f"@shop.test {PRAISE}").uri
    gated = server.mention("@shop.test What are your opening hours?", "bo.test").uri
    server.network.gates[gated] = []
    assert home.run("once").code == 0
    home.approve_all()
    assert home.run("once").code == 0 and home.run("once").code == 0
    assert [one.parent for one in server.records.ledger] == [first]
    rows = {line["mention_id"]: line for line in home.run("log").lines}
    assert (rows[first]["state"], rows[gated]["state"]) == ("sent", "by_hand")
    assert rows[first]["remote_id"] == server.records.ledger[0].uri and rows[first]["cost_usd"] in (0, None)
