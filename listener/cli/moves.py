"""Act on replies, besides approving and editing: each command is one move of the desk, on each reply on its own."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Id, Ids, NotSent, Reason, RemoteId
from listener.cli.moving import Move, make_moves, move_each

if TYPE_CHECKING:
    from listener.desk.approve import DeskContext
    from listener.desk.views import ReplyView
    from listener.store.engine import Store


@app.command()
def reject(reply_ids: Ids, reason: Reason, name: As = None, json: AsJson = False) -> None:
    """Close replies that must not be sent; `earshot undo` reopens them.

    Example: earshot reject 12 --reason "we are not the shop they mean"
    """
    from listener.desk import transitions

    move: Move = lambda store, desk, number: transitions.reject(store, desk, number, reason)  # noqa: E731
    move_each(reply_ids, name, json, move, lambda reply: f"rejected ({reason.strip()})")


@app.command()
def close(reply_ids: Ids, reason: Reason, name: As = None, json: AsJson = False) -> None:
    """Close what needs no reply any more; `earshot undo` reopens it.

    Example: earshot close 12 13 --reason "settled on the phone"
    """
    from listener.desk import transitions

    move: Move = lambda store, desk, number: transitions.close(store, desk, number, reason)  # noqa: E731
    move_each(reply_ids, name, json, move, lambda reply: f"closed ({reason.strip()})")


@app.command()
def retry(reply_ids: Ids, name: As = None, json: AsJson = False) -> None:
    """Put replies that failed back into the queue, to be approved again.

    Example: earshot retry 12
    """
    from listener.desk import transitions

    move_each(reply_ids, name, json, transitions.retry, lambda reply: "back in the queue")


@app.command()
def undo(reply_ids: Ids, name: As = None, json: AsJson = False) -> None:
    """Undo approvals, or reopen rejected or closed replies.

    An approval can be undone until the reply is being sent. A reopened reply has its last text.

    Example: earshot undo 12
    """
    reopened: set[int] = set()

    def move(store: "Store", desk: "DeskContext", number: int) -> None:
        if _undo(store, desk, number):
            reopened.add(number)

    def describe(reply: "ReplyView") -> str:
        return "reopened" if reply.id in reopened else "the approval is taken back"

    move_each(reply_ids, name, json, move, describe, needs_configuration=False)


def _undo(store: "Store", desk: "DeskContext", number: int) -> bool:
    """Undo an approval, or reopen a closed reply. Returns True when it was reopened. Raises DeskError."""
    from listener.desk import transitions
    from listener.store import replies

    with store.read() as connection:
        is_closed = replies.get(connection, number).state == "closed"
    (transitions.reopen if is_closed else transitions.undo)(store, desk, number)
    return is_closed


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

    move: Move = lambda store, desk, number: transitions.done(store, desk, number, remote_id)  # noqa: E731
    move_each([reply_id], name, json, move, lambda reply: "marked as posted by hand")


@app.command()
def resolve(
    reply_id: Id,
    sent: RemoteId = None,
    not_sent: NotSent = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Settle an unconfirmed reply, after you checked the platform.

    Examples: earshot resolve 12 --sent 1829   earshot resolve 12 --not-sent
    """
    from listener.cli import liveness
    from listener.desk import transitions

    arguments.require_outcome(sent, not_sent)

    def move(store: "Store", desk: "DeskContext", number: int) -> None:
        transitions.resolve(store, desk, number, sent, liveness.undo_wait(store, desk.policy))

    move_each([reply_id], name, json, move, lambda reply: f"settled as {'not ' if not_sent else ''}sent")


@app.command()
def claim(reply_ids: Ids, name: As = None, json: AsJson = False) -> None:
    """Take replies for a while (`[limits] claim_lease`), so that no colleague works on them too.

    Example: earshot claim 12 --as dana
    """
    from listener.desk import marks

    move_each(reply_ids, name, json, marks.claim, _describe_claim)


def _describe_claim(reply: "ReplyView") -> str:
    until = f" until {reply.claimed_until:%H:%M} UTC" if reply.claimed_until else ""
    return f"claimed by {reply.claimed_by}{until}"


@app.command()
def release(reply_ids: Ids, name: As = None, json: AsJson = False) -> None:
    """Release replies that you claimed.

    Example: earshot release 12
    """
    from listener.desk import marks

    move_each(reply_ids, name, json, marks.release, lambda reply: "released, anybody can take it")


@app.command()
def assign(
    reply_ids: Ids,
    to: Annotated[str, typer.Argument(metavar="NAME", help="Who takes it.", show_default=False)],
    new: Annotated[bool, typer.Option("--new", help="The name is right, although nobody of it has acted yet.")] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Assign replies to a colleague.

    Earshot knows the staff list, and who has acted or was assigned a reply before; any other name needs --new.

    Example: earshot assign 12 dana
    """
    from listener.desk import marks

    move: Move = lambda store, desk, number: marks.assign(store, desk, number, to, is_new=new)  # noqa: E731
    move_each(reply_ids, name, json, move, lambda reply: f"assigned to {reply.assigned_to}")


@app.command()
def snooze(
    reply_ids: Ids,
    span: Annotated[str, typer.Argument(metavar="SPAN", help="30m, 2h, 1d.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Hide replies from the queue for a while.

    Example: earshot snooze 12 2h
    """
    from listener.desk import marks

    length = arguments.read_argument(lambda: times.span(span), "SPAN")
    move: Move = lambda store, desk, number: marks.snooze(store, desk, number, length)  # noqa: E731
    move_each(reply_ids, name, json, move, _describe_snooze)


def _describe_snooze(reply: "ReplyView") -> str:
    from listener.cli import render

    return f"hidden from the queue until {render.moment(reply.snoozed_until)}"


@app.command()
def escalate(
    which: Annotated[
        list[str],
        typer.Argument(metavar="ID|PLATFORM:MENTION_ID", help="Reply, or mention.", show_default=False),
    ],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Hand drafts to staff, who go on from their text, or put mentions that were ignored into the queue.

    Examples: earshot escalate 12   earshot escalate memory:1042
    """
    from listener.desk import transitions

    def step(word: str, store: "Store", desk: "DeskContext") -> int:
        asked = arguments.read_item(word)
        if not isinstance(asked, int):
            return transitions.escalate_mention(store, desk, *asked)
        transitions.escalate(store, desk, asked)
        return asked

    for word in which:
        arguments.read_item(word)  # all of them are readable before one is moved
    make_moves(dict.fromkeys(which), name, json, step, lambda reply: "escalated")
