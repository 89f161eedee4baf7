"""The image: a build fails where anything but compiling ahead fails. The commands are run, with stubs for programs."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = ("python", "rm", "useradd", "install")
STUB = '#!/bin/sh\necho "$0 $*" >> "$LOG"\ncase " $0 $* " in *" $FAILS "*) exit 1;; esac\n'


def commands() -> list[str]:
    """What the image's RUN lines give to a shell."""
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
    return [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]


def run_all(folder: Path, fails: str) -> list[int]:
    """Run them where every program is a stub that fails if the word is among its arguments; return the exit codes."""
    for name in PROGRAMS:
        (folder / name).write_text(STUB)
        (folder / name).chmod(0o755)
    env = {"PATH": str(folder), "FAILS": fails, "LOG": str(folder / "log"), "REQUIREMENTS": "requirements.txt"}
    codes = []
    for line in commands():
        ours = re.sub(r"/opt/\w+/bin/python", "python", line)
        codes.append(subprocess.run(["/bin/sh", "-c", ours], env=env, cwd=folder, check=False).returncode)
    return codes


def test_a_build_runs_through(tmp_path: Path) -> None:
    """The stubs stand for all that is called."""
    assert run_all(tmp_path, "nothing") == [0] * len(commands())
    assert (tmp_path / "log").read_text().count("pip install") >= 3


@pytest.mark.parametrize(
    "fails", ["venv", "requirements.txt", "requirements-build.txt", "wheel", "--no-index", "--uid"]
)
def test_a_failed_step_fails_the_build(tmp_path: Path, fails: str) -> None:
    """Only compiling ahead may fail: a package whose hash differs must not be left out of the image in silence."""
    assert any(run_all(tmp_path, fails))


def test_a_file_that_cannot_be_compiled_ahead_fails_nothing(tmp_path: Path) -> None:
    """A template in a package may be no Python."""
    assert not any(run_all(tmp_path, "compileall"))


def test_packages_are_installed_by_their_hashes_alone() -> None:
    """Ours is built of what lies in the image, without an index."""
    installs = [part for line in commands() for part in line.split("&&") if "pip install" in part]
    assert installs and all("--require-hashes" in part or "--no-index" in part for part in installs)
