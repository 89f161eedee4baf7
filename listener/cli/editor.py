"""Let a person write a text in their editor, $VISUAL or else $EDITOR, on a file that only they can read."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from listener.errors import EarshotError, InputError

PAUSE_S = 20.0  # between two calls of meanwhile
ELSE = "give --text TEXT (in review: e)"


def ask(present: str, meanwhile: Callable[[], object] = lambda: None, *, offer: str = "") -> str | None:
    """Open the editor on a text; None when it came back empty or unchanged. Raises InputError.

    meanwhile: is called now and then while the editor is open. offer: a text to begin with where there is none; it
    counts as written once the editor has saved it, also unchanged.
    """
    words = command()
    shown = present or offer
    path, written = _write_private("earshot-", shown + "\n"), None
    opened = path.stat().st_mtime_ns
    try:
        _run(words, path, meanwhile)
        is_saved = path.exists() and path.stat().st_mtime_ns != opened
        written = _read_changed(present if is_saved else shown, path)
    except InputError as error:
        if _is_same(shown, path):
            raise
        raise InputError(error.what, f"your text is in {path}") from error
    finally:
        if written is not None or _is_same(shown, path):
            path.unlink(missing_ok=True)
    return written


@contextmanager
def kept(text: str | None) -> Iterator[None]:
    """Keep a text that somebody wrote in a file when the body refuses it; the error names the file."""
    try:
        yield
    except EarshotError as error:
        if text is None:
            raise
        raise InputError(str(error), f"your text is kept in {_write_private('earshot-kept-', text)}") from error


def _write_private(prefix: str, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".txt")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)


def command() -> list[str]:
    """Return the editor's command. Raises InputError when none is set or it cannot be read."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    try:
        words = shlex.split(chosen or "")
    except ValueError as error:
        raise InputError(f"$EDITOR cannot be read: {error}", "set it to a command such as nano") from error
    if not words:
        raise InputError("no editor is set", f"{ELSE}, or set EDITOR to a command such as nano")
    return words


def _run(words: list[str], path: Path, meanwhile: Callable[[], object]) -> None:
    before = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl+C is the editor's
    try:
        code = _wait([*words, str(path)], meanwhile)
    except OSError as error:
        raise InputError(
            f"cannot start the editor {words[0]!r} ({error.strerror})", f"set EDITOR, or {ELSE}"
        ) from error
    finally:
        signal.signal(signal.SIGINT, before)
    if code != 0:
        raise InputError(f"the editor {words[0]!r} ended with {code}", "nothing was changed")


def _wait(words: list[str], meanwhile: Callable[[], object]) -> int:
    with subprocess.Popen(words) as process:  # noqa: S603 -- the person's own editor
        while True:
            try:
                return process.wait(PAUSE_S)
            except subprocess.TimeoutExpired:
                with suppress(EarshotError):  # reported when the text comes back
                    meanwhile()


def _is_same(present: str, path: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8").strip() in ("", present.strip())
    except UnicodeDecodeError:
        return False
    except OSError:  # the editor took it away
        return True


def _read_changed(present: str, path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the editor left a text that is not UTF-8", "nothing was changed") from error
    return text if text and text != present.strip() else None
