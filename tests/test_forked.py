"""A forked command is a process of its own: nothing of its parent but code, a real death, and its own streams."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forked
from tests.conftest import environment
from tests.process import until

# Read at import by libraries, and the same for every test; what the program reads itself is in READS_ENVIRONMENT.
SAME_FOR_ALL = (
    "TEXTUAL_", "ESCDELAY", "NPY_", "NUMPY_", "OPENBLAS_", "PYDANTIC_", "PYTHON", "_PYTHON", "TYPER_USE_RICH", "HOME",
    "ANDROID_DATA", "PY_SAX_PARSER", "_TYPER_", "PSYCOPG_", "EARSHOT_TEST_POSTGRES",
    "PYTEST_XDIST_WORKER",
)  # fmt: skip
FORGOTTEN = {"TMPDIR", "TEMP", "TMP"}  # read by what is done to warm up, which lets each child read them again
PROBE = """
import json, os, signal, sys, threading
print(json.dumps({
    "argv": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ), "main": __name__, "path": sys.path[:2],
    "threads": threading.active_count(), "tasks": len(os.listdir("/proc/self/task")),
    "files": len(os.listdir("/proc/self/fd")), "group": os.getpgid(0) == os.getpid(),
    "handlers": [signal.getsignal(number) == kind for number, kind in
                 ((signal.SIGTERM, signal.SIG_DFL), (signal.SIGCHLD, signal.SIG_DFL),
                  (signal.SIGINT, signal.default_int_handler))],
    "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "read": sys.stdin.read(),
    "encodings": [sys.stdin.encoding, sys.stdout.encoding, sys.stderr.errors],
}))
"""
ENDS = {"sys.exit(3)": 3, "sys.exit('no')": 1, "1 / 0": 1, "pass": 0, "os._exit(4)": 4, "os.kill(os.getpid(), 9)": -9}
RECORD = """
import os, sys
from tests import fork_server

class Recording(type(os.environ)):
    def __getitem__(self, name):
        names.add(name)
        return super().__getitem__(name)

names = set()
os.environ.__class__ = Recording
fork_server.preload(sys.argv[1:])
print(*names)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the module `probe`, which tells how it finds the world."""
    (tmp_path / "probe.py").write_text(PROBE)
    return tmp_path


def run(folder: Path, body: str) -> forked.Process:
    """Begin a module of this body."""
    (folder / "body.py").write_text(f"import os, sys, time\n{body}\n")
    return forked.parent().start(env=environment(), cwd=folder, module="body")


@pytest.fixture
def sleeper(folder: Path) -> Iterator[forked.Process]:
    """A child that has begun, and would sleep for a minute."""
    process = run(folder, "print('begun', flush=True)\ntime.sleep(60)")
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    yield process
    process.kill()
    process.communicate(timeout=10)


def test_a_child_finds_its_own_world_and_nothing_of_its_parent(folder: Path) -> None:
    """As a new interpreter would: files 0 to 2 and the one of the listing, one thread, the default handlers."""
    env = environment(EARSHOT_STAFF="eve", EARSHOT_ODD="\udcff")
    process = forked.parent().start("a", "b c", env=env, cwd=folder, module="probe", stdin=forked.PIPE)
    out, err = process.communicate("from é\n", timeout=10)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out) == {
        "argv": ["a", "b c"], "cwd": str(folder), "env": env, "main": "__main__",
        "path": [str(folder), str(forked.OFFLINE)], "threads": 1, "tasks": 1, "files": 4, "group": True,
        "handlers": [True] * 3, "blocked": 0, "read": "from é\n", "encodings": ["utf-8", "utf-8", "backslashreplace"],
    }  # fmt: skip


@pytest.mark.parametrize("body", ENDS)
def test_every_end_has_the_exit_code_of_a_real_one(folder: Path, body: str) -> None:
    """And what was written before it is read; a traceback goes to stderr."""
    out, err = (process := run(folder, f"print('so far', flush=True)\n{body}")).communicate(timeout=10)
    assert (process.returncode, out) == (ENDS[body], "so far\n")
    assert ("ZeroDivisionError" in err) == (body == "1 / 0")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_ends_it_and_is_told(sleeper: forked.Process, number: signal.Signals) -> None:
    """The process is gone then; a second signal is no error."""
    assert sleeper.poll() is None
    sleeper.send_signal(number)
    assert sleeper.wait(10) == -number
    until(lambda: not Path(f"/proc/{sleeper.pid}").exists(), "the process is gone")
    sleeper.send_signal(number)


def test_waiting_ends_in_time_and_goes_on_later(sleeper: forked.Process) -> None:
    """As subprocess does it."""
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.communicate(timeout=0.05)
    sleeper.terminate()
    assert sleeper.communicate(timeout=10) == ("", "") and sleeper.returncode == -signal.SIGTERM


def test_children_of_a_server_die_with_it(folder: Path) -> None:
    """Whoever still runs when it ends is killed."""
    server = forked.Parent(begin=forked.parent().start)
    (folder / "body.py").write_text("import time\ntime.sleep(60)\n")
    process = server.start(env=environment(), cwd=folder, module="body")
    server.close()
    assert process.communicate(timeout=10) == ("", "") and process.returncode == -signal.SIGKILL


def test_another_interpreter_is_started_where_the_environment_asks_for_it(tmp_path: Path) -> None:
    """What is read at its start cannot be given to a fork."""
    process: forked.Running = forked.start("--version", env=environment(PYTHONIOENCODING="ascii"), cwd=tmp_path)
    assert isinstance(process, subprocess.Popen) and process.communicate(timeout=60)[0].startswith("earshot ")
    process = forked.start("--version", env=environment(), cwd=tmp_path)
    assert isinstance(process, forked.Process) and process.communicate(timeout=60)[0].startswith("earshot ")


def test_importing_the_program_reads_nothing_of_the_environment_that_tests_change() -> None:
    """It would be the same in all children; `reload` imports those anew that do."""
    command = [sys.executable, "-c", RECORD, *forked.PROGRAM]
    env = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
    names = subprocess.run(command, env=env, cwd=forked.ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert {name for name in names if not name.startswith(SAME_FOR_ALL)} - FORGOTTEN == {"EARSHOT_FAULT"}
