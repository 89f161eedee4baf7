"""The command line's trunk: the Typer application that each module of commands hangs its own on."""

import typer

app = typer.Typer(
    name="earshot",
    help="Listen for mentions of your brand, draft replies, ask your staff, send each approved reply once.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
