"""The exchange log, the open notices, and what was set aside."""

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Limit
from listener.errors import DeskError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.model import Json

Since = Annotated[
    str | None, typer.Option(metavar="T", help="Read since then: 2026-11-22, 2026-11-22T09:00Z, or an age: 7d, 2h.")
]
PUT_BACK = "is in the line again; the next round decides it"
DISMISSED = "is done with, and its raw text erased"


@app.command()
def log(
    since: Since = None,
    person: Annotated[str | None, typer.Option(metavar="HANDLE", help="Only this person's.")] = None,
    limit: Limit = 50,
    after: Annotated[str | None, typer.Option(metavar="PLATFORM:MENTION_ID", help="Go on after this one.")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line; always so where stdout is no terminal.")
    ] = False,
) -> None:
    """List exchanges, oldest first: what was said, what was decided, what was answered, by whom, for how much.

    Example: earshot log --since 7d --limit 0 > week.jsonl
    """
    from listener.store import exchange_log, people

    start = None if since is None else arguments.usage(lambda: times.moment(since, context.now()), "--since")
    border = None if after is None else arguments.mention(after)
    with context.store() as store, store.read() as connection:
        rows = exchange_log.exchanges(
            connection,
            since=start,
            person=None if person is None else people.find(connection, person),
            after=None if border is None else _key(connection, border),
            limit=output.parse_limit(limit),
        )
        if json or not sys.stdout.isatty():
            output.emit_lines(rows)
        else:
            _lines(rows)


def _key(connection: "Connection", border: tuple[str, str]) -> int:
    from listener.store import mentions

    key = mentions.locate(connection, *border)
    if key is None:
        raise DeskError(f"there is no mention {':'.join(border)}", "--after takes the last one of the page before")
    return key


def _lines(rows: "Iterable[Json]") -> None:
    """For a terminal: what was said, and under it what became of it. Printed by Rich, a long log would take seconds."""
    from listener.cli import render

    line = render.Liner()
    for row in rows:
        author = output.safe(f"@{row['author']}")
        output.write(line((f"{_time(row['seen_at'])}  ", "dim"), (author, "bold"), (f"  {row['mention_text']}", "")))
        output.write(line((f"    {_became(row)}", "dim")))
        if row["reply_text"] and row["state"] == "sent":
            output.write(line((f"    → {row['reply_text']}", "green")))


def _time(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else "-"


def _became(row: "Json") -> str:
    score = "" if row["compound"] is None else f"{row['compound']:+.2f} "
    kind = f" {row['kind']}" if row["kind"] else ""
    decided = f"{row['decision'] or 'undecided'}{kind} by {row['rule'] or '-'}"
    reply = f" · reply {row['reply_id']} {row['state']}" if row["reply_id"] else ""
    by = f" by {row['approved_by']}" if row["approved_by"] else ""
    cost = f" · {row['cost_usd']:.3f} USD" if row["cost_usd"] else ""
    return f"{row['platform']}:{row['mention_id']} · {score}{decided}{reply}{by}{cost}"


@app.command()
def notices(
    clear: Annotated[int | None, typer.Option(metavar="ID", help="You have dealt with this gap.")] = None,
    limit: Limit = 50,
    after: Annotated[int | None, typer.Option(metavar="ID", help="Go on after this one.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List what an operator must know, and what to do about it. Gaps are cleared by hand, the others by their cause.

    Example: earshot notices --clear 3
    """
    from listener.desk import control
    from listener.store import notices as kept

    with context.store() as store:
        if clear is not None:
            done = control.clear(store, context.desk(context.settings(), name), min(clear, arguments.LARGEST))
            output.emit_json(done) if json else output.write(f"notice {clear} is cleared")
            return
        with store.read() as connection:
            opened = [one for one in kept.opened(connection) if after is None or one.id > after]
    fields = ("id", "kind", "platform", "since", "what", "do")
    found = [{field: getattr(one, field) for field in fields} for one in opened[: output.parse_limit(limit)]]
    output.emit_json(found) if json else _notices(found)


def _notices(found: "list[Json]") -> None:
    for one in found:
        where = "everywhere" if one["platform"] == "*" else f"on {output.safe(one['platform'])}"
        output.write(f"{one['id']:>4}  {one['kind']} {where}, since {one['since']:%Y-%m-%d %H:%M} UTC")
        output.write(f"      {output.safe(one['what'])}")
        output.write(f"      → {output.safe(one['do'])}")
    if not found:
        output.write("No notice is open.")


@app.command()
def quarantine(
    retry: Annotated[int | None, typer.Option(metavar="ID", help="Put this one back into the line.")] = None,
    dismiss: Annotated[int | None, typer.Option(metavar="ID", help="Done with: erase its raw text.")] = None,
    limit: Limit = 50,
    after: Annotated[int | None, typer.Option(metavar="ID", help="Go on after this one.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List mentions that could not be read or decided; the others went on without them.

    Examples: earshot quarantine --retry 3   earshot quarantine --dismiss 4
    """
    from listener.desk import control
    from listener.store import notices as kept

    with context.store() as store:
        for given, work, message in ((retry, control.requeue, PUT_BACK), (dismiss, control.dismiss, DISMISSED)):
            if given is not None:
                done = work(store, context.desk(context.settings(), name), min(given, arguments.LARGEST))
                told = f"{done['platform']}:{done['mention_id']} {message}"
                output.emit_json(done) if json else output.write(output.safe(told))
                return
        with store.read() as connection:
            items = kept.quarantined_items(connection, output.parse_limit(limit), after)
    fields = ("id", "platform", "mention_id", "stage", "error", "raw", "at")
    found = [{field: getattr(one, field) for field in fields} for one in items]
    output.emit_json(found) if json else _quarantine_table(found)


def _quarantine_table(found: "list[Json]") -> None:
    for one in found:
        where = f"{one['platform']}:{one['mention_id']}"
        output.write(output.safe(f"{one['id']:>4}  {where}, at {one['stage']}, {one['at']:%Y-%m-%d %H:%M} UTC"))
        output.write(f"      {output.safe(one['error'])}")
        output.write(f"      {output.safe(one['raw'][:200])}")
    if found:
        output.write(
            "earshot quarantine --retry ID puts one of stage route back; one of stage poll is mended at its source;\n"
            "--dismiss ID is for what needs nothing more"
        )
    else:
        output.write("Nothing is set aside.")
