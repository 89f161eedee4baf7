"""The desk: list the queue, show a reply in full, approve and edit."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output
from listener.cli.app import app
from listener.cli.arguments import After, As, AsJson, Id, Limit, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from listener.desk.approve import ApprovalResult, DeskContext
    from listener.desk.queue import QueueTotals
    from listener.desk.showing import RenderContext
    from listener.desk.views import ReplyView
    from listener.store.engine import Store


@app.command()
def queue(
    state: State = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of reply, such as support.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    own: Annotated[bool, typer.Option("--mine", help="Only what is assigned to you.")] = False,
    assigned: Annotated[str | None, typer.Option(metavar="NAME", help="Only what is assigned to NAME.")] = None,
    person: Annotated[str | None, typer.Option(metavar="HANDLE", help="Only replies to this person.")] = None,
    limit: Limit = 50,
    after: After = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """List what waits for a person, due first: drafts, escalations, posts to make by hand, unconfirmed replies.

    Examples: earshot queue --kind support   earshot queue --mine --overdue
    """
    from listener.desk import queue as stage

    config = context.settings()
    if own and assigned is not None:
        raise typer.BadParameter("give either --mine or --assigned")
    page = stage.QueueFilter(
        states=None if state is None else (arguments.require_state(state),),
        kind=arguments.require_kind(config, kind),
        platform=platform,
        after=after,
        limit=limit or None,
        assigned_to=context.staff(name) if own else assigned,
        author=person,
        late=overdue,
    )
    with context.store() as store:
        arguments.require_platform(config, store, platform)
        arguments.require_colleague(context.desk(config, name), store, assigned)
        view = context.view(config, store, name)
        replies, totals = stage.listing(store, view, page)
    output.emit_json(replies) if json else _print_queue(replies, totals, view.now, limit)


def _print_queue(replies: "Sequence[ReplyView]", totals: "QueueTotals", now: "datetime", limit: int) -> None:
    from listener.cli import render

    last, is_full = replies[-1].id if replies else None, len(replies) == limit > 0
    rows = (render.queue(replies, now), "") if replies else ()
    render.show(*rows, render.footer(len(replies), totals, now, last, is_full))


@app.command()
def show(
    which: Annotated[str, typer.Argument(metavar="ID|PLATFORM:MENTION_ID", help="A reply, or a mention.")],
    with_misses: Annotated[bool, typer.Option("--all", help="Also the rules that did not match.")] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Show everything about a reply or a mention: thread, person, why, exact text, events.

    Examples: earshot show 12   earshot show memory:1042 --all
    """
    from listener.cli import liveness
    from listener.desk import queue as stage

    asked, config = arguments.read_item(which), context.settings()
    with context.store() as store:
        view = context.view(config, store, name)
        exchange, is_idle = stage.show(store, view, asked), not liveness.is_running(store)
    if json:
        output.emit_json(exchange)
        return
    from listener.cli import detail

    detail.show(exchange, view.now, with_misses=with_misses, is_idle=is_idle)


@app.command()
def approve(
    ids: Annotated[list[str], typer.Argument(metavar="ID[@REVISION]", help="What to send.", show_default=False)],
    at_once: Annotated[bool, typer.Option("--now", help="Send at once: leave no time to undo.")] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Approve replies, each on its own; with @REVISION only if the text is still the one you saw.

    While `earshot run` runs, an approval waits for `undo_seconds` of policy.toml before it is sent: `earshot undo`
    takes it back until then.

    Example: earshot approve 12 13@2 --as dana
    """
    from listener.cli import liveness
    from listener.desk import approve as stage

    targets, config = arguments.read_targets(ids), context.settings()
    with context.store() as store:
        wait = stage.NO_DELAY if at_once else liveness.undo_wait(store, config.policy)
        outcomes = stage.approve(store, context.desk(config, name), targets, wait)
        view, is_idle = context.view(config, store, name), not liveness.is_running(store)
        replies = [_reply(store, view, outcome.reply_id) for outcome in outcomes]
    pairs = list(zip(outcomes, replies, strict=True))
    if json:
        output.emit_json([{"id": done.reply_id, "ok": done.ok, "error": done.error, "reply": to} for done, to in pairs])
    else:
        _print_outcomes(pairs, is_idle)
    if not all(outcome.ok for outcome in outcomes):
        raise typer.Exit(1)


def _reply(store: "Store", view: "RenderContext", reply_id: int) -> "ReplyView | None":
    """Return the reply as it is now; None when there is none of this id."""
    from listener.desk import queue as stage
    from listener.errors import DeskError

    try:
        return stage.single(store, view, reply_id)
    except DeskError:
        return None


def print_warnings(reply: "ReplyView | None") -> None:
    """Print every warning that a reply has."""
    if reply is not None:
        for warning in reply.warnings:
            output.print_error(output.safe(f"earshot: reply {reply.id}: {warning.message}"))


def _print_outcomes(pairs: "list[tuple[ApprovalResult, ReplyView | None]]", is_idle: bool) -> None:
    from listener.cli import steps

    for outcome, reply in pairs:
        print_warnings(reply)
        if outcome.ok and reply is not None:
            output.write(steps.status_line(reply, is_idle=is_idle))
        else:
            error, number = output.safe(outcome.error), outcome.reply_id
            named = "" if f"reply {number} " in error else f"reply {number} "
            output.print_error(f"earshot: {named}not approved: {error}")


@app.command()
def edit(
    reply_id: Id,
    text: Annotated[str | None, typer.Option(help="The new text; without it $VISUAL or $EDITOR opens.")] = None,
    kind: Annotated[str | None, typer.Option(help="The kind of an escalation's reply; default support.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Write another text: a new revision, drafted again and to be approved. An escalation becomes a draft.

    Example: earshot edit 12 --text "Sorry about that! Please write to help@example.com"
    """
    from listener.cli import steps
    from listener.desk import queue as stage

    config = context.settings()
    kind = arguments.require_kind(config, kind)
    with context.store() as store:
        before = stage.single(store, context.view(config, store, name), reply_id)
        is_changed = _edit(store, context.desk(config, name), before, text, kind)
        reply = stage.single(store, context.view(config, store, name), reply_id)
    if not is_changed:
        output.print_error(f"earshot: reply {reply_id} unchanged: the text is empty or the same")
    if json:
        output.emit_json(reply)
    elif is_changed:
        print_warnings(reply)
        output.write(steps.status_line(reply))


def _edit(store: "Store", desk: "DeskContext", before: "ReplyView", text: str | None, kind: str | None) -> bool:
    """Write the new text, asked for in an editor where none is given. Returns False when nothing is to be changed."""
    from listener.cli import editor
    from listener.desk import transitions

    revision = None
    if text is None:
        present = transitions.editable(store, desk, before.reply_id)
        text, revision = editor.ask(present.text or "", offer=before.offered_text), present.revision
    if text is not None:
        with editor.kept(text):
            transitions.edit(store, desk, before.reply_id, text, kind or before.known_kind, revision)
    return text is not None
