"""`once` runs each stage, in order, until nothing is left to do now. `migrate` and `backup` are here too."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output, progress
from listener.cli.app import app

if TYPE_CHECKING:
    from listener.settings import Settings
    from listener.stages import RunSummary
    from listener.store.engine import Store

OPEN_NOTICE = 3


class Stage(StrEnum):
    """The stages, in their order."""

    poll = "poll"
    route = "route"
    send = "send"
    upkeep = "upkeep"


@app.command()
def once(
    stage: Annotated[Stage | None, typer.Option(help="Run this stage alone.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Poll, decide, send and tidy up once, for every platform that is on: for cron, or to try things out.

    Example: earshot once --stage send
    """
    import logging

    from listener.cli import logs, runtime
    from listener.store import notices

    logs.configure(level=logging.ERROR)
    config = runtime.ready()
    with runtime.locked("once") as store:
        totals = _run(config, store, tuple(Stage) if stage is None else (stage,))
        with store.read() as connection:
            opened = notices.list_open(connection)
    _show(totals, json)
    for name, message in totals.troubles.items():
        output.print_error(f"earshot: {name} could not be read: {output.safe(message)}")
    for name, message in totals.failures.items():
        output.print_error(f"earshot: {name} failed: {output.safe(message)}")
    if totals.troubles or totals.failures:
        raise typer.Exit(1)
    if opened:
        output.print_error(f"earshot: {len(opened)} open notice{'s'[: len(opened) > 1]}; run `earshot notices`")
        raise typer.Exit(OPEN_NOTICE)


def _run(config: "Settings", store: "Store", chosen: tuple[Stage, ...]) -> "RunSummary":
    """Run these stages in order; a terminal's stderr shows which one is at work, and its steps."""
    from listener.cli import progress, runtime
    from listener.stages import RunSummary

    def is_stopping() -> bool:
        advance()
        return False

    stages, done = runtime.stages(config, store, is_stopping), dict[Stage, RunSummary]()
    for stage in chosen:
        with progress.step(stage) as advance:
            done[stage] = stages.once(stage, polls_between=Stage.poll in chosen)
    if len(chosen) > 1:  # not where one stage is run on its own
        stages.notify_once()
        stages.send_digests()
        stages.deliver_all()
    return _add_up(done)


def _add_up(done: "Mapping[Stage, RunSummary]") -> "RunSummary":
    """Return what the stages did together; sending polls too, between two of its rounds."""
    from listener.stages import RunSummary

    total = RunSummary()
    for summary in done.values():
        total.polled.add(summary.polled)
        total.routed.add(summary.routed)
        total.troubles |= summary.troubles
        total.failures |= summary.failures
    total.sent = done[Stage.send].sent if Stage.send in done else total.sent
    return total


def counts(totals: "RunSummary") -> dict[str, object]:
    """Return the counts as `earshot once --json` prints them."""
    polled, routed, sent = totals.polled, totals.routed, totals.sent
    return {
        "polled": polled.polled,
        "stored": polled.stored,
        "skipped": polled.skipped,
        "quarantined": polled.quarantined + routed.quarantined,
        "drafted": routed.drafted,
        "escalated": routed.escalated,
        "ignored": routed.ignored,
        "sent": sent.sent,
        "held": dict(sent.held),
        "unconfirmed": sent.unconfirmed,
        "failed": sent.failed,
    }


def _show(totals: "RunSummary", json: bool) -> None:
    if json:
        output.emit_json(counts(totals))
        return
    output.write("  ".join(f"{name} {number}" for name, number in counts(totals).items() if name != "held"))
    if held := totals.sent.held:
        output.write("held: " + ", ".join(f"{number} by {reason}" for reason, number in held.items()))


@app.command()
def migrate(json: Annotated[bool, typer.Option("--json", help="Print the versions as JSON.")] = False) -> None:
    """Bring the database to this version's schema; a copy is made in `backups` beside it first.

    Example: earshot migrate
    """
    import os

    from listener.settings.environment import database_path
    from listener.store.lock import hold
    from listener.store.migrate import migrate as bring

    path = database_path(os.environ)
    with hold(path, "migrate", context.now()):
        before, after = bring(path, context.now())
    if json:
        output.emit_json({"database": str(path), "before": before, "after": after})
    elif before == after:
        output.write(f"{path} has schema {after} already")
    else:
        output.write(f"{path}: schema {before or 'none'} -> {after}")


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
