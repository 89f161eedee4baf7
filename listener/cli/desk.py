"""The desk: the queue, one reply in full, approving and editing."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Id, Limit, State

if TYPE_CHECKING:
    from listener.desk.approve import ApprovalResult, DeskContext
    from listener.desk.queue import RenderContext
    from listener.model import Json
    from listener.store.engine import Store


@app.command()
def queue(
    state: Annotated[State | None, typer.Option(help="Only this state; also shows what is snoozed.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of reply, such as support.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
    limit: Limit = 50,
    after: Annotated[int | None, typer.Option(metavar="ID", help="Go on after this reply.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List what waits for a person, due first: drafts, escalations, posts to make by hand, unknown outcomes.

    Example: earshot queue --kind support
    """
    from listener.desk import queue as stage

    config = context.settings()
    page = stage.QueueFilter(
        states=None if state is None else (state.value,),
        kind=arguments.kind(config, kind),
        platform=platform,
        after=None if after is None else arguments.number(after),
        limit=output.parse_limit(limit),
    )
    with context.store() as store:
        view = context.view(config, store, name)
        found, totals = stage.listing(store, view, page)
    if json:
        output.emit_json(found)
        return
    from listener.cli import render

    footer = render.footer(len(found), totals, view.now, found[-1]["id"] if found else None, len(found) == limit > 0)
    render.show(*[render.queue(found, view.now), ""] * bool(found), footer)


@app.command()
def show(
    which: Annotated[str, typer.Argument(metavar="ID|PLATFORM:MENTION_ID", help="A reply, or a mention.")],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Show everything about a reply or a mention: thread, person, why, exact text, events.

    Examples: earshot show 12   earshot show memory:1042
    """
    from listener.desk import queue as stage

    asked, config = arguments.asked(which), context.settings()
    with context.store() as store:
        view = context.view(config, store, name)
        found = stage.show(store, view, asked)
    if json:
        output.emit_json(found)
        return
    from listener.cli import detail

    detail.show(found, view.now)


@app.command()
def approve(
    ids: Annotated[list[str], typer.Argument(metavar="ID[@REVISION]", help="What goes out.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Approve replies, each on its own; with @REVISION only if the text is still the one you saw.

    Example: earshot approve 12 13@2 --as dana
    """
    from listener.desk import approve as stage

    targets, config = arguments.targets(ids), context.settings()
    with context.store() as store:
        outcomes = stage.approve(store, context.desk(config, name), targets)
        view = context.view(config, store, name)
        rows = [_outcome(store, view, one) for one in outcomes]
    if json:
        output.emit_json(rows)
    else:
        _tell(rows)
    if not all(one.ok for one in outcomes):
        raise typer.Exit(1)


def _outcome(store: "Store", view: "RenderContext", one: "ApprovalResult") -> "Json":
    from listener.desk import queue as stage
    from listener.errors import DeskError

    try:
        reply = stage.single(store, view, one.reply_id)
    except DeskError:  # there is none of this id
        reply = None
    return {"id": one.reply_id, "ok": one.ok, "error": one.error, "reply": reply}


def _tell(rows: "list[Json]") -> None:
    from listener.cli import render

    for row in rows:
        if row["ok"]:
            output.write(render.status_line(row["reply"]))
        else:
            output.print_error(f"earshot: {row['id']} is not approved: {output.safe(row['error'])}")


@app.command()
def edit(
    reply_id: Id,
    text: Annotated[str | None, typer.Option(help="The new text; without it $VISUAL or $EDITOR opens.")] = None,
    kind: Annotated[str | None, typer.Option(help="The kind of an escalation's reply; default support.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Write another text: a new revision, drafted again, to be approved. An escalation becomes a draft.

    Example: earshot edit 12 --text "Sorry about that! Please write to help@example.com"
    """
    from listener.cli import editor, render
    from listener.desk import queue as stage
    from listener.desk import transitions

    config, number = context.settings(), arguments.number(reply_id)
    kind = arguments.kind(config, kind)
    with context.store() as store:
        desk, revision, own = context.desk(config, name), None, None
        if text is None:
            present = transitions.editable(store, desk, number)
            text, revision = editor.ask(present.text or ""), present.revision
            own = text
        with editor.kept(own):
            changed = text is not None and _write(store, desk, number, text, kind, revision)
        found = stage.single(store, context.view(config, store, name), number)
    if not changed:
        output.print_error(f"earshot: {number} is as it was: the text is empty or unchanged")
    if json:
        output.emit_json(found)
    elif changed:
        output.write(render.status_line(found))


def _write(store: "Store", desk: "DeskContext", number: int, text: str, kind: str | None, revision: int | None) -> bool:
    from listener.desk import transitions

    transitions.edit(store, desk, number, text, kind, revision)
    return True
