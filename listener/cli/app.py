"""The command line's trunk: the Typer application that each module of commands hangs its own on."""

from typing import Annotated

import typer

from listener.cli import context, output

app = typer.Typer(
    name="earshot",
    help="Listen for mentions of your brand, draft replies, ask your staff, send each approved reply once.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        output.write(f"earshot {context.version()}")
        raise typer.Exit


@app.callback()
def _earshot(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Listen for mentions of your brand, draft replies, ask your staff, send each approved reply once."""
