"""Act on one reply, besides approving and editing it: each command is one move of the desk."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Id, Reason

if TYPE_CHECKING:
    from listener.desk.approve import DeskContext
    from listener.settings import Settings
    from listener.store.engine import Store


Move = Callable[["Store", "DeskContext", int], None]


def _act(reply_id: int, name: str | None, json: bool, move: Move) -> None:
    """Make the move and print where the reply stands after it."""
    config = context.settings()
    with context.store() as store:
        _make_move(store, config, reply_id, name, json, move)


def _make_move(store: "Store", config: "Settings", reply_id: int, name: str | None, json: bool, move: Move) -> None:
    from listener.desk import queue as stage

    number = arguments.require_reply_id(reply_id)
    move(store, context.desk(config, name), number)
    reply = stage.single(store, context.view(config, store, name), number)
    if json:
        output.emit_json(reply)
        return
    from listener.cli import render, steps

    output.write(steps.status_line(reply))
    if marks := render.marks(reply):
        output.write(output.safe("  " + ", ".join(marks)))


@app.command()
def reject(reply_id: Id, reason: Reason, name: As = None, json: AsJson = False) -> None:
    """Close a reply that must not be sent; `earshot undo` reopens it.

    Example: earshot reject 12 --reason "we are not the shop they mean"
    """
    from listener.desk import transitions

    _act(reply_id, name, json, lambda store, desk, number: transitions.reject(store, desk, number, reason))


@app.command()
def close(reply_id: Id, reason: Reason, name: As = None, json: AsJson = False) -> None:
    """Close what needs no reply any more; `earshot undo` reopens it.

    Example: earshot close 12 --reason "settled on the phone"
    """
    from listener.desk import transitions

    _act(reply_id, name, json, lambda store, desk, number: transitions.close(store, desk, number, reason))


@app.command()
def retry(reply_id: Id, name: As = None, json: AsJson = False) -> None:
    """Put a reply that failed back into the queue, to be approved again.

    Example: earshot retry 12
    """
    from listener.desk import transitions

    _act(reply_id, name, json, transitions.retry)


@app.command()
def undo(reply_id: Id, name: As = None, json: AsJson = False) -> None:
    """Undo an approval, or reopen a rejected or closed reply.

    An approval can be undone until the reply is being sent. A reopened reply has its last text.

    Example: earshot undo 12
    """
    from listener.cli import emergency

    with context.store() as store:
        _make_move(store, emergency.settings(store), reply_id, name, json, _undo)


def _undo(store: "Store", desk: "DeskContext", number: int) -> None:
    from listener.desk import transitions
    from listener.store import replies

    with store.read() as connection:
        is_closed = replies.get(connection, number).state == "closed"
    (transitions.reopen if is_closed else transitions.undo)(store, desk, number)


@app.command()
def done(
    reply_id: Id,
    remote_id: Annotated[str | None, typer.Option(help="The id your post has on the platform.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Mark a by_hand reply as posted by you.

    Example: earshot done 12 --remote-id 1829
    """
    from listener.desk import transitions

    _act(reply_id, name, json, lambda store, desk, number: transitions.done(store, desk, number, remote_id))


@app.command()
def resolve(
    reply_id: Id,
    sent: Annotated[
        str | None, typer.Option(metavar="REMOTE_ID", help="It is on the platform, as this post.", show_default=False)
    ] = None,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="It is not there: send it again.")] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Settle an unconfirmed reply, after you checked the platform.

    Examples: earshot resolve 12 --sent 1829   earshot resolve 12 --not-sent
    """
    from listener.desk import transitions

    if (sent is None) != not_sent:
        raise typer.BadParameter("use either --sent REMOTE_ID or --not-sent")
    _act(reply_id, name, json, lambda store, desk, number: transitions.resolve(store, desk, number, sent))


@app.command()
def claim(reply_id: Id, name: As = None, json: AsJson = False) -> None:
    """Take a reply for a while (`[limits] claim_lease`), so that no colleague works on it too.

    Example: earshot claim 12 --as dana
    """
    from listener.desk import marks

    _act(reply_id, name, json, marks.claim)


@app.command()
def release(reply_id: Id, name: As = None, json: AsJson = False) -> None:
    """Release a reply that you claimed.

    Example: earshot release 12
    """
    from listener.desk import marks

    _act(reply_id, name, json, marks.release)


@app.command()
def assign(
    reply_id: Id,
    to: Annotated[str, typer.Argument(metavar="NAME", help="Who takes it.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Assign a reply to a colleague.

    Example: earshot assign 12 dana
    """
    from listener.desk import marks

    _act(reply_id, name, json, lambda store, desk, number: marks.assign(store, desk, number, to))


@app.command()
def snooze(
    reply_id: Id,
    span: Annotated[str, typer.Argument(metavar="SPAN", help="30m, 2h, 1d.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Hide a reply from the queue for a while.

    Example: earshot snooze 12 2h
    """
    from listener.desk import marks

    length = arguments.read_argument(lambda: times.span(span), "SPAN")
    _act(reply_id, name, json, lambda store, desk, number: marks.snooze(store, desk, number, length))


@app.command()
def escalate(
    which: Annotated[str, typer.Argument(metavar="ID|PLATFORM:MENTION_ID", help="A reply, or a mention.")],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Hand a draft to staff without its text, or put a mention that was ignored into the queue.

    Examples: earshot escalate 12   earshot escalate memory:1042
    """
    from listener.desk import transitions

    asked = arguments.read_item(which)
    if asked.mention is None:
        _act(asked.reply_id or 0, name, json, transitions.escalate)
        return
    platform, mention_id = asked.mention
    with context.store() as store:
        desk = context.desk(context.settings(), name)
        reply_id = transitions.escalate_mention(store, desk, platform, mention_id)
    _act(reply_id, name, json, lambda store, desk, number: None)
