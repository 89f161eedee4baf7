"""Logs go to stderr: text on a terminal, JSON lines otherwise; UTC, control characters escaped, secrets replaced.

A call of ours gives its fields as one mapping, the name of the event among them; the message is made of them:
`log.warning("%(stage)s failed: %(why)s", {"event": "stage_failed", "stage": name, "why": error})`.
"""

import logging
import os
import sys
import time
from collections.abc import Iterable, Mapping
from typing import TextIO

from listener.cli.output import dumps, safe
from listener.errors import InputError
from listener.messages import redact
from listener.settings.environment import EnvSecrets

OF_A_LIBRARY = "library"  # the event of a record that is none of ours
CHATTY = ("alembic", "apscheduler")  # a platform declares those of its network libraries


class _Redacted(logging.Formatter):
    """Formats a record, then replaces every known secret in it, tracebacks included."""

    converter = staticmethod(time.gmtime)

    def __init__(self, form: str) -> None:
        super().__init__(form, "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """Return one line that is safe to show."""
        return safe(self.render(record))

    def render(self, record: logging.LogRecord) -> str:
        """Return the line before it is made safe."""
        return redact(super().format(record))


class _Json(_Redacted):
    def render(self, record: logging.LogRecord) -> str:
        at, level = self.formatTime(record, self.datefmt), record.levelname.lower()
        row: dict[str, object] = {"at": at, "level": level, "logger": record.name, "event": OF_A_LIBRARY}
        row |= {"message": redact(record.getMessage())}
        if isinstance(record.args, Mapping) and "event" in record.args:
            row |= {name: _plain(value) for name, value in record.args.items()}
        if record.exc_info:
            row["traceback"] = redact(self.formatException(record.exc_info))
        return dumps(row, indent=None)


def _plain(value: object) -> object:
    """Return a field as JSON can write it, without secrets."""
    return value if value is None or isinstance(value, (bool, int, float)) else redact(str(value))


def _has_json(stream: TextIO) -> bool:
    """Return whether logs are JSON lines: as EARSHOT_LOG says, else where no terminal shows them. Raises InputError."""
    form = os.environ.get("EARSHOT_LOG", "")
    if form not in ("", "text", "json"):
        raise InputError(f"EARSHOT_LOG is {form!r}", 'write "text" or "json", or remove it')
    return form == "json" or (form == "" and not stream.isatty())


def configure(*, level: int = logging.INFO) -> None:
    """Set up logging, once at the start of a command. A log that cannot be written never stops the daemon."""
    EnvSecrets(os.environ).remember_all()
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    text = _Redacted("%(asctime)s %(levelname)-7s %(message)s")
    handler.setFormatter(_Json("") if _has_json(sys.stderr) else text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quiet(CHATTY)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a stage still running when its turn comes is normal


def quiet(names: Iterable[str]) -> None:
    """Log only the warnings of these loggers."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)
