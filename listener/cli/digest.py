"""`digest`: what happened in a period and what waits now, as it is sent to the channels of alerts."""

from dataclasses import asdict
from typing import Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import AsJson
from listener.errors import InputError


@app.command()
def digest(
    since: Annotated[
        str, typer.Option(metavar="T", help="Mentions received since then: 2026-11-22, or an age: 7d.")
    ] = "1d",
    until: Annotated[str | None, typer.Option(metavar="T", help="And before then; default: now.")] = None,
    json: AsJson = False,
) -> None:
    """Show the digest of a period: heard, answered, waiting, complaints, cost, notices.

    `digest` of [[alerts.channels]] sends it daily or weekly.

    Examples: earshot digest   earshot digest --since 7d
    """
    from listener.analysis import digest as analysis
    from listener.analysis.digest_text import compose

    config, now = context.settings(), context.now()
    begins = arguments.read_argument(lambda: times.moment(since, now), "--since")
    ends = now if until is None else arguments.read_argument(lambda: times.moment(until, now), "--until")
    if begins >= ends:
        raise InputError("the period ends before it begins", "give --until a later time than --since")
    with context.store() as store, store.read() as connection:
        figures = analysis.gather(connection, config.policy, begins, ends, now, quotes=True)
    if json:
        output.emit_json(asdict(figures))
        return
    title, text = compose(config.policy.brand.name, figures)
    for line in (title, *text.splitlines()):
        output.write(output.safe(line))
