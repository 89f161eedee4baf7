"""`review`: the queue on the whole screen, one key a decision; with --plain as question and answer, line by line."""

import os
import signal
import sys
from typing import Annotated

import typer

from listener.cli import context
from listener.cli.app import app
from listener.cli.arguments import As
from listener.errors import InputError

WAIT = 5.0  # seconds for a database that somebody else holds: a screen that stands still is told why


@app.command()
def review(
    plain: Annotated[bool, typer.Option("--plain", help="Line by line, for screen readers and scripts.")] = False,
    name: As = None,
) -> None:
    """Work through the queue: one key approves, edits, rejects, assigns or snoozes; ? shows all keys.

    Example: earshot review --as dana
    """
    from listener.cli.review.session import Session

    if not plain and not _whole_screen():
        raise InputError("this is no terminal to draw on", "`earshot review --plain` works line by line")
    for number in (signal.SIGTERM, signal.SIGHUP):  # whoever hangs up leaves as with q: the lease is given back
        signal.signal(number, signal.default_int_handler)
    config = context.settings()
    with context.store(wait=WAIT) as store, Session(store, config, name) as session:
        if plain:
            from listener.cli.review.plain import run

            run(session)
        else:
            from listener.cli.review.screen import Review

            screen = Review(session)
            screen.run(mouse=False)  # the terminal's own selection stays: texts by hand are copied with it
            if screen._exception is not None:
                raise screen._exception


def _whole_screen() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
