"""What is done with the database as a whole: `migrate`, `backup`, `export`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output, progress
from listener.cli.app import app
from listener.cli.arguments import AsJson

if TYPE_CHECKING:
    from listener.place import Place


To = Annotated[
    str | None, typer.Option("--to", metavar="PLACE", help="Move everything to a new file, or to postgresql://...")
]


@app.command()
def migrate(to: To = None, json: AsJson = False) -> None:
    """Bring the database to this version's schema, or move it.

    A file is copied to `backups` beside it first. With --to every row is copied to a new database and compared; then
    the old one refuses to be written. Stop the daemon before.

    Example: earshot migrate
    """
    import os

    from listener.settings.environment import database_place
    from listener.store.database import database_at
    from listener.store.migrate import migrate as bring

    place = database_place(os.environ)
    with database_at(place).hold("migrate", context.now()):
        before, after = bring(place, context.now())
        if to is not None:
            _move(place, to, json)
            return
    if json:
        output.emit_json({"database": str(place), "before": before, "after": after})
    elif before == after:
        output.write(f"{place} has schema {after} already")
    else:
        output.write(f"{place}: schema {before or 'none'} -> {after}")


def _move(source: "Place", to: str, json: bool) -> None:
    """Move everything to a new place; the caller holds the lock. Raises ConfigError, StoreError."""
    from contextlib import closing

    from listener.settings.environment import parse_place
    from listener.store import moving
    from listener.store.engine import open_store, version
    from listener.store.migrate import migrate as bring
    from listener.store.tables import metadata

    target = parse_place(to, "--to")
    moving.require_new(target, version(target))
    bring(target, context.now())
    steps = progress.step("moving", len(metadata.tables))
    with closing(open_store(source)) as old, closing(open_store(target)) as new, steps as advance:
        rows = moving.move(old, new, advance)
    if json:
        output.emit_json({"from": str(source), "to": str(target), "rows": dict(rows)})
    else:
        output.write(f"{sum(rows.values()):,} rows of {len(rows)} tables are in {target}, compared with {source}")
        output.write("set EARSHOT_DATABASE_URL to it, for the daemon and for staff; the old one refuses to be written")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The new file.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Copy the database while it is in use, and check the copy.

    Example: earshot backup /backups/monday.db
    """
    from listener.upkeep.backup import backup as copy

    with context.store() as store, progress.watch_file(file, "copying", store.path):
        size = copy(store.path, file)
    if json:
        output.emit_json({"file": str(file), "bytes": size, "integrity": "ok"})
    else:
        output.write(f"{file}: {size:,} bytes, integrity ok")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write everything the database holds as JSON Lines and as CSV.

    A pair of files for each table and for the view `exchange`, all of one moment, while Earshot may be running. The
    files contain people's words: delete them when you are done, since `earshot forget` does not reach them.

    Example: earshot export /exports/november
    """
    from listener.store import contents
    from listener.upkeep.export import export as write

    with context.store() as store, progress.step("exporting", contents.count()) as advance:
        result = write(store, folder, context.version(), context.now(), advance)
    if json:
        output.emit_json({"folder": str(folder), **asdict(result)})
    else:
        rows = sum(result.rows.values())
        output.write(f"{folder}: {rows:,} rows of {len(result.rows)} tables, as JSON Lines and as CSV")
