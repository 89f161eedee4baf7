"""Logs go to stderr: text on a terminal, JSON lines otherwise; UTC, control characters escaped, secrets replaced."""

import json
import logging
import os
import sys
import time
from collections.abc import Iterable

from listener.cli.output import safe
from listener.messages import redact
from listener.settings.environment import EnvSecrets

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
        row = {"at": self.formatTime(record, self.datefmt), "level": record.levelname.lower(), "logger": record.name}
        row["message"] = redact(record.getMessage())
        if record.exc_info:
            row["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(row, ensure_ascii=False)


def configure(*, level: int = logging.INFO) -> None:
    """Set up logging, once at the start of a command. A log that cannot be written never stops the daemon."""
    EnvSecrets(os.environ).remember_all()
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    is_terminal = sys.stderr.isatty()
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)-7s %(message)s") if is_terminal else _Json(""))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quiet(CHATTY)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a stage still running when its turn comes is normal


def quiet(names: Iterable[str]) -> None:
    """Log only the warnings of these loggers."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)
