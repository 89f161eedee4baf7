"""Persons: who they are, notes on them, opt-outs; and the operator's hand on sending: pause and resume."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Handle

if TYPE_CHECKING:
    from listener.desk.views import PersonPage

BRAKE = 60.0  # seconds that a pause waits for its turn: meanwhile nothing can be sent either
OnPlatform = Annotated[str | None, typer.Option(help="Only on this platform.")]


@app.command()
def person(handle: Handle, json: AsJson = False) -> None:
    """Show what was said to and by a person, and what colleagues noted.

    Example: earshot person memory:ada
    """
    from listener.desk import people

    with context.store() as store:
        found = people.person(store, handle)
    output.emit_json(found) if json else _show(found)


def _show(found: "PersonPage") -> None:
    from listener.cli import detail, render

    render.show(*detail.person(found))


@app.command()
def note(
    handle: Handle,
    text: Annotated[str, typer.Argument(help="What colleagues should know.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Keep a note about a person, shown with each of their mentions.

    Example: earshot note ada "prefers mail; order 1182 was replaced"
    """
    from listener.desk import people

    with context.store() as store:
        found = people.note(store, context.desk(context.settings(), name), handle, text)
    output.emit_json(found) if json else output.write(_noted(found))


@app.command()
def optout(
    handle: Handle,
    undo: Annotated[bool, typer.Option("--undo", help="They may be answered again.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why, for the log.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Never answer a person again: drafts are closed, approvals that wait are withdrawn.

    Example: earshot optout memory:ada
    """
    from listener.desk import people

    with context.store() as store:
        desk = context.desk(context.settings(), name)
        found = people.opt_in(store, desk, handle) if undo else people.opt_out(store, desk, handle, reason)
    message = (
        "may be answered again" if undo else f"will not be answered (`earshot optout {handle} --undo` takes it back)"
    )
    output.emit_json(found) if json else output.write(output.safe(f"{_known(found)} {message}"))


def _noted(found: "PersonPage") -> str:
    from listener.cli import render

    return f"noted: {_known(found)} has {render.count(len(found['notes']), 'note')}"


def _known(found: "PersonPage") -> str:
    return output.safe(f"{found['platform']}:{found['handle'] or found['author_id']}")


@app.command()
def pause(
    platform: OnPlatform = None,
    span: Annotated[str | None, typer.Option("--for", metavar="SPAN", help="30m, 2h, 1d; else until resumed.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, shown by status.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Stop sending at once; listening and drafting go on.

    Example: earshot pause --for 2h --reason "outage at our carrier"
    """
    from listener.desk import control

    length = None if span is None else arguments.usage(lambda: times.span(span), "--for")
    with context.store(wait=BRAKE) as store:
        found = control.pause(store, context.desk(context.settings(), name), platform, length, reason)
    until = f"until {output.iso(found['until'])}" if found["until"] else "until `earshot resume`"
    message = f"sending is paused on {', '.join(found['paused']) or 'every platform'} {until}"
    output.emit_json(found) if json else output.write(message)


@app.command()
def resume(
    platform: OnPlatform = None,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Not the sending: let this kind go out by itself again.")
    ] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Send again, everywhere or on one platform; or let a kind go out by itself again that a rejection has stopped.

    Examples: earshot resume   earshot resume --kind thank_you
    """
    from listener.desk import control

    if kind is not None and platform is not None:
        raise typer.BadParameter("give either --platform or --kind")
    if kind is not None:
        _resume_kind(kind, name, json)
        return
    with context.store() as store:
        found = control.resume(store, context.desk(context.settings(), name), platform)
    if json:
        output.emit_json(found)
        return
    output.write("sending goes on" if found["resumed"] else "nothing was paused there")
    if left := ["everywhere" if one == "*" else f"on {one}" for one in found["still_paused"]]:
        output.write(f"still paused {', '.join(left)}; `earshot resume` without --platform ends all pauses")


def _resume_kind(given: str, name: str | None, json: bool) -> None:
    from listener.cli import render
    from listener.desk import autonomy

    config = context.settings()
    kind = str(arguments.kind(config, given))
    with context.store() as store:
        found = autonomy.resume_kind(store, context.desk(config, name), kind)
    output.emit_json(found) if json else output.write(f"{kind}: {render.progress(found)}")
