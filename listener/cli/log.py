"""The exchange log, the open notices, and quarantined items."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import After, As, AsJson, Limit, number_option
from listener.cli.lines import clock, place, wrap
from listener.errors import DeskError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.model import Json
    from listener.store.operation_records import Notice, Quarantined

Since = Annotated[
    str | None, typer.Option(metavar="T", help="Received since then: 2026-11-22, 2026-11-22T09:00Z, or an age: 7d, 2h.")
]
NOTICE_FIELDS = ("id", "kind", "platform", "since", "what", "do")
RAW_SHOWN = 200  # characters of a raw item
REQUEUED = "requeued; the next round decides it"
DISMISSED = "dismissed; raw text erased"


@app.command()
def log(
    since: Since = None,
    person: Annotated[str | None, typer.Option(metavar="HANDLE", help="Only this person's.")] = None,
    limit: Limit = 50,
    after: Annotated[
        str | None, typer.Option(metavar="PLATFORM:MENTION_ID", help="Continue after this mention.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line; always so where stdout is not a terminal.")
    ] = False,
) -> None:
    """List exchanges, oldest first.

    Each is a mention with its decision, the reply, who approved it, and the cost.

    Example: earshot log --since 7d --limit 0 > week.jsonl
    """
    from listener.store import exchange_log, people

    start = None if since is None else arguments.read_argument(lambda: times.moment(since, context.now()), "--since")
    last = None if after is None else arguments.read_mention(after)
    with context.store() as store, store.read() as connection:
        who = None if person is None else people.find_person(connection, person)
        key = None if last is None else _find_key(connection, last)
        number = limit or None
        rows = exchange_log.read_exchanges(connection, since=start, person=who, after=key, limit=number)
        output.emit_lines(rows) if json or not sys.stdout.isatty() else _print_exchanges(rows)


def _find_key(connection: "Connection", name: tuple[str, str]) -> int:
    """Return a mention's key. Raises DeskError."""
    from listener.store import mentions

    key = mentions.locate(connection, *name)
    if key is None:
        raise DeskError(f"there is no mention {':'.join(name)}", "give --after the last mention of the page before")
    return key


def _print_exchanges(rows: "Iterable[Json]") -> None:
    """Print each mention, and under it what followed. Rich would take seconds for a long log."""
    from listener.cli import render

    line = render.Liner()
    for row in rows:
        author = output.safe(f"@{row['author']}")
        output.write(line((f"{_time(row['seen_at'])}  ", "dim"), (author, "bold"), (f"  {row['mention_text']}", "")))
        output.write(line((f"    {_summary(row)}", "dim")))
        if row["reply_text"] and row["state"] == "sent":
            output.write(line((f"    → {row['reply_text']}", "green")))


def _time(value: datetime | None) -> str:
    return clock(value) if value else "-"


def _summary(row: "Json") -> str:
    score = "" if row["compound"] is None else f"{row['compound']:+.2f} "
    kind = f" {row['kind']}" if row["kind"] else ""
    decided = f"{row['decision'] or 'undecided'}{kind} by {row['rule'] or '-'}"
    reply = f" · reply {row['reply_id']} {row['state']}" if row["reply_id"] else ""
    by = f" by {row['approved_by']}" if row["approved_by"] else ""
    cost = f" · {row['cost_usd']:.3f} USD" if row["cost_usd"] else ""
    return f"{row['platform']}:{row['mention_id']} · {score}{decided}{reply}{by}{cost}"


@app.command()
def notices(
    clear: Annotated[int | None, number_option("Clear this gap: you have dealt with it.")] = None,
    limit: Limit = 50,
    after: After = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List what an operator must know, and what to do about it.

    Gaps are cleared by hand, all other notices when their cause ends.

    Example: earshot notices --clear 3
    """
    from listener.store import notices as stored

    if clear is not None:
        _clear(clear, name, json)
        return
    with context.store() as store, store.read() as connection:
        opened = [notice for notice in stored.list_open(connection) if after is None or notice.id > after]
    page = opened[: limit or None]
    if json:
        output.emit_json([{field: getattr(notice, field) for field in NOTICE_FIELDS} for notice in page])
    else:
        for line in _notice_lines(page):
            output.write(wrap(line, 8))


def _clear(number: int, name: str | None, json: bool) -> None:
    from listener.cli import emergency
    from listener.desk import control

    with context.store() as store:
        desk = context.desk(emergency.settings(store), name)
        cleared = control.clear(store, desk, number)
    output.emit_json(cleared) if json else output.write(f"notice {number} cleared")


def _notice_lines(notices: "Sequence[Notice]") -> Iterator[str]:
    for notice in notices:
        yield f"{notice.id:>4}  {notice.kind} {output.safe(place(notice.platform))}, since {_time(notice.since)}"
        yield f"      {output.safe(notice.what)}"
        yield f"      → {output.safe(notice.do)}"
    if not notices:
        yield "No notice is open."


@app.command()
def quarantine(
    retry: Annotated[int | None, number_option("Requeue this item.")] = None,
    dismiss: Annotated[int | None, number_option("Close this item and erase its raw text.")] = None,
    limit: Limit = 50,
    after: After = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List items that could not be read or decided.

    All other mentions went on without them.

    Examples: earshot quarantine --retry 3   earshot quarantine --dismiss 4
    """
    from listener.desk import control
    from listener.store import notices as stored

    with context.store() as store:
        for number, act, message in ((retry, control.requeue, REQUEUED), (dismiss, control.dismiss, DISMISSED)):
            if number is not None:
                done = act(store, context.desk(context.settings(), name), number)
                line = output.safe(f"{done.platform}:{done.mention_id} {message}")
                output.emit_json(done) if json else output.write(line)
                return
        with store.read() as connection:
            items = stored.quarantined_items(connection, limit or None, after)
    output.emit_json([asdict(item) for item in items]) if json else _print_items(items)


def _print_items(items: "Sequence[Quarantined]") -> None:
    for line in _item_lines(items):
        output.write(wrap(line, 6))


def _item_lines(items: "Sequence[Quarantined]") -> Iterator[str]:
    for item in items:
        yield output.safe(f"{item.id:>4}  {item.platform}:{item.mention_id}, at stage {item.stage}, {_time(item.at)}")
        yield f"      {output.safe(item.error)}"
        yield f"      {output.safe(item.raw[:RAW_SHOWN])}"
    if items:
        yield "Stage route: `earshot quarantine --retry ID` requeues the item. Stage poll: correct it at its source."
        yield "`earshot quarantine --dismiss ID` closes an item that needs nothing."
    else:
        yield "No item is quarantined."
