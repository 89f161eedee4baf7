"""Applause: list the praise that is worth it, and choose, note or withdraw acts on a mention."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, liveness, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from listener.desk.approve import DeskContext
    from listener.desk.praise_views import ActView, ApplausePage
    from listener.store.engine import Store


@app.command()
def applaud(
    mention: Annotated[
        str | None, typer.Argument(metavar="PLATFORM:MENTION_ID", help="A mention; without one: list.")
    ] = None,
    like: Annotated[bool, typer.Option("--like", help="Like it.")] = False,
    repost: Annotated[bool, typer.Option("--repost", help="Repost it.")] = False,
    quote: Annotated[bool, typer.Option("--quote", help="Quote it: you do that by hand.")] = False,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="You have done it on the platform.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Withdraw what is not done yet.")] = False,
    limit: Limit = 20,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List praise that is worth applause; like or repost it.

    Examples: earshot applaud   earshot applaud mastodon:1042 --like   earshot applaud x:77 --repost --by-hand
    """
    kinds = [kind for kind, wanted in (("like", like), ("repost", repost), ("quote", quote)) if wanted]
    _require_use(mention, kinds, by_hand=by_hand, withdraw=withdraw)
    config = context.settings()
    with context.store() as store:
        desk = context.desk(config, name)
        if mention is None:
            _list(store, desk, limit or None, json)
            return
        acts = _change(store, desk, arguments.read_mention(mention), kinds, by_hand, withdraw)
    _print(acts, json)


def _require_use(mention: str | None, kinds: list[str], *, by_hand: bool, withdraw: bool) -> None:
    """Raise BadParameter for options that do not go together."""
    if mention is None and (kinds or by_hand or withdraw):
        raise typer.BadParameter("name the mention: PLATFORM:MENTION_ID")
    if mention is not None and not (kinds or withdraw):
        raise typer.BadParameter("add --like, --repost or --quote, or --withdraw")
    if by_hand and withdraw:
        raise typer.BadParameter("give only one of --by-hand and --withdraw")


def _change(
    store: "Store", desk: "DeskContext", post: tuple[str, str], kinds: list[str], by_hand: bool, withdraw: bool
) -> "list[ActView]":
    from listener.club_rules import ACTS
    from listener.desk import applause

    if withdraw:
        return applause.withdraw(store, desk, post, kinds or ACTS)
    return applause.applaud(store, desk, post, kinds, is_done=by_hand, wait=liveness.undo_wait(store, desk.policy))


def _list(store: "Store", desk: "DeskContext", limit: int | None, json: bool) -> None:
    from listener.desk import applause

    page = applause.read_page(store, desk, limit)
    if json:
        output.emit_json(page)
        return
    for line in _lines(page):
        output.write(output.safe(line))


def _lines(page: "ApplausePage") -> "Iterator[str]":
    from listener.cli.praise_lines import describe_act

    for item in page.suggestions:
        yield f"{item.platform}:{item.mention_id}  @{item.author}: {' '.join(item.text.split())}"
        yield f"  {', '.join(item.acts)}: {item.message}{f'  {item.url}' if item.url else ''}"
    if not page.suggestions:
        yield "no praise waits for applause"
    for act in page.waiting:
        yield f"{act.platform}:{act.mention_id}  {describe_act(act)}"


def _print(acts: "list[ActView]", json: bool) -> None:
    from listener.cli.praise_lines import describe_act

    if json:
        output.emit_json(acts)
        return
    for act in acts:
        output.write(output.safe(f"{act.platform}:{act.mention_id}  {describe_act(act)}"))
