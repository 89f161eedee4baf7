"""What every test may ask for: a home of its own, the real command line, and no network but loopback."""

import gc
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from listener.cli.__main__ import GARBAGE_THRESHOLD
from listener.messages import forget_secrets
from tests import forked
from tests.databases import begin_test
from tests.forked import OFFLINE
from tests.memory import use_memory
from tests.process import Done
from tests.shared import share_extractors, share_trust

use_memory()
share_extractors()
share_trust()

STAFF = "dana"
SECTION = """[platforms.memory]
mentions = "mentions.jsonl"
replay = true
start = "all"
poll_seconds = 1
"""
# A problem, praise, a question for the fact sheet, a threat of law, nothing to do, praise again.
SAID = (
    ("m1", "ada", "@fernhill my parcel has not arrived, two weeks now"),
    ("m2", "bo", "@fernhill I love the smooth paper, thank you so much!"),
    ("m3", "cy", "@fernhill what are your opening hours?"),
    ("m4", "di", "@fernhill you will hear from my lawyer about this"),
    ("m5", "eve", "@fernhill going to the shop"),
    ("m6", "flo", "@fernhill I love your notebooks, thank you!"),
)


# Tests of seven to eighteen seconds, which none should wait for at the end.
LONG = (
    "test_main_job.py", "test_x_reading.py", "test_secrets.py", "test_stage_runner.py", "test_daemon.py",
    "test_x_days.py", "test_x_lost_pages.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, while there is other work for the other workers."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish() -> None:
    """Spare the collector what stays to the end, the program and nine thousand tests; let it work as in a command."""
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


@pytest.fixture(autouse=True)
def _no_database_of_another_test() -> None:
    """On a server the schemas of the test before serve this one."""
    begin_test()


@pytest.fixture(autouse=True)
def _no_secret_of_another_test() -> None:
    """What one test called a secret is an ordinary word to the next."""
    forget_secrets()


class Earshot(Protocol):
    """The real command line in a process of its own."""

    def __call__(self, *args: str, input: str | None = None, env: Mapping[str, str] | None = None) -> Done:
        """Run it to its end."""


def environment(**more: str) -> dict[str, str]:
    """The environment of a child: ours, without colours, and with the network refused."""
    path = os.pathsep.join(part for part in (str(OFFLINE), os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "80", **more}


def write_mentions(folder: Path, *rows: Mapping[str, object]) -> None:
    """Append rows to the file that the memory platform of `home` reads."""
    with (folder / "config" / "mentions.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `config` (the memory platform on SAID, else the starter set) and `data`; the environment on it."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "earshot.toml").write_text(SECTION)
    write_mentions(tmp_path, *({"id": name, "author": author, "text": text} for name, author, text in SAID))
    for name in [name for name in os.environ if name.startswith("EARSHOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EARSHOT_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("EARSHOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EARSHOT_STAFF", STAFF)
    return tmp_path


@pytest.fixture
def earshot(home: Path) -> Earshot:
    """Run `earshot ARGS` in `home`, to its end."""

    def run(*args: str, input: str | None = None, env: Mapping[str, str] | None = None) -> Done:
        stdin = forked.DEVNULL if input is None else forked.PIPE
        process = forked.start(*args, env=environment(**(env or {})), cwd=home, stdin=stdin)
        out, err = process.communicate(input, timeout=60)
        return Done(process.wait(), out, err)

    return run
