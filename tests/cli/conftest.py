"""Fixtures for the command line."""

import os
import pty
import select
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from listener.cli.__main__ import main
from tests import forked
from tests.conftest import Earshot, environment
from tests.process import Done

Watch = Callable[..., str]


@pytest.fixture
def inside(home: Path, earshot: Earshot, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    """The same entry point in this process, which spares a second of imports a command.

    `once` sets logging up for a whole process, so it gets one of its own.
    """

    def run(*args: str, input: str | None = None, env: Mapping[str, str] | None = None) -> Done:
        if args[0] == "once":
            return earshot(*args, input=input, env=env)
        out, err = StringIO(), StringIO()
        with monkeypatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(home)
            patch.setattr(sys, "argv", ["earshot", *args])
            for name, value in {"COLUMNS": "80", **(env or {})}.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as end:
                main()
        return Done(int(end.value.code or 0), out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def decided() -> dict[str, bytes]:
    """The database after `earshot once` on the mentions of `home`, by content; filled by the first test that asks."""
    return {}


@pytest.fixture
def queue(home: Path, inside: Earshot, decided: dict[str, bytes]) -> Earshot:
    """The command line in a `home` whose mentions are polled and decided: four drafts and one escalation wait."""
    config = (home / "config" / "mentions.jsonl").read_text()
    if config not in decided:
        assert inside("once").code == 0
        decided[config] = (home / "data" / "earshot.db").read_bytes()
    else:
        (home / "data").mkdir()
        (home / "data" / "earshot.db").write_bytes(decided[config])
    return inside


@pytest.fixture
def watch(home: Path) -> Watch:
    """Run `earshot ARGS` on a terminal of 80 columns and return every byte it drew, as text."""

    def run(*args: str, env: Mapping[str, str] | None = None) -> str:
        master, slave = pty.openpty()
        shown = environment(TERM="xterm-256color", **(env or {}))
        with forked.start(*args, cwd=home, env=shown, stdin=slave, stdout=slave, stderr=slave) as process:
            os.close(slave)
            drawn = _drain(master, process)
        os.close(master)
        return drawn.decode("utf-8").replace("\r\n", "\n")

    return run


def _drain(master: int, process: forked.Running) -> bytes:
    drawn = b""
    while True:
        ready, _, _ = select.select([master], [], [], 0.1)
        if not ready and process.poll() is not None:
            return drawn
        if ready:
            try:
                drawn += os.read(master, 65536)
            except OSError:  # the other end is closed
                return drawn
