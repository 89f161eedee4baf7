"""`status`: is everything well, and what is to be done? For an operator at 3 a.m."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli import context, output, times
from listener.cli.app import app

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.model import Json
    from listener.settings import Settings
    from listener.store.records import PlatformState

OPEN_NOTICE = 3
LATE = 3  # intervals without an attempt


@app.command()
def status(json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False) -> None:
    """Show listening, the queue, spending, pauses, opt-outs and open notices; exit code 3 when a notice is open.

    Example: earshot status --json
    """
    config = context.settings()
    with context.store() as store, store.read() as connection:
        found = gather(connection, config, context.now())
        opened = _notices(connection)
    if json:
        output.emit_json(found)
    else:
        _show(found, opened, context.now())
    if opened:
        raise typer.Exit(OPEN_NOTICE)


@app.command()
def health() -> None:
    """Tell whether somebody is listening: exit code 0, or 1 when no poll has ended for three intervals.

    Example: earshot health || docker restart earshot
    """
    import os

    from listener.cli.health import health as look

    raise typer.Exit(look(os.environ))


def gather(connection: "Connection", config: "Settings", now: datetime) -> "Json":
    """The figures of CONTRACT.md's `status`, and the pauses and opt-outs in force."""
    from listener.desk import autonomy
    from listener.store import exchange_log, notices, people, platforms, replies

    gaps, pauses = notices.gap_counts(connection), platforms.pauses(connection, now)
    stopped = {one.scope for one in pauses}
    states = platforms.states(connection)
    oldest = exchange_log.oldest_waiting(connection)
    return {
        "platforms": [_platform(one, gaps.get(one.name, 0), stopped, now) for one in states],
        "queue": replies.counts(connection),
        "undecided": exchange_log.undecided(connection),
        "oldest_seconds": None if oldest is None else round((now - oldest).total_seconds()),
        "notices": len(notices.opened(connection)),
        "spend": {one.name: _spend(connection, config, one.name, now) for one in states},
        "autonomy": {
            one.kind: autonomy.progress(connection, config.policy, one.kind) for one in config.policy.responders
        },
        "paused": [
            {"scope": one.scope, "since": one.since, "until": one.until, "reason": one.reason, "by": one.by}
            for one in pauses
        ],
        "opted_out": [
            {"platform": one.platform, "author_id": one.author_id, "at": one.at, "by": one.by}
            for one in people.opt_outs(connection)
        ],
    }


def _platform(state: "PlatformState", gaps: int, stopped: set[str], now: datetime) -> "Json":
    return {
        "name": state.name,
        "state": _word(state, stopped, now),
        "last_poll": state.attempt_at,
        "last_success": state.ok_at,
        "last_error": state.error or state.send_error,
        "do": state.error_do,
        "gaps": gaps,
    }


def _word(state: "PlatformState", stopped: set[str], now: datetime) -> str:
    if state.attempt_at is None:
        return "never polled"
    if state.failures:
        return "failing"
    if stopped & {"*", state.name}:
        return "paused"
    if (now - state.attempt_at).total_seconds() > LATE * state.poll_seconds:
        return "stalled"
    return "listening"


def _spend(connection: "Connection", config: "Settings", name: str, now: datetime) -> "Json":
    from listener.store import ledger

    section = config.platform(name)
    budget = getattr(section.section, "daily_budget_usd", None) if section else None
    costs = {"reply_usd": False, "link_reply_usd": True} if section else {}
    return {
        "today_usd": round(ledger.spent(connection, name, ledger.day(now)), 4),
        "month_usd": round(ledger.spent(connection, name, ledger.month(now)), 4),
        "budget_usd": budget if isinstance(budget, int | float) else None,
        **{key: section.section.reply_usd(link=link) for key, link in costs.items() if section},
    }


def _costs(spend: "Json") -> list[str]:
    """What was spent, and what a reply costs; nothing where nothing costs anything."""
    if not spend["month_usd"] and not spend.get("reply_usd"):
        return []
    limit = "no limit" if spend["budget_usd"] is None else f"{spend['budget_usd']:.2f}"
    lines = [f"{spend['today_usd']:.3f} USD today of {limit}, {spend['month_usd']:.3f} this month"]
    if spend.get("reply_usd"):
        lines[0] += f"; a reply {spend['reply_usd']:.3f}, with a link {spend['link_reply_usd']:.3f} reserved"
    return lines


def _notices(connection: "Connection") -> list[Any]:
    from listener.store import notices

    return notices.opened(connection)


def _show(found: "Json", opened: list[Any], now: datetime) -> None:
    from listener.cli import render

    for one in found["platforms"]:
        gaps = f"; {one['gaps']} gaps" if one["gaps"] else ""
        output.write(f"{one['name']:<10} {one['state']}, last poll {times.ago(one['last_poll'], now)}{gaps}")
        for line in _costs(found["spend"][one["name"]]):
            output.write(f"           {line}")
        if one["last_error"]:
            output.write(f"           {output.safe(one['last_error'])}" + (f"; {one['do']}" if one["do"] else ""))
    if not found["platforms"]:
        output.write("no platform has been polled yet: `earshot run` or `earshot once` begins")
    queue = ", ".join(f"{number} {state}" for state, number in sorted(found["queue"].items())) or "empty"
    oldest = (
        f"; the oldest waits {times.compact_duration(found['oldest_seconds'])}"
        if found["oldest_seconds"] is not None
        else ""
    )
    output.write(
        f"queue      {queue}{oldest}" + (f"; {found['undecided']} mentions undecided" if found["undecided"] else "")
    )
    for one in found["paused"]:
        where = "everywhere" if one["scope"] == "*" else f"on {one['scope']}"
        until = f" until {output.iso(one['until'])}" if one["until"] else ""
        reason = output.safe(one["reason"] or "no reason given")
        output.write(f"paused     {where} by {one['by']}{until}: {reason}; `earshot resume` ends it")
    for kind, one in found["autonomy"].items():
        if one["reviewed"] or one["auto"] == "earned":
            output.write(output.safe(f"by itself  {kind} (auto {one['auto']}): {render.progress(one)}"))
    if found["opted_out"]:
        names = ", ".join(f"{one['platform']}:{one['author_id']}" for one in found["opted_out"][:10])
        output.write(f"opted out  {len(found['opted_out'])}: {output.safe(names)}")
    for notice in opened:
        output.write(f"notice {notice.id:<3} [{notice.kind}] {output.safe(notice.what)}; {output.safe(notice.do)}")
