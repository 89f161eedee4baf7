"""What the real network needs, and how it is found: node with npm, PostgreSQL's programs, the npm package."""

import shutil
import subprocess
from pathlib import Path

from tests.evening import ROOT, Missing

FOLDER = ROOT / ".network"  # 362 MB of node packages, left out of git
PACKAGE = "@atproto/dev-env@0.3.215"  # the newest whose engines allow Node 20


def node() -> str:
    """The path of node. Raises Missing when it is not there or older than 20."""
    program = shutil.which("node")
    if program is None or shutil.which("npm") is None:
        raise Missing("node and npm are not installed (Node 20 or newer)")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) < 20:
        raise Missing(f"node is {version}, and 20 is the oldest that will do")
    return program


def packages() -> Path:
    """The folder with the npm package, installed when it is not there: minutes, and a compiler. Raises Missing."""
    built = FOLDER / "node_modules" / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
    if not built.is_file():
        print(f"installing {PACKAGE} into {FOLDER.name}/ (362 MB, some minutes)", flush=True)
        FOLDER.mkdir(exist_ok=True)
        command = ["npm", "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", "--no-package-lock", PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not built.is_file():
            last = [line for line in done.stderr.splitlines() if line.strip()][-3:]
            raise Missing(f"npm could not install {PACKAGE}: {' | '.join(last) or 'better-sqlite3 was not compiled'}")
    return FOLDER
