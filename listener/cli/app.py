"""The command line's trunk: the Typer application that every module of commands adds its own to."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from listener.cli import context, output

PANELS = {
    "Support staff": (
        *("queue", "review", "show", "approve", "edit", "reject", "close", "escalate", "undo", "retry", "done"),
        *("resolve", "claim", "release", "assign", "snooze", "person", "people", "member", "offer", "note", "optout"),
        *("announce", "applaud", "testimonials"),
    ),
    "Operators": (
        *("init", "check", "demo", "run", "once", "status", "health", "notices", "quarantine", "pause", "resume"),
        *("log", "report", "digest", "coupons", "backup", "export", "migrate", "forget"),
    ),
    "Policy": ("try", "evaluate", "replay", "learn"),
}  # heading in `earshot --help` -> its commands, in the order in which a new user meets them


def summarize(text: str, width: int) -> str:
    """Return the first sentence of a help text; one that is too wide only up to its last clause that fits."""
    sentence = " ".join(text.partition("\n\n")[0].split()).partition(". ")[0].removesuffix(".")
    cuts = [len(sentence)] if len(sentence) < width else [sentence.rfind(mark, 0, width) for mark in ";:,"]
    return f"{sentence[: next((cut for cut in cuts if cut > 0), None)]}."


class GroupedCommands(TyperGroup):
    """Lists the commands by who uses them, as plain text: a pipe and a narrow terminal show it as it is."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands panel by panel; one without a panel comes last."""
        placed = [name for names in PANELS.values() for name in names if name in self.commands]
        return placed + sorted(self.commands.keys() - set(placed))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write one section a panel."""
        left = set(self.list_commands(ctx)).difference(*PANELS.values())
        width = formatter.width - max(map(len, self.commands)) - 6
        for heading, names in (*PANELS.items(), ("Other commands", sorted(left))):
            rows = [(name, summarize(self.commands[name].help or "", width)) for name in names if name in self.commands]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


app = typer.Typer(
    name="earshot",
    cls=GroupedCommands,
    help="Listen for mentions of your brand, draft replies, ask your staff, send each approved reply once.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        output.write(f"earshot {context.version()}")
        raise typer.Exit


@app.callback()
def _earshot(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Listen for mentions of your brand, draft replies, ask your staff, send each approved reply once."""
