"""Persons, notes and opt-outs; and pausing and resuming what is sent."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Handle, Role
from listener.cli.lines import clock, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from listener.desk.approve import DeskContext
    from listener.desk.person_views import OptOutPage, PersonPage
    from listener.desk.views import ReplyView
    from listener.store.engine import Store

PAUSE_WAIT_S = 60.0  # seconds that a pause waits for the database: meanwhile nothing can be sent either
OnPlatform = Annotated[str | None, typer.Option(help="Only on this platform.")]


@app.command()
def person(
    handle: Handle,
    role: Role = None,
    off: Annotated[bool, typer.Option("--off", help="With --role: they are not that.")] = False,
    helped: Annotated[
        str | None, typer.Option(metavar="PLATFORM:MENTION_ID", help="This mention of theirs helped somebody.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help="Until when: 90d or 2027-01-31; default 180d.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the mark.")] = "",
    export: Annotated[
        bool, typer.Option("--export", help="Print all that is kept about them, as JSON: for an access request.")
    ] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Show a person: role, mentions, replies and notes; or correct the role.

    Examples: earshot person memory:ada   earshot person ada --role critic --off --reason "quoted a friend"
    """
    from listener.cli import emergency
    from listener.desk import access, people

    if (off and role is None) or (role is not None and helped is not None):
        raise typer.BadParameter("give --role (with --off if it is wrong), or --helped")
    with context.store() as store:
        if export:
            output.emit_json(access.export_person(store, handle, context.now()))
            return
        if role is not None or helped is not None:
            _mark(store, context.desk(context.settings(), name), handle, role, helped, until, reason, is_set=not off)
        page = people.person(store, handle, context.now(), emergency.settings(store).policy.club)
    output.emit_json(page) if json else _print_person(page)


def _mark(
    store: "Store",
    desk: "DeskContext",
    handle: str,
    role: str | None,
    helped: str | None,
    until: str | None,
    reason: str,
    *,
    is_set: bool,
) -> None:
    """Keep what staff know of a person."""
    from listener.desk import roles

    end = None if until is None else arguments.read_argument(lambda: times.ahead(until, desk.clock()), "--until")
    if helped is not None:
        roles.mark_helped(store, desk, handle, arguments.read_mention(helped), reason, end)
    elif role is not None:
        roles.mark_role(store, desk, handle, arguments.require_role(role), reason, end, is_set=is_set)


def _print_person(page: "PersonPage") -> None:
    from listener.cli import person_screen, render

    render.show(*person_screen.person(page))


@app.command()
def note(
    about: Annotated[
        str,
        typer.Argument(metavar="ID|HANDLE", help="A reply's id, or a person as in `person`.", show_default=False),
    ],
    text: Annotated[str, typer.Argument(help="What colleagues should know.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Keep a note for colleagues, about a reply or about a person.

    A note about a person is shown with each of their mentions, one about a reply with that reply. A person whose name
    is a number is written as PLATFORM:HANDLE.

    Examples: earshot note 12 "waits for the warehouse"   earshot note ada "prefers mail"
    """
    from listener.desk import people

    if about.isascii() and about.isdecimal():
        _note_reply(int(about), text, name, json)
        return
    with context.store() as store:
        page = people.note(store, context.desk(context.settings(), name), about, text)
    output.emit_json(page) if json else output.write(_note_line(page))


def _note_reply(reply_id: int, text: str, name: str | None, json: bool) -> None:
    from listener.cli.moving import move_each
    from listener.desk import marks

    move_each([reply_id], name, json, lambda store, desk, number: marks.note(store, desk, number, text), _quote_note)


def _quote_note(reply: "ReplyView") -> str:
    return f"noted ({reply.notes[-1].text})" if reply.notes else "noted"


@app.command()
def optout(
    handle: Handle,
    undo: Annotated[bool, typer.Option("--undo", help="Allow replies to this person again.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why, for the log.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Never answer a person again; close what waits.

    Drafts and approved replies to this person are withdrawn.

    Example: earshot optout memory:ada
    """
    from listener.desk import people

    with context.store() as store:
        desk = context.desk(context.settings(), name)
        page = people.opt_in(store, desk, handle) if undo else people.opt_out(store, desk, handle, reason)
    if json:
        output.emit_json(page)
        return
    for line in _optout_lines(page, f"`earshot optout {handle} --undo` allows replies again"):
        output.write(output.safe(line))


def _optout_lines(page: "OptOutPage", again: str) -> "Iterator[str]":
    """Yield whether the person will be answered, and what became of the replies to them."""
    from listener.cli import render

    if page.opted_out is None:
        yield f"{_label(page)} can be answered again"
        for reply in page.closed:
            name = f"{page.platform}:{reply.mention_id}"
            yield f"reply {reply.reply_id} stays closed; to answer: `earshot escalate {name}`"
        return
    yield f"{_label(page)} will not be answered; {again}"
    if page.closed:
        names = ", ".join(f"reply {reply.reply_id}" for reply in page.closed)
        yield f"{render.count(len(page.closed), 'draft')} closed: {names}"


def _note_line(page: "PersonPage") -> str:
    from listener.cli import render

    return f"noted: {_label(page)} has {render.count(len(page.notes), 'note')}"


def _label(page: "PersonPage") -> str:
    return output.safe(f"{page.platform}:{page.handle or page.author_id}")


@app.command()
def pause(
    platform: OnPlatform = None,
    span: Annotated[
        str | None, typer.Option("--for", metavar="SPAN", help="30m, 2h, 1d; default: until resumed.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; `earshot status` shows it.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Stop sending at once; listening and drafting go on.

    Example: earshot pause --for 2h --reason "outage at our carrier"
    """
    from listener.cli import emergency
    from listener.desk import control

    length = None if span is None else arguments.read_argument(lambda: times.span(span), "--for")
    with context.store(wait=PAUSE_WAIT_S) as store:
        paused = control.pause(store, emergency.desk(name), platform, length, reason)
    until = f"until {clock(paused.until)}" if paused.until else "until `earshot resume`"
    message = f"sending is paused {place(platform or '*')} {until}"
    output.emit_json(paused) if json else output.write(message)


@app.command()
def resume(
    platform: OnPlatform = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Send this kind automatically again, after a rejection stopped that."),
    ] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Send again after a pause.

    With --kind: send a kind automatically again that a rejection has stopped.

    Examples: earshot resume   earshot resume --kind thank_you
    """
    if kind is not None and platform is not None:
        raise typer.BadParameter("give either --platform or --kind")
    _resume_sending(platform, name, json) if kind is None else _resume_kind(kind, name, json)


def _resume_sending(platform: str | None, name: str | None, json: bool) -> None:
    from listener.cli import emergency
    from listener.desk import control

    with context.store() as store:
        resumed = control.resume(store, context.desk(emergency.settings(store), name), platform)
    if json:
        output.emit_json(resumed)
        return
    output.write("sending resumed" if resumed.resumed else "nothing was paused there")
    if left := [place(scope) for scope in resumed.still_paused]:
        output.write(f"still paused {', '.join(left)}; `earshot resume` without --platform ends all pauses")


def _resume_kind(chosen: str, name: str | None, json: bool) -> None:
    from listener.cli import render
    from listener.desk import autonomy

    config = context.settings()
    kind = str(arguments.require_kind(config, chosen))
    with context.store() as store:
        progress = autonomy.resume_kind(store, context.desk(config, name), kind)
    output.emit_json(progress) if json else output.write(f"{kind}: {render.progress(progress)}")
