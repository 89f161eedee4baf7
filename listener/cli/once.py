"""`once` runs each stage, in order, until nothing is left to do now."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import output, progress
from listener.cli.app import app

if TYPE_CHECKING:
    from listener.settings import Settings
    from listener.stage_results import RunSummary
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
    if count := totals.polled.quarantined + totals.routed.quarantined:
        items = "1 item was" if count == 1 else f"{count} items were"
        output.print_error(f"earshot: {items} quarantined; run `earshot quarantine`")
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
    from listener.cli import runtime
    from listener.stage_results import RunSummary

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
    from listener.stage_results import RunSummary

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
