"""A text written in the editor of whoever sits there: $VISUAL, else $EDITOR, on a file that only they can read."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from listener.errors import InputError


def ask(present: str) -> str | None:
    """Open the editor on a text; None when it came back empty or unchanged. Raises InputError."""
    command = _command()
    handle, name = tempfile.mkstemp(prefix="earshot-", suffix=".txt")  # mode 0600
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(present + "\n")
        _run(command, path)
        return _changed(present, path)
    finally:
        path.unlink(missing_ok=True)


def _command() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    try:
        words = shlex.split(chosen or "")
    except ValueError as error:
        raise InputError(f"$EDITOR cannot be read: {error}", "set it to a command such as nano") from error
    if not words:
        raise InputError("no editor is set", "give --text TEXT, or set EDITOR to a command such as nano")
    return words


def _run(command: list[str], path: Path) -> None:
    try:
        code = subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603 -- the person's own editor
    except OSError as error:
        raise InputError(
            f"cannot start the editor {command[0]!r} ({error.strerror})", "set EDITOR, or --text"
        ) from error
    if code != 0:
        raise InputError(f"the editor {command[0]!r} ended with {code}", "nothing was changed")


def _changed(present: str, path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("what the editor left is no UTF-8 text", "nothing was changed") from error
    return text if text and text != present.strip() else None
