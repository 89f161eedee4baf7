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

WAIT_S = 5.0  # for a database that another process holds: the screen stands still meanwhile


@app.command()
def review(
    plain: Annotated[bool, typer.Option("--plain", help="Line by line, for screen readers and scripts.")] = False,
    name: As = None,
) -> None:
    """Work through the queue: one key approves, edits, rejects, assigns or snoozes; ? shows all keys.

    Example: earshot review --as dana
    """
    from listener.cli.review.presenter import Presenter

    if not plain and not _whole_screen():
        raise InputError("this is not a terminal to draw on", "`earshot review --plain` works line by line")
    for number in (signal.SIGTERM, signal.SIGHUP):  # hanging up quits as `q` does: the claim is released
        signal.signal(number, signal.default_int_handler)
    config = context.settings()
    with context.store(wait=WAIT_S) as store, Presenter(store, config, name) as presenter:
        if plain:
            from listener.cli.review.plain import Reader

            Reader(presenter).run()
        else:
            from listener.cli.review.keys import Review

            screen = Review(presenter)
            screen.run(mouse=False)  # the terminal's own selection stays: texts by hand are copied with it
            if screen._exception is not None:
                raise screen._exception


def _whole_screen() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
