"""`make lint` refuses a tracked binary file: it cannot be reviewed, and stays in the history for ever.

`python -m tests.binaries [FOLDER]` exits 1 and names each tracked file of the checkout that holds a NUL byte.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
ALLOWED: frozenset[str] = frozenset()  # paths, each with the reason why it cannot be text


def tracked_binaries(folder: Path) -> Iterator[str]:
    """Name the tracked files that hold a NUL byte. Raises CalledProcessError outside a checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=folder, check=True, capture_output=True).stdout
    for name in listing.decode().split("\0"):
        path = folder / name
        if name and name not in ALLOWED and path.is_file() and b"\0" in path.read_bytes():
            yield name


def main(folder: Path) -> int:
    """Print each file; return the exit code. A copy without git's folder has nothing tracked."""
    if not (folder / ".git").exists():
        sys.stdout.write("not a git checkout: tracked files are not checked\n")
        return 0
    names = list(tracked_binaries(folder))
    for name in names:
        sys.stdout.write(f"{name}: a tracked binary file; remove it, or add it to ALLOWED with a reason\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))
