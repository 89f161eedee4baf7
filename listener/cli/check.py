"""`check` and `init`: is the configuration sound, and where does one begin?"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output
from listener.cli.app import app
from listener.errors import ConfigError, EarshotError, PlatformError, Problem

if TYPE_CHECKING:
    from listener.settings import Settings


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("config")) -> None:
    """Write the starter configuration: four TOML files and sample mentions to try it on.

    Example: earshot init config
    """
    from listener import settings

    for path in settings.init(folder):
        output.write(f"wrote {path}")
    output.write('edit them, then run `earshot check`; `earshot try "TEXT"` shows what the policy would say')


@app.command()
def check(
    online: Annotated[bool, typer.Option("--online", help="Ask each platform who we are.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="With --online: put right there what can be.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Check configuration, secrets, wording, fact sheet and database; tell all faults at once.

    Example: EARSHOT_CONFIG=./config earshot check --online
    """
    if fix and not online:
        raise typer.BadParameter("--fix works at the platforms: add --online")
    problems, notes = _look()
    if online and not problems:
        _ask(problems, notes, fix=fix)
    if json:
        rows = [{"where": one.where, "what": one.what, "do": one.do} for one in problems]
        output.emit_json({"ok": not problems, "problems": rows, "notes": notes})
    else:
        _show(problems, notes)
    if problems:
        raise typer.Exit(1)


def _look() -> tuple[list[Problem], list[str]]:
    """All that can be seen without a network."""
    from listener import settings as rules

    found = _database()
    try:
        config = context.settings()
    except ConfigError as error:
        return error.problems + found, []
    found += rules.problems(config) + rules.secret_problems(config, rules.EnvSecrets(os.environ)) + _wording(config)
    return found, rules.notes(config, context.now().date()) + _library()


def _wording(config: "Settings") -> list[Problem]:
    from listener import wording

    return wording.problems(config.policy) + wording.saved_problems(config.policy)


def _database() -> list[Problem]:
    """The folder must take files, and the database, if there is one, must be ours and not newer than we are."""
    from listener.settings.environment import database_path
    from listener.store.engine import HEAD, version

    try:
        path = database_path(os.environ)
        found = version(path)
    except EarshotError as error:
        return [Problem("database", error.what, error.do)]
    if found is not None and found != HEAD:
        do = "run `earshot migrate`" if found < HEAD else "run the newer Earshot that wrote it"
        return [Problem(f"database {path}", f"has schema {found}, this version knows {HEAD}", do)]
    folder = next(one for one in [path.parent, *path.absolute().parent.parents] if one.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return [
            Problem(
                f"database {path}", f"the folder {folder} cannot be written", "change its owner, or set EARSHOT_DATA"
            )
        ]
    return []


def _library() -> list[str]:
    from listener.store.dialect import LIBRARY

    return [LIBRARY]


def _ask(problems: list[Problem], notes: list[str], *, fix: bool) -> None:
    """Connect to each platform and ask who we are; nothing is stored or charged. fix: mend there what can be."""
    from listener.cli import runtime

    config = context.settings()
    for one in config.platforms:
        try:
            platform = runtime.connect_platform(one, _Free())
            done = _mended(platform) if fix else ()
            account = platform.whoami()
        except (EarshotError, PlatformError) as error:
            do = getattr(error, "do", "") or "mend it, then check again"
            problems.append(Problem(f"[platforms.{one.name}]", getattr(error, "message", None) or str(error), do))
            continue
        notes.append(f"[platforms.{one.name}] we are @{account.handle} ({account.id})")
        notes.extend(f"[platforms.{one.name}] {message}" for message in (*account.remarks, *done))


def _mended(platform: object) -> tuple[str, ...]:
    from listener.model import Fixable

    return platform.fix() if isinstance(platform, Fixable) else ()


class _Free:
    """A meter for a question that costs nothing."""

    def reserve(self, usd: float, *, purpose: str) -> None:
        """Allow it."""

    def charge(self, call: str, resources: int, usd: float, *, key: str | None = None) -> None:
        """Keep nothing."""

    def charge_daily(self, call: str, units: Mapping[str, float]) -> None:
        """Keep nothing."""


def _show(problems: list[Problem], notes: list[str]) -> None:
    for problem in problems:
        output.print_error(f"earshot: {output.safe(problem)}")
    for note in notes:
        output.write(f"note: {output.safe(note)}")
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}" if problems else "all is well"
    output.write(count)
