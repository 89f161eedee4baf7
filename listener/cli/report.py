"""`report`: the metrics of a period on the terminal, as one page for a browser, as CSV or as JSON."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import AsJson
from listener.errors import InputError

if TYPE_CHECKING:
    from listener.analysis.report import Report
    from listener.policy import Policy


@app.command()
def report(
    since: Annotated[
        str, typer.Option(metavar="T", help="Mentions received since then: 2026-11-22, or an age: 7d.")
    ] = "7d",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page for a browser.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one metric per line.")] = None,
    json: AsJson = False,
) -> None:
    """Show what was received, answered and paid in a period.

    docs/report.md defines each metric.

    Examples: earshot report   earshot report --since 30d --html november.html
    """
    from listener.analysis import report as analysis

    config, now = context.settings(), context.now()
    start = arguments.read_argument(lambda: times.moment(since, now), "--since")
    with context.store() as store, store.read() as connection:
        metrics = analysis.report(connection, config.policy, start, now)
    _write_files(metrics, config.policy, html, csv)
    if json:
        output.emit_json(asdict(metrics))
    elif html is None and csv is None:
        from listener.cli import render, report_screen

        render.show(*report_screen.parts(metrics))


def _write_files(metrics: "Report", policy: "Policy", html: Path | None, csv: Path | None) -> None:
    """Write the page and the table that were asked for. Raises InputError."""
    if html is not None:
        from listener.cli.report_page import render_page

        _write(html, render_page(metrics, policy))
    if csv is not None:
        from listener.cli.report_csv import format_table

        _write(csv, format_table(asdict(metrics)))


def _write(path: Path, text: str) -> None:
    """Write a file and keep the line ends of the text. Raises InputError."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror})", "name a file in a folder that exists"
        ) from error
    output.print_error(f"wrote {path}")
