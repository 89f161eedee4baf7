"""Every command hangs on the one application; importing a module hangs its commands."""

from listener.cli import check, demo, desk, forget, log, moves, once, people, replay, report, review, run, status, trial
from listener.cli.app import app

__all__ = [
    "app",
    "check",
    "demo",
    "desk",
    "forget",
    "log",
    "moves",
    "once",
    "people",
    "replay",
    "report",
    "review",
    "run",
    "status",
    "trial",
]
