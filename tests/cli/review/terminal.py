"""A real terminal: `earshot review` inside tmux, keys sent, and the screen read as tmux drew it."""

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.conftest import environment
from tests.process import until

needs_tmux = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="tmux is not installed: no real terminal to draw on"
)
HAND = 0.12  # seconds a key


class Terminal:
    """A window of tmux's, on a server of its own."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._end = socket.with_name("ended")

    def _tmux(self, *args: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *args]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=30).stdout

    def start(self, folder: Path, size: tuple[int, int], *args: str, **env: str) -> None:
        """Run `earshot ARGS` in it; the window stays when it ends."""
        given = {name: value for name, value in environment(**env).items() if name.startswith(("EARSHOT_", "PYTHON"))}
        given |= {"LC_ALL": "C.UTF-8", **env}
        told = [f"{name}={value}" for name, value in given.items()]
        command = shlex.join(
            [
                "env",
                "-u",
                "NO_COLOR",
                "-u",
                "COLUMNS",
                "-u",
                "LINES",
                *told,
                sys.executable,
                "-m",
                "listener.cli",
                *args,
            ]
        )
        wide, high = size
        self._tmux("new-session", "-d", "-s", "it", "-x", str(wide), "-y", str(high), "-c", str(folder), "sleep 600")
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("respawn-pane", "-k", "-t", "it", f"{command}; echo $? > {shlex.quote(str(self._end))}")

    def press(self, *keys: str) -> None:
        """Send keys, by tmux's names, as fast as a quick hand: keys faster than an eye decide nothing."""
        for key in keys:
            time.sleep(HAND)
            self._tmux("send-keys", "-t", "it", key)

    def burst(self, *keys: str) -> None:
        """Send keys all at once."""
        self._tmux("send-keys", "-t", "it", *keys)

    def ended(self) -> int:
        """Wait for the program's end; returns its exit code (tmux itself misses an end now and then)."""
        until(lambda: self._end.exists() and self._end.read_text(), "the program ends")
        return int(self._end.read_text())

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        self._tmux("kill-session", "-t", "it")

    def screen(self, *, styles: bool = False) -> str:
        """What stands there now."""
        return self._tmux("capture-pane", "-p", "-t", "it", *(["-e"] if styles else []))

    def shows(self, *words: str) -> str:
        """Wait until all these words stand there; returns the screen."""
        seen = [""]

        def there() -> bool:
            seen[0] = self.screen()
            return all(word in seen[0] for word in words)

        try:
            until(there, f"the terminal shows {words}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows:\n{seen[0]}") from None
        return seen[0]


@contextmanager
def terminal(folder: Path) -> Iterator[Terminal]:
    """A terminal whose server ends with the test."""
    made = Terminal(Path(mkdtemp(dir=folder)) / "tmux")
    try:
        yield made
    finally:
        subprocess.run(["tmux", "-S", str(made.socket), "kill-server"], check=False, capture_output=True)
