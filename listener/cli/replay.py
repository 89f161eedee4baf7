"""`replay`: what another policy would have decided on what is stored."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, progress, times
from listener.cli.app import app
from listener.cli.arguments import AsJson, Limit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from listener.analysis.replay import PolicyRunner, PreviewFor, Replayed
    from listener.model import Json
    from listener.policy import Policy


@app.command()
def replay(
    policy: Annotated[Path, typer.Option(metavar="DIR", help="The folder of another policy.toml and its files.")],
    since: Annotated[
        str | None, typer.Option(metavar="T", help="Decided since then: 2026-11-22, 2026-11-22T09:00Z, or an age: 7d.")
    ] = None,
    limit: Limit = 50,
    json: AsJson = False,
) -> None:
    """Show which past decisions another policy would change.

    Each change is shown before and after. Nothing is stored or sent.

    Example: earshot replay --policy config-new --since 30d
    """
    from listener import settings as rules
    from listener.analysis.replay import replay as decide_again

    start = None if since is None else arguments.read_argument(lambda: times.moment(since, context.now()), "--since")
    new_policy, notes = rules.load_policy(policy)
    for note in notes:
        output.print_error(f"earshot: {note}")
    preview = context.previews(context.settings())

    def run_policy(texts: Mapping[str, str]) -> "PolicyRunner":
        return _make_runner(rules.read_policy(texts), preview)

    with context.store() as store, progress.step("replaying") as advance:
        other, limited = _make_runner(new_policy, preview), limit or None
        replayed = decide_again(store, run_policy, other, start, limited, advance)
    _print(replayed, json)


def _make_runner(policy: "Policy", preview: "PreviewFor") -> "PolicyRunner":
    from listener import settings as rules
    from listener.analysis.replay import PolicyRunner

    return PolicyRunner(policy, rules.load_responders(policy), preview)


def _print(replayed: "Replayed", json: bool) -> None:
    total = sum(replayed.changes.values())
    if json:
        output.emit_json(replayed.rows)
    else:
        from listener.cli import render

        render.show(*_parts(replayed, total))
    if len(replayed.rows) < total:
        output.print_error(f"earshot: showing {len(replayed.rows)} of {total} changes; --limit 0 shows all")
    if replayed.erased:
        count = f"{replayed.erased} of {replayed.read} decisions"
        output.print_error(f"earshot: {count} cannot be repeated: the words were erased")
    if replayed.unreadable:
        count = f"{replayed.unreadable} of {replayed.read} decisions"
        output.print_error(f"earshot: {count} cannot be repeated: this version cannot read the policy of that time")


def _parts(replayed: "Replayed", total: int) -> Iterator["RenderableType"]:
    from rich.text import Text

    for row in replayed.rows:
        yield from _row(row)
    decisions = "1 decision" if replayed.read == 1 else f"{replayed.read} decisions"
    yield Text(f"{decisions} replayed, {total or 'none'} would change" + (":" if total else ""), "bold")
    for change, number in replayed.changes.most_common():
        yield Text(f"  {number:>6}  {change}")
    if replayed.by_program:
        message = f"Not counted: {replayed.by_program} that this version of Earshot decides differently by any policy"
        yield Text(message, "dim")


def _row(row: "Json") -> Iterator["RenderableType"]:
    from rich.padding import Padding
    from rich.text import Text

    from listener.cli import render
    from listener.cli.detail import Quoted

    head = f"{row['platform']}:{row['mention_id']} · @{row['author']} · {render.moment(row['at'])} · "
    yield Text.assemble((output.safe(head), "dim"), (row["change"], "bold"))
    yield Padding(Quoted(row["mention_text"]), (0, 0, 0, 2))
    for name, style in (("before", "dim"), ("after", "green")):
        outcome = row[name]
        kind = f" {outcome['kind']}" if outcome["kind"] else ""
        band = ", inside the auto band" if outcome["auto"] else ""
        yield Text(output.safe(f"  {name:<6} {outcome['decision']}{kind} by {outcome['rule']}{band}"), style)
        if outcome["text"]:
            yield Padding(Quoted(outcome["text"], style), (0, 0, 0, 4))
    yield Text("")
