"""`demo` runs the whole line on sample mentions, in a temporary database, with nothing real touched."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from listener.cli import context, output
from listener.cli.app import app

if TYPE_CHECKING:
    from rich.console import Console

    from listener.desk.views import ReplyDetail
    from listener.store.engine import Store

STAFF = "dana"
LOGGED = ("mention_id", "author", "decision", "kind", "state", "approved_by", "reply_text")
COLORS = {"drafted": "green", "escalated": "yellow", "closed": "bright_black", None: "bright_black"}
OUTCOMES = {"closed": "withdrawn", "escalated": "to a person", None: "left alone"}
SECTION = """[platforms.memory]
mentions = "mentions.jsonl"
start = "all"
"""


@app.command()
def demo() -> None:
    """Watch the whole line run on sample mentions of a made-up shop: read, score, decide, approve, send, log.

    Example: earshot demo
    """
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    with _temporary_home() as folder:
        _run(console, folder)


@contextmanager
def _temporary_home() -> Iterator[Path]:
    """Make a temporary home, so that the demo neither reads nor writes anything of the operator's."""
    from listener.settings import starter

    before = {name: os.environ.get(name) for name in ("EARSHOT_CONFIG", "EARSHOT_DATA", "EARSHOT_DATABASE_URL")}
    with tempfile.TemporaryDirectory(prefix="earshot-demo-") as home:
        shutil.copytree(starter(), Path(home) / "config")
        (Path(home) / "config" / "earshot.toml").write_text(SECTION)
        os.environ |= {"EARSHOT_CONFIG": f"{home}/config", "EARSHOT_DATA": f"{home}/data"}
        os.environ.pop("EARSHOT_DATABASE_URL", None)
        try:
            yield Path(home)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _run(console: "Console", folder: Path) -> None:
    from listener.cli import runtime

    config = context.settings()
    with runtime.locked("demo") as store:
        stages = runtime.stages(config, store)
        _print_heading(
            console, "1", f"Earshot reads what people say to {config.policy.brand.name}, scores it and decides"
        )
        stages.once("poll")
        stages.once("route")
        views = _list_mentions(store)
        for view in views:
            _show(console, view)
        _print_heading(console, "2", f"Support staff look at the queue; {STAFF} approves every other draft")
        _approve(console, store, views)
        _print_heading(console, "3", "The outbox sends what was approved, once each")
        done = stages.once("send")
        posts = (folder / "data" / "posts.jsonl").read_text().splitlines()
        again = stages.once("send").sent.sent
        console.print(
            f"  {done.sent.sent} sent, {len(posts)} posts in the platform's file; sending again sends {again}."
        )
        _print_heading(console, "4", "Every exchange is in the log (`earshot log`)")
        _print_log(console, store)
    _print_heading(console, "5", "Now yours: `earshot init`, edit config/, `earshot check`, `earshot run`")


def _print_heading(console: "Console", number: str, text: str) -> None:
    console.print()
    console.rule(f"[bold]{number}  {text}", align="left")


def _list_mentions(store: "Store") -> list["ReplyDetail"]:
    """Return each mention as `show` has it, in the order of arrival."""
    from listener.desk import showing
    from listener.store import items, mentions

    config = context.settings()
    with store.read() as connection:
        keys = mentions.list_keys(connection)
        view = context.view(config, store)
        return [showing.detail(connection, view, items.item(connection, key=key)) for key in keys]


def _show(console: "Console", view: "ReplyDetail") -> None:
    from rich.markup import escape

    def safe(text: object) -> str:
        return escape(output.safe(text))

    mention, compound = view.mention, view.sentiment.compound or 0.0
    console.print(f"\n[bold]@{safe(mention.author.handle or mention.author.id)}[/]  {safe(mention.text)}")
    color = COLORS.get(view.state, "white")
    outcome = OUTCOMES.get(view.state, f"{view.kind} drafted")
    hit = next((line for line in reversed(view.trail) if line.hit), None)
    why = safe(view.reason or (f"{hit.rule}: {hit.message}" if hit else view.rule))
    console.print(f"  {_draw_bar(compound)} {compound:+.2f} {mention.lang}  [{color} bold]{outcome}[/]  [dim]{why}[/]")
    if view.text and view.state == "drafted":
        console.print(f"  [{color}]▸[/] [italic]{safe(view.text)}[/] [dim]({view.length}/{view.limit})[/]")


def _draw_bar(compound: float) -> str:
    """Draw a small gauge from -1 to +1."""
    place = round((compound + 1) * 4)
    color = "green" if compound > 0.05 else "red" if compound < -0.05 else "white"
    return f"[{color}]{'─' * place}●{'─' * (8 - place)}[/]"


def _approve(console: "Console", store: "Store", views: list["ReplyDetail"]) -> None:
    from listener.desk.approve import Target, approve

    drafts = [view.reply_id for view in views if view.state == "drafted"]
    desk = context.desk(context.settings(), STAFF)
    outcomes = approve(store, desk, [Target(number) for number in drafts[::2]])
    approved = sum(outcome.ok for outcome in outcomes)
    waiting = len(drafts) - approved + sum(view.state == "escalated" for view in views)
    console.print(f"  {approved} approved, {waiting} still wait in the queue (`earshot queue`, `earshot show ID`)")


def _print_log(console: "Console", store: "Store") -> None:
    from rich.table import Table

    from listener.store import exchange_log

    table = Table(box=None, pad_edge=False, expand=True)
    for name, width in (("mention", 7), ("author", 12), ("decision", 9), ("kind", 10), ("state", 9), ("approved", 8)):
        table.add_column(name, width=width, no_wrap=True)
    table.add_column("reply", no_wrap=True, overflow="ellipsis", ratio=1)
    with store.read() as connection:
        for row in exchange_log.read_exchanges(connection, limit=None):
            table.add_row(*(output.safe(row[name] or "") for name in LOGGED))
    console.print(table)
