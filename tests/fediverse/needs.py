"""Where snac comes from: the system, or packages of Debian 13 unpacked beside the sources."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.evening import ROOT, Missing

FOLDER = ROOT / ".snac"  # snac with the libraries that it was built for, left out of git
SUITE, PACKAGE = "trixie", "snac2"
_PATIENCE = 900.0  # seconds


def snac() -> list[str]:
    """Return the command that runs snac; download it first where the system has none. Raises Missing."""
    if installed := shutil.which("snac"):
        return [installed]
    if not _program(FOLDER).is_file():
        _unpack()
    loaders = sorted(FOLDER.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"))
    if not loaders:
        raise Missing(f"{FOLDER.name}/ has no program loader: remove the folder and try again")
    return [str(loaders[0]), "--library-path", str(loaders[0].parent), str(_program(FOLDER))]


def _program(folder: Path) -> Path:
    return folder / "usr" / "bin" / "snac"


def _unpack() -> None:
    """Download the packages and unpack them, without installing: an installation mounts the machine's /proc and /sys
    below the folder, and whoever then removes the folder of one that was cut short would remove from those.
    """
    tools = [shutil.which("debootstrap"), shutil.which("dpkg-deb")]
    if not all(tools) or os.geteuid() != 0:
        raise Missing(f"snac is not installed (Debian 13: {PACKAGE}), and there is no debootstrap that root could use")
    print(f"downloading {PACKAGE} of Debian {SUITE} into {FOLDER.name}/ (about a minute)", flush=True)
    partial = FOLDER.with_name(f"{FOLDER.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _run("debootstrap", "--download-only", "--variant=minbase", f"--include={PACKAGE}", SUITE, str(partial))
        for archive in partial.glob("var/cache/apt/archives/*.deb"):
            _run("dpkg-deb", "--extract", str(archive), str(partial / "root"))
        if not _program(partial / "root").is_file():
            raise Missing(f"Debian {SUITE} has no {PACKAGE} with a program usr/bin/snac")
        shutil.rmtree(FOLDER, ignore_errors=True)
        (partial / "root").rename(FOLDER)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    if done.returncode:
        last = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()][-2:]
        raise Missing(f"{command[0]} failed: {' | '.join(last)}")
