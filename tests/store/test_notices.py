"""Every notice says what to do, and none keeps a secret or a text of a library."""

import ast
from pathlib import Path

import pytest

from listener.feed_page import QuarantinedItem
from listener.messages import remember_secret
from listener.store import notices, platforms
from listener.store.feed_states import list_feeds, record_feed
from tests.line import Line

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("kind", ["unreachable", "account", "billing", "spike", "anything new"])
@pytest.mark.parametrize("do", ["", "  "])
def test_a_notice_whose_cause_brings_no_advice_has_that_of_its_kind(line: Line, kind: str, do: str) -> None:
    """An operator at three in the morning reads what to do, whoever opened it."""
    with line.store.write() as connection:
        notices.open_notice(connection, kind, "x", "it broke", do, line.now)
        notices.open_notice(connection, kind, "x", "it broke again", do, line.now)
        (notice,) = notices.list_open(connection)
    assert len(notice.do) > 20


def test_an_item_is_kept_without_a_secret_that_a_server_echoed(line: Line) -> None:
    """Its raw text, and nothing else of it: the addresses in it are a stranger's words."""
    remember_secret("canary-token-1")
    raw = '{"id": "7", "echo": "Bearer canary-token-1", "url": "https://a.example/?q=1"}'
    with line.store.write() as connection:
        notices.quarantine(connection, "memory", "poll", [QuarantinedItem("7", raw, "no text")], line.now)
        (item,) = notices.quarantined_items(connection)
    assert item.raw == raw.replace("canary-token-1", "[secret]")


def calls() -> list[tuple[str, ast.Call]]:
    """Every place that opens a notice."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for path in sorted((ROOT / "listener").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("notices.open_notice")
    ]


def test_no_place_opens_a_notice_with_nothing_to_do() -> None:
    """The advice is an argument that cannot be left out, and nowhere an empty text."""
    places = calls()
    assert len(places) >= 8
    given = {where: call.args[4] if len(call.args) > 4 else None for where, call in places}
    named = {where: word.value for where, call in places for word in call.keywords if word.arg == "do"}
    assert [where for where, do in {**given, **named}.items() if do is None or ast.unparse(do) in ("''", "None")] == []


def test_what_is_stored_of_an_error_is_clean(line: Line) -> None:
    """Whichever column of whichever table: notices, platforms, feeds; whoever wrote it."""
    remember_secret("swordfish-7")
    raw = "HTTPConnection(host='x', port=1): swordfish-7 at http://x.test/a?token=swordfish-7"
    with line.store.write() as connection:
        platforms.begin(connection, "x", line.now)
        platforms.record(connection, "x", error=raw, error_do=raw, send_error=raw)
        record_feed(connection, "x", "mentions", error=raw)
        notices.open_notice(connection, "account", "x", raw, raw, line.now)
        (notice,) = notices.list_open(connection)
        state = platforms.read_state(connection, "x")
        (feed,) = list_feeds(connection, "x")
    shown = "[secret] at http://x.test/a"
    assert state is not None
    assert [notice.what, notice.do, state.error, state.error_do, state.send_error, feed.error] == [shown] * 6
