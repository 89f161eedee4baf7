"""`replay`: what another policy would have decided on what is stored."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import AsJson, Limit

if TYPE_CHECKING:
    from listener.analysis.replay import PolicyRunner, Replayed
    from listener.model import Json
    from listener.policy import Policy


@app.command()
def replay(
    policy: Annotated[
        Path, typer.Option(metavar="DIR", help="A folder with another policy.toml, factsheet.toml, replies.toml.")
    ],
    since: Annotated[
        str | None, typer.Option(metavar="T", help="Decided since then: 2026-11-22, 2026-11-22T09:00Z, or an age: 7d.")
    ] = None,
    limit: Limit = 50,
    json: AsJson = False,
) -> None:
    """Show which past decisions another policy would change, before and after; changes nothing.

    Example: earshot replay --policy config-new --since 30d
    """
    from listener import settings as rules
    from listener.analysis import replay as analysis

    start = None if since is None else arguments.usage(lambda: times.moment(since, context.now()), "--since")
    other, notes = rules.load_policy(policy)
    for note in notes:
        output.print_error(f"earshot: {note}")
    preview = context.previews(context.settings())

    def judge(told: "Policy") -> "PolicyRunner":
        return analysis.PolicyRunner(told, rules.load_responders(told), preview)

    def of_texts(texts: Mapping[str, str]) -> "PolicyRunner":
        return judge(rules.read_policy(texts))

    with context.store() as store:
        found = analysis.replay(store, of_texts, judge(other), start, output.parse_limit(limit))
    _show(found, json)


def _show(found: "Replayed", json: bool) -> None:
    total = sum(found.changes.values())
    if json:
        output.emit_json(found.rows)
    else:
        from listener.cli import render

        render.show(*_parts(found, total))
    if len(found.rows) < total:
        output.print_error(f"earshot: the first {len(found.rows)} of {total} changes are shown; --limit 0 shows all")
    if found.erased:
        output.print_error(
            f"earshot: of {found.erased} of {found.read} the words were erased: they cannot be decided again"
        )
    if found.unreadable:
        output.print_error(
            f"earshot: {found.unreadable} of {found.read} were decided by a policy that cannot be read any more"
        )


def _parts(found: "Replayed", total: int) -> Iterator[Any]:
    from rich.text import Text

    for row in found.rows:
        yield from _row(row)
    decisions = "1 decision" if found.read == 1 else f"{found.read} decisions"
    yield Text(f"{decisions} looked at, {total or 'none'} would change" + (":" if total else ""), "bold")
    for change, number in found.changes.most_common():
        yield Text(f"  {number:>6}  {change}")
    if found.by_program:
        message = (
            f"{found.by_program} are decided otherwise by this version of Earshot, whatever the policy: not counted"
        )
        yield Text(message, "dim")


def _row(row: "Json") -> Iterator[Any]:
    from rich.padding import Padding
    from rich.text import Text

    from listener.cli import render
    from listener.cli.detail import Quoted

    head = f"{row['platform']}:{row['mention_id']} · @{row['author']} · {render.moment(row['at'])} · "
    yield Text.assemble((output.safe(head), "dim"), (row["change"], "bold"))
    yield Padding(Quoted(row["mention_text"]), (0, 0, 0, 2))
    for name, style in (("before", "dim"), ("after", "green")):
        made = row[name]
        kind = f" {made['kind']}" if made["kind"] else ""
        band = ", inside the auto band" if made["auto"] else ""
        yield Text(output.safe(f"  {name:<6} {made['decision']}{kind} by {made['rule']}{band}"), style)
        if made["text"]:
            yield Padding(Quoted(made["text"], style), (0, 0, 0, 4))
    yield Text("")
