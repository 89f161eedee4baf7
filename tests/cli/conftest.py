"""Fixtures for the command line."""

import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import Earshot, environment

Watch = Callable[..., str]


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The database after `earshot once` on the mentions of `home`, by content; filled by the first test that asks."""
    return {}


@pytest.fixture
def queue(home: Path, earshot: Earshot, decided: dict[str, bytes]) -> Earshot:
    """The command line in a `home` whose mentions are polled and decided: four drafts and one escalation wait."""
    config = (home / "config" / "mentions.jsonl").read_text()
    if config not in decided:
        assert earshot("once").code == 0
        shutil.copyfile(home / "data" / "earshot.db", home / "copy.db")
        decided[config] = (home / "copy.db").read_bytes()
    else:
        (home / "data").mkdir()
        (home / "data" / "earshot.db").write_bytes(decided[config])
    return earshot


@pytest.fixture
def watch(home: Path) -> Watch:
    """Run `earshot ARGS` on a terminal of 80 columns and return every byte it drew, as text."""

    def run(*args: str, env: Mapping[str, str] | None = None) -> str:
        master, slave = pty.openpty()
        shown = environment(TERM="xterm-256color", **(env or {}))
        command = [sys.executable, "-m", "listener.cli", *args]
        with subprocess.Popen(command, cwd=home, env=shown, stdin=slave, stdout=slave, stderr=slave) as process:
            os.close(slave)
            drawn = _drain(master, process)
        os.close(master)
        return drawn.decode("utf-8").replace("\r\n", "\n")

    return run


def _drain(master: int, process: "subprocess.Popen[bytes]") -> bytes:
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
