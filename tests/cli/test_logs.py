"""Logs: each record of ours is an event with a name and fields, as JSON lines where asked for, without secrets."""

import ast
import base64
import json
import logging
import os
import pty
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from listener.cli import logs
from tests.conftest import Earshot
from tests.fakes.loopback import Call, Loopback, Reply
from tests.process import COMPLAINT, Home, until

LISTENER = Path(__file__).resolve().parents[2] / "listener"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
RESERVED = {"at", "level", "logger", "message", "traceback"}
KEY = "whsec_" + base64.b64encode(b"canary-key-canary-key-canary").decode()


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
    """Every call of a logger, with the function around it."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_logger(node.func):
            around = [function for function in functions if node in ast.walk(function)]
            yield node, max(around, key=lambda function: function.lineno, default=None)


def is_logger(called: ast.expr) -> bool:
    """Whether `log.info` and its like are called."""
    if not isinstance(called, ast.Attribute) or called.attr not in LEVELS:
        return False
    return isinstance(called.value, ast.Name) and called.value.id == "log"


def fields(call: ast.Call, around: ast.FunctionDef | None) -> dict[str, Any]:
    """The fields of a call: of the mapping that is its second argument, or of the last one of that name before it."""
    given = call.args[1] if len(call.args) == 2 else None
    if isinstance(given, ast.Name) and around is not None:
        made = [
            node.value
            for node in ast.walk(around)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            if node.targets[0].id == given.id and node.lineno < call.lineno
        ]
        given = max(made, key=lambda value: value.lineno, default=None)
    if not isinstance(given, ast.Dict):
        return {}
    return {ast.literal_eval(key): value for key, value in zip(given.keys, given.values, strict=True) if key}


def faults(text: str) -> list[str]:
    """What is wrong with the calls of a module, and the names of its events."""
    wrong = []
    for call, around in calls(ast.parse(text)):
        known = fields(call, around)
        used = set(re.findall(r"%\((\w+)\)", ast.literal_eval(call.args[0])))
        if not re.fullmatch(r"[a-z_]+", str(getattr(known.get("event"), "value", ""))):
            wrong.append(f"{call.lineno}: no event")
        if used != known.keys() - {"event", "platform"} | (used & {"platform"}) or known.keys() & RESERVED:
            wrong.append(f"{call.lineno}: {sorted(known)} in {sorted(used)}")
    return wrong


@pytest.mark.parametrize("path", sorted(LISTENER.rglob("*.py")), ids=lambda path: str(path.relative_to(LISTENER)))
def test_every_record_has_an_event_and_all_that_its_message_needs(path: Path) -> None:
    """Else whoever filters by event or field would miss it."""
    assert faults(path.read_text(encoding="utf-8")) == []


def test_an_event_has_one_place() -> None:
    """A name that two places log means two things."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in LISTENER.rglob("*.py")]
    names = [fields(*found)["event"].value for tree in trees for found in calls(tree)]
    assert len(names) > 30
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize(
    "call",
    [
        'log.info("x")',
        'log.info("%s", 1)',
        'log.info("%(a)s", {"event": "b"})',
        'log.error("", {"event": "b", "at": 1})',
    ],
)
def test_a_careless_record_is_seen(call: str) -> None:
    """Else the tests above could not fail."""
    assert len(faults(call)) == 1


class Echo(Loopback):
    """Refuses every call, with what it was sent in its answer."""

    def route(self, call: Call) -> tuple[str, Any]:
        """Echo headers, path and body."""
        reply: Reply = (500, json.dumps({"error": f"{call.target} {dict(call.headers)} {call.body!r}"}))
        return "any", lambda: reply


def test_no_secret_is_in_any_record(tmp_path: Path) -> None:
    """A channel, a heartbeat and a webhook that fail and echo; every line is an event with its fields."""
    echo = Echo().start()
    home = Home(tmp_path)
    home.configure(
        "[daemon]\nroute_seconds = 0.1\nalert_seconds = 0.1\nwebhook_seconds = 0.1\n"
        '[[alerts.channels]]\nname = "ops"\ndigest = ["08:00"]\n'
        f'[[webhooks]]\nname = "crm"\nurl = "{echo.url}/hook"\n'
        '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 0.2\n'
    )
    secrets = {
        "EARSHOT_ALERT_OPS_URL": echo.url.replace("http://", "json://canary-user:canary-word@") + "/canary-path",
        "EARSHOT_HEARTBEAT_URL": f"{echo.url}/canary-ping",
        "EARSHOT_WEBHOOK_CRM_SECRET": KEY,
    }
    home.env |= {**secrets, "EARSHOT_LOG": "json"}
    assert home.run("once").code == 0
    home.say(COMPLAINT, "The battery exploded and burned my hand, I am in hospital")
    with home.start("run") as daemon:
        until(lambda: len({call.path for _, call in echo.calls}) == 3, "channel, heartbeat and webhook were called")
        until(lambda: b"1" in failures(home), "the webhook's failure is kept")
        daemon.terminate()
        _, log = daemon.communicate()
    echo.stop()
    rows = [json.loads(line) for line in log.splitlines()]
    by_event = {row["event"]: row for row in rows}
    assert by_event["webhook_not_taken"]["webhook"] == "crm"
    assert by_event["channel_not_notified"]["channel"] == "ops"
    assert by_event["heartbeat_refused"]["status"] == 500
    assert all(RESERVED - {"traceback"} <= row.keys() for row in rows)
    assert "canary" not in log and "Y2FuYXJ5" not in log
    files = [path for path in home.data.rglob("*") if path.is_file()]
    assert not [path for path in files if b"canary" in path.read_bytes() or b"Y2FuYXJ5" in path.read_bytes()]


def failures(home: Home) -> bytes:
    """How often in a row the webhook failed, as bytes."""
    with home.database() as database:
        return str(database.execute("SELECT min(attempts, 1) FROM webhook").fetchone()[0]).encode()


@pytest.mark.parametrize(
    ("form", "on_terminal", "in_pipe"), [("", False, True), ("json", True, True), ("text", False, False)]
)
def test_the_form_is_chosen_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, form: str, on_terminal: bool, in_pipe: bool
) -> None:
    """Text on a terminal and JSON lines in a pipe, unless the environment says otherwise."""
    monkeypatch.setenv("EARSHOT_LOG", form)
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        assert (logs._has_json(terminal), logs._has_json(StringIO())) == (on_terminal, in_pipe)
    os.close(master)


def test_a_form_that_does_not_exist_is_one_clear_line(home: Path, earshot: Earshot) -> None:
    """Before anything is done."""
    done = earshot("once", env={"EARSHOT_LOG": "xml"})
    assert (done.code, done.err) == (1, 'earshot: EARSHOT_LOG is \'xml\'; write "text" or "json", or remove it\n')


def test_what_could_move_a_cursor_is_escaped_as_json_does() -> None:
    """A server's words in a line of JSON: it can be parsed, and a terminal shows it safely."""
    why = "a\x9b31m\u202eb\x7f\u2028\U000e0041\n\t\x1b[0m"
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "%(why)s", ({"event": "e", "why": why},), None)
    line = logs._Json("").format(record)
    assert json.loads(line)["why"] == json.loads(line)["message"] == why
    assert line.isascii()
