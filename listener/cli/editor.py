"""A text written in the editor of whoever sits there: $VISUAL, else $EDITOR, on a file that only they can read."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from listener.errors import EarshotError, InputError

NOW_AND_THEN = 20.0  # seconds
ELSE = "give --text TEXT (in review: e)"


def ask(present: str, meanwhile: Callable[[], object] = lambda: None) -> str | None:
    """Open the editor on a text; None when it came back empty or unchanged. Raises InputError.

    meanwhile: is called now and then while the editor is open.
    """
    words = command()
    path, found = _private("earshot-", present + "\n"), None
    try:
        _run(words, path, meanwhile)
        found = _changed(present, path)
    except InputError as error:
        if _same(present, path):
            raise
        raise InputError(error.what, f"its text is in {path}") from error
    finally:
        if found is not None or _same(present, path):
            path.unlink(missing_ok=True)
    return found


@contextmanager
def kept(text: str | None) -> Iterator[None]:
    """Within, words that somebody wrote are put to use; when that is refused, they are kept in a file that is named."""
    try:
        yield
    except EarshotError as error:
        if text is None:
            raise
        raise InputError(str(error), f"your text is kept in {_private('earshot-kept-', text)}") from error


def _private(prefix: str, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".txt")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)


def command() -> list[str]:
    """The editor's command. Raises InputError when none is set or it cannot be read."""
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
        code = _waited([*words, str(path)], meanwhile)
    except OSError as error:
        raise InputError(
            f"cannot start the editor {words[0]!r} ({error.strerror})", f"set EDITOR, or {ELSE}"
        ) from error
    finally:
        signal.signal(signal.SIGINT, before)
    if code != 0:
        raise InputError(f"the editor {words[0]!r} ended with {code}", "nothing was changed")


def _waited(words: list[str], meanwhile: Callable[[], object]) -> int:
    with subprocess.Popen(words) as process:  # noqa: S603 -- the person's own editor
        while True:
            try:
                return process.wait(NOW_AND_THEN)
            except subprocess.TimeoutExpired:
                with suppress(EarshotError):  # told when the text comes back
                    meanwhile()


def _same(present: str, path: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8").strip() in ("", present.strip())
    except UnicodeDecodeError:
        return False
    except OSError:  # the editor took it away
        return True


def _changed(present: str, path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("what the editor left is no UTF-8 text", "nothing was changed") from error
    return text if text and text != present.strip() else None
