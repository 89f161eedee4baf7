"""`init` and `check`: write a first configuration, and validate the one that is there."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output
from listener.cli.app import app
from listener.cli.arguments import AsJson
from listener.errors import ConfigError, EarshotError, PlatformError, Problem
from listener.protocols import PageBooking

if TYPE_CHECKING:
    from listener.protocols import Platform
    from listener.settings import Settings


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The folder to write to.")] = Path("config")) -> None:
    """Write the starter configuration and sample mentions.

    A folder that has the TOML files already is left as it is.

    Example: earshot init config
    """
    from listener import settings

    if all((folder / name).exists() for name in settings.FILES):
        output.write(f"{folder} has {', '.join(settings.FILES)} already; nothing to do")
    else:
        for path in settings.init(folder):
            output.write(f"wrote {path}")
    output.write('Next: edit the files, run `earshot check`, then `earshot try "TEXT"` to see what the policy does.')


@app.command()
def check(
    online: Annotated[bool, typer.Option("--online", help="Also ask each platform which account this is.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="With --online: repair on the platform what can be.")] = False,
    json: AsJson = False,
) -> None:
    """List every problem of configuration, secrets and database.

    Example: earshot check --online
    """
    if fix and not online:
        raise typer.BadParameter("--fix changes the account on the platform; add --online")
    problems, notes = _check_offline()
    if online and not problems:
        _check_online(problems, notes, fix=fix)
    if json:
        rows = [{"where": problem.where, "what": problem.what, "do": problem.do} for problem in problems]
        output.emit_json({"ok": not problems, "problems": rows, "notes": notes})
    else:
        _print(problems, notes)
    if problems:
        raise typer.Exit(1)


def _check_offline() -> tuple[list[Problem], list[str]]:
    """Return the problems and notes that need no network to find."""
    from listener import settings as rules

    problems = list(_database_problems())
    try:
        config = context.settings()
    except ConfigError as error:
        return error.problems + problems, []
    problems += rules.problems(config) + rules.secret_problems(config, rules.EnvSecrets(os.environ))
    wrong, notes = _wording(config)
    return problems + wrong, [*rules.notes(config, context.now().date()), *notes, *_library()]


def _wording(config: "Settings") -> tuple[list[Problem], list[str]]:
    """Return the problems of the wording, and notes on one that has none."""
    from listener import wording_check

    problems = wording_check.wording_problems(config.policy) + wording_check.saved_reply_problems(config.policy)
    return problems, [] if problems else wording_check.private_wording_notes(config.policy)


def _library() -> list[str]:
    """Return a note on the version of the database's program; nothing where it cannot be asked."""
    from listener.settings.environment import database_place
    from listener.store.database import database_at

    try:
        return [database_at(database_place(os.environ)).library]
    except EarshotError:  # a problem of its own
        return []


def _database_problems() -> Iterator[Problem]:
    """Check that the database, if there is one, is Earshot's and current, and that the folder of a file is writable."""
    from listener.settings.environment import database_place
    from listener.store.engine import HEAD, version

    try:
        place = database_place(os.environ)
        schema = version(place)
    except EarshotError as error:
        yield Problem("database", error.what, error.do)
        return
    if schema is None and not isinstance(place, Path):
        yield Problem(f"database {place}", "has no tables of Earshot's yet", "run `earshot migrate`")
    if schema is not None and schema != HEAD:
        do = "run `earshot migrate`" if schema < HEAD else "run the newer Earshot that wrote it"
        yield Problem(f"database {place}", f"has schema {schema}, this version needs {HEAD}", do)
    elif isinstance(place, Path):
        yield from _folder_problems(place)


def _folder_problems(path: Path) -> Iterator[Problem]:
    folder = next(parent for parent in [path.parent, *path.absolute().parent.parents] if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        what = f"the folder {folder} is not writable"
        yield Problem(f"database {path}", what, "change its owner, or set EARSHOT_DATA to another folder")


def _check_online(problems: list[Problem], notes: list[str], *, fix: bool) -> None:
    """Connect to each platform and ask for our account; store and charge nothing. fix: repair what can be."""
    from listener.cli import runtime

    config = context.settings()
    runtime.take_way_out(config)
    for entry in config.platforms:
        where = f"[platforms.{entry.name}]"
        try:
            platform = runtime.connect_platform(entry, FreeMeter())
            repairs = _fix(platform) if fix else ()
            account = platform.whoami()
        except (EarshotError, PlatformError) as error:
            do = getattr(error, "do", "") or "fix that, then run `earshot check --online` again"
            problems.append(Problem(where, getattr(error, "message", None) or str(error), do))
            continue
        problems.extend(Problem(where, *problem) for problem in account.problems)
        notes.append(f"{where} we are @{account.handle} ({account.id})")
        notes.extend(f"{where} {message}" for message in (*account.remarks, *repairs))
    _test_channels(config, problems, notes)


def _test_channels(config: "Settings", problems: list[Problem], notes: list[str]) -> None:
    """Send each channel of alerts a test message."""
    if not config.alerts.channels:
        return
    from listener.alerts.channels import AppriseChannels
    from listener.errors import NotSent
    from listener.settings import EnvSecrets

    channels = AppriseChannels(EnvSecrets(os.environ))
    for channel in config.alerts.channels:
        where = f"[[alerts.channels]] {channel.name}"
        try:
            channels.notify(channel, "Earshot: a test message", "Alerts reach this channel.")
        except NotSent as error:
            problems.append(Problem(where, f"took no test message: {error.message}", error.do))
        else:
            notes.append(f"{where} took a test message")


def _fix(platform: "Platform") -> tuple[str, ...]:
    from listener.capabilities import Fixable

    return platform.fix() if isinstance(platform, Fixable) else ()


class FreeMeter:
    """A meter for a question that costs nothing."""

    def reserve(self, usd: float, *, purpose: str) -> None:
        """Allow it."""

    def charge(self, call: str, resources: int, usd: float, *, key: str | None = None) -> None:
        """Record nothing."""

    def lost_at(self, feed: str) -> None:
        """Know of no page."""

    def book_page(self, call: str, feed: str, size: int, price: float, *, purpose: str) -> PageBooking:
        """Allow it."""
        return PageBooking(feed, call, context.now(), size)

    def settle_page(self, page: PageBooking, units: Mapping[str, float] | None, *, is_last: bool = False) -> None:
        """Record nothing."""


def _print(problems: list[Problem], notes: list[str]) -> None:
    for problem in problems:
        output.print_error(f"earshot: {output.safe(problem)}")
    for note in notes:
        output.write(f"note: {output.safe(note)}")
    output.write(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}" if problems else "no problems")
