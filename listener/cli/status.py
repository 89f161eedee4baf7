"""`status`: is everything working, and what to do if not? For an operator in a hurry."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from listener.cli import context, daemon_status, output, reader_status, times
from listener.cli.app import app
from listener.cli.arguments import AsJson
from listener.cli.lines import clock, place, wrap
from listener.cli.spend import PlatformSpend, read_spend
from listener.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.alerts.causes import Cause
    from listener.cli.standing import PlatformStatus, StageStatus, Unsent
    from listener.desk.autonomy_views import Progress
    from listener.settings import Settings
    from listener.store.operation_records import NamedOptOut, Notice, Pause, PlatformState

OPEN_NOTICE = 3  # exit code
OPTOUTS_SHOWN = 10
CAUSES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Status:
    """What `earshot status --json` prints. undecided: mentions that wait for a decision.

    alerts: what people are notified of besides the open notices; unsent: what waits for channels and webhooks.
    remarks: platform -> what it says of itself; daemons: those that share a server.

    problems: what keeps Earshot from working, apart from notices: a broken configuration, nothing that runs.
    """

    problems: list[Problem]
    daemons: list[daemon_status.DaemonStatus]
    platforms: "list[PlatformStatus]"
    queue: dict[str, int]
    announcements: dict[str, int]
    applause: dict[str, int]
    undecided: int
    oldest_seconds: int | None
    notices: int
    spend: dict[str, PlatformSpend]
    stages: "dict[str, StageStatus]"
    autonomy: "dict[str, Progress]"
    reader: reader_status.ReaderStatus
    remarks: dict[str, list[str]]
    paused: "list[Pause]"
    opted_out: "list[NamedOptOut]"
    alerts: "list[Cause]"
    unsent: "list[Unsent]"


@app.command()
def status(json: AsJson = False) -> None:
    """Show whether everything works, and what to do if not.

    Listening, the queue, spending, pauses, opt-outs, what alerts are about and open notices. Exit code 3 means that a
    notice is open, that nothing runs, or that the configuration is broken.

    Example: earshot status --json
    """
    from listener.cli import emergency, liveness
    from listener.store import notices

    with context.store() as store:
        config, problems = emergency.load(store)
        with store.read() as connection:
            opened = notices.list_open(connection)
            stopped = list(liveness.problems(connection, store, context.now()))
            daemons = daemon_status.read_daemons(store)
            gathered = gather(connection, config, problems + stopped, daemons, context.now(), is_stopped=bool(stopped))
    if json:
        output.emit_json(asdict(gathered))
    else:
        for line in (*_lines(gathered, context.now()), *_notice_lines(opened)):
            output.write(wrap(line))
    if opened or gathered.problems:
        raise typer.Exit(OPEN_NOTICE)


@app.command()
def health() -> None:
    """Check that every platform is polled: exit code 0, else 1.

    It is 1 when no poll has ended for three intervals.

    Example: earshot health || docker restart earshot
    """
    import os

    from listener.cli.health import check_health

    raise typer.Exit(check_health(os.environ))


def gather(
    connection: "Connection",
    config: "Settings",
    problems: list[Problem],
    daemons: list[daemon_status.DaemonStatus],
    now: datetime,
    *,
    is_stopped: bool,
) -> Status:
    """Read what `earshot status` shows: platforms, queue, spending, notices, and the pauses and opt-outs in force.

    is_stopped: nobody polls any more.
    """
    from listener.cli import standing
    from listener.desk import autonomy
    from listener.store import acts, exchange_log, notices, people, platforms, postings, replies

    pauses, states = platforms.list_pauses(connection, now), platforms.list_states(connection)
    oldest = exchange_log.oldest_waiting(connection)
    return Status(
        problems=problems,
        daemons=daemons,
        platforms=standing.platforms(connection, states, {pause.scope for pause in pauses}, now, is_stopped=is_stopped),
        queue=replies.count_by_state(connection),
        announcements=postings.count_by_state(connection),
        applause=acts.count_by_state(connection),
        undecided=exchange_log.count_undecided(connection),
        oldest_seconds=None if oldest is None else round((now - oldest).total_seconds()),
        notices=len(notices.list_open(connection)),
        stages=standing.stages(connection, [state.name for state in states], now),
        spend={state.name: read_spend(connection, config, state.name, now) for state in states},
        remarks={state.name: _remarks(config, state, now) for state in states},
        autonomy={
            responder.kind: autonomy.progress(connection, config.policy, responder.kind)
            for responder in config.policy.responders
        },
        reader=reader_status.read_status(connection, config),
        paused=list(pauses),
        opted_out=list(people.opt_outs(connection)),
        alerts=_causes(connection, config, now),
        unsent=standing.unsent(connection),
    )


def _remarks(config: "Settings", state: "PlatformState", now: datetime) -> list[str]:
    entry = config.platform(state.name)
    return entry.section.status_lines(state.cursor, now) if entry else []


def _causes(connection: "Connection", config: "Settings", now: datetime) -> "list[Cause]":
    """Return what people are notified of besides the open notices."""
    import os

    from listener.alerts.causes import Watch, find_other_causes
    from listener.settings import data_folder

    budgets = {platform.name: platform.section.budget for platform in config.platforms}
    watch = Watch(config.alerts, config.policy, budgets, data_folder(os.environ))
    return find_other_causes(connection, watch, now)


def _lines(gathered: Status, now: datetime) -> Iterator[str]:
    """Yield the screen line by line, each made safe."""
    for problem in gathered.problems:
        yield output.safe(f"problem    {problem}")
    yield from daemon_status.lines(gathered.daemons, now)
    for platform in gathered.platforms:
        yield from _platform_lines(platform, gathered.spend[platform.name], now)
        yield from (output.safe(f"           {remark}") for remark in gathered.remarks[platform.name])
    if not gathered.platforms:
        yield "No platform has been polled yet."
    for name, stage in gathered.stages.items():
        if stage.error:
            yield output.safe(f"stage      {name} {stage.describe()}")
    yield _queue_line(gathered)
    for label, counts in (("announced", gathered.announcements), ("applauded", gathered.applause)):
        if counts:
            yield f"{label}  {', '.join(f'{count} {state}' for state, count in sorted(counts.items()))}"
    for pause in gathered.paused:
        until = f" until {clock(pause.until)}" if pause.until else ""
        reason = f": {pause.reason}" if pause.reason else ""
        yield output.safe(f"paused     {place(pause.scope)} by {pause.by}{until}{reason}; `earshot resume` ends it")
    yield from _autonomy_lines(gathered.autonomy)
    yield from reader_status.lines(gathered.reader)
    yield from _alert_lines(gathered)
    if gathered.opted_out:
        shown = gathered.opted_out[:OPTOUTS_SHOWN]
        names = ", ".join(f"{optout.platform}:{optout.handle or optout.author_id}" for optout in shown)
        more = ", …" if len(gathered.opted_out) > OPTOUTS_SHOWN else ""
        yield output.safe(f"opted out  {len(gathered.opted_out)}: {names}{more}")


def _alert_lines(gathered: Status) -> Iterator[str]:
    """Yield what people are notified of, and what did not reach them yet."""
    for cause in gathered.alerts[:CAUSES_SHOWN]:
        yield output.safe(f"alert      [{cause.kind}] {cause.what}; {cause.do}")
    if len(gathered.alerts) > CAUSES_SHOWN:
        yield f"alert      and {len(gathered.alerts) - CAUSES_SHOWN} more: `earshot queue`"
    for waiting in gathered.unsent:
        yield output.safe(f"unsent     {waiting.describe()}")


def _platform_lines(platform: "PlatformStatus", spend: PlatformSpend, now: datetime) -> Iterator[str]:
    gaps = f"; {platform.gaps} gap{'' if platform.gaps == 1 else 's'}" if platform.gaps else ""
    yield f"{platform.name:<10} {platform.state}, last poll {times.ago(platform.last_poll, now)}{gaps}"
    if spend.month_usd or spend.reply_usd:
        limit = "no limit" if spend.budget_usd is None else f"{spend.budget_usd:.2f}"
        yield f"           {spend.today_usd:.3f} USD today of {limit}, {spend.month_usd:.3f} this month"
    if spend.reply_usd:
        yield f"           a reply costs {spend.reply_usd:.3f} USD, with a link {spend.link_reply_usd:.3f} are reserved"
    shared = [feed for feed in platform.feeds if feed.error == platform.last_error]
    concerns_all = len(shared) == len(platform.feeds)
    if platform.last_error and (concerns_all or not shared):
        yield output.safe(f"           {platform.last_error}" + (f"; {platform.do}" if platform.do else ""))
    for feed in platform.feeds:
        if feed.error and not (concerns_all and feed in shared):
            yield output.safe(f"           {feed.name} {feed.describe()}")


def _queue_line(gathered: Status) -> str:
    queue = ", ".join(f"{number} {state}" for state, number in sorted(gathered.queue.items())) or "empty"
    seconds = gathered.oldest_seconds
    oldest = "" if seconds is None else f"; the oldest has waited {times.compact_duration(seconds)}"
    return f"queue      {queue}{oldest}" + (f"; {gathered.undecided} mentions undecided" if gathered.undecided else "")


def _autonomy_lines(autonomy: "Mapping[str, Progress]") -> Iterator[str]:
    from listener.cli import render

    for kind, progress in autonomy.items():
        if progress.reviewed or progress.auto == "earned":
            yield output.safe(f"auto-send  {kind} (auto {progress.auto}): {render.progress(progress)}")


def _notice_lines(opened: "list[Notice]") -> Iterator[str]:
    for notice in opened:
        yield output.safe(f"notice {notice.id:<3} [{notice.kind}] {notice.what}; {notice.do}")
