"""Where snac comes from: the system, or Debian 13 unpacked beside the sources."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / ".snac"  # 235 MB: snac with the libraries that it was built for, left out of git
SUITE, PACKAGE = "trixie", "snac2"
_PATIENCE = 900.0  # seconds


class Missing(Exception):
    """The server cannot be had here, and why."""


def snac() -> list[str]:
    """The command that runs snac, got when it is not there: about a minute. Raises Missing."""
    if found := shutil.which("snac"):
        return [found]
    program = FOLDER / "usr" / "bin" / "snac"
    if not program.is_file():
        _unpack(program)
    loaders = [*FOLDER.glob("lib64/ld-linux*.so.*"), *FOLDER.glob("usr/lib/ld-linux*.so.*")]
    libraries = [str(folder) for folder in FOLDER.glob("usr/lib/*-linux-gnu*")]
    if not loaders or not libraries:
        raise Missing(f"{FOLDER.name}/ is incomplete: remove it and try again")
    return [str(loaders[0]), "--library-path", ":".join(libraries), str(program)]


def _unpack(program: Path) -> None:
    tool = shutil.which("debootstrap")
    if tool is None or os.geteuid() != 0:
        raise Missing(f"snac is not installed (Debian 13: {PACKAGE}), and there is no debootstrap that root could use")
    print(f"unpacking {PACKAGE} of Debian {SUITE} into {FOLDER.name}/ (235 MB, about a minute)", flush=True)
    command = [tool, "--variant=minbase", f"--include={PACKAGE}", SUITE, str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    if not program.is_file():
        last = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()][-2:]
        shutil.rmtree(FOLDER, ignore_errors=True)
        raise Missing(f"debootstrap could not unpack {PACKAGE}: {' | '.join(last)}")
