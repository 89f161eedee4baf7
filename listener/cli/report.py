"""`report`: the figures of a period on the terminal, as one page for a browser, as CSV or as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import AsJson
from listener.errors import InputError

if TYPE_CHECKING:
    from listener.model import Json


@app.command()
def report(
    since: Annotated[
        str, typer.Option(metavar="T", help="What was heard since then: 2026-11-22, or an age: 7d.")
    ] = "7d",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page for a browser.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every figure, one a line.")] = None,
    json: AsJson = False,
) -> None:
    """Show volume, answers, times, drafts, sentiment, complaints, listening and cost. docs/report.md defines each.

    Examples: earshot report   earshot report --since 30d --html november.html
    """
    from listener.analysis import report as analysis

    config, now = context.settings(), context.now()
    start = arguments.usage(lambda: times.moment(since, now), "--since")
    with context.store() as store, store.read() as connection:
        found = analysis.report(connection, config.policy, start, now)
    if html is not None:
        from listener.cli.report_page import page

        _write(html, page(found, config.policy.brand.name))
    if csv is not None:
        from listener.cli.report_csv import table

        _write(csv, table(found))
    if json:
        output.emit_json(found)
    elif html is None and csv is None:
        _show(found)


def _write(path: Path, text: str) -> None:
    """The line ends are the text's own. Raises InputError."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror})", "name a file in a folder that exists"
        ) from error
    output.print_error(f"wrote {path}")


def _show(found: "Json") -> None:
    from listener.cli import render, report_screen

    render.show(*report_screen.parts(found))
