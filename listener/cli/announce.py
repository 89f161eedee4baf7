"""Announcements: what the brand posts of its own accord, at a time, once on each platform."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Limit, NotSent, RemoteId
from listener.cli.lines import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from listener.desk.announcements import AnnouncementPage
    from listener.settings import Settings
    from listener.store.engine import Store
    from listener.store.postings import Announcement
    from listener.store.records import Posting

announce = typer.Typer(
    name="announce",
    help="Write, approve, cancel and settle announcements.\n\nExample: earshot announce list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(announce)

Number = Annotated[int, arguments.number_argument("Its id in `earshot announce list`.")]
At = Annotated[
    str,
    typer.Option("--at", metavar="T", help="2026-12-01T09:00Z (UTC without a zone), 2h (from now) or now."),
]


@announce.command()
def add(
    text: Annotated[str, typer.Argument(help="What is to be posted.", show_default=False)],
    at: At,
    platform: Annotated[list[str], typer.Option(help="Where; give it once for each platform.", show_default=False)],
    name: As = None,
    json: AsJson = False,
) -> None:
    """Write an announcement, to be approved before its time.

    Example: earshot announce add "Ten per cent off all notebooks today" --at 2026-12-01T09:00Z --platform mastodon
    """
    from listener.desk import announcements

    config, now = context.settings(), context.now()
    moment = arguments.read_argument(lambda: times.coming(at, now), "--at")
    with context.store() as store:
        desk, shown = context.desk(config, name), context.announcement_previews(config)
        _print(store, config, name, announcements.add(store, desk, shown, text, moment, platform), json)


@announce.command()
def edit(
    number: Number,
    text: Annotated[str | None, typer.Argument(help="The new words.", show_default=False)] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="T", help="The new time.")] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Change the words or the time of an announcement that is not out; it must be approved anew.

    Example: earshot announce edit 3 --at 2h
    """
    from listener.desk import announcements

    if text is None and at is None:
        raise typer.BadParameter("give new words, --at, or both")
    config, now = context.settings(), context.now()
    moment = None if at is None else arguments.read_argument(lambda: times.coming(at, now), "--at")
    with context.store() as store:
        desk, shown = context.desk(config, name), context.announcement_previews(config)
        announcements.edit(store, desk, shown, number, text, moment)
        _print(store, config, name, number, json)


@announce.command("list")
def list_(limit: Limit = 20, json: AsJson = False) -> None:
    """List announcements and where each stands, the newest first.

    Example: earshot announce list --limit 5
    """
    from listener.store import postings

    with context.store() as store, store.read() as connection:
        items = postings.list_newest(connection, limit or None)
    if json:
        output.emit_json([asdict(item) for item in items])
        return
    for item in items:
        for line in _lines(item):
            output.write(output.safe(line))
    if not items:
        output.write("no announcements; `earshot announce add` writes one")


@announce.command()
def show(number: Number, name: As = None, json: AsJson = False) -> None:
    """Show an announcement: words, where it stands on each platform, and what happened.

    Example: earshot announce show 3
    """
    config = context.settings()
    with context.store() as store:
        _print(store, config, name, number, json)


@announce.command()
def approve(
    number: Number,
    despite_tragedy: Annotated[
        bool, typer.Option("--despite-tragedy", help="Although people write of death or danger today.")
    ] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Approve an announcement, at most 24 hours before its time.

    Example: earshot announce approve 3 --as dana
    """
    from listener.desk import announcements

    config = context.settings()
    with context.store() as store:
        desk, shown = context.desk(config, name), context.announcement_previews(config)
        announcements.approve(store, desk, shown, number, despite_tragedy=despite_tragedy)
        _print(store, config, name, number, json)


@announce.command()
def cancel(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why; kept in the log.")] = "",
    name: As = None,
    json: AsJson = False,
) -> None:
    """Cancel an announcement wherever it is not out yet.

    Example: earshot announce cancel 3 --reason "sold out"
    """
    from listener.desk import announcements

    config = context.settings()
    with context.store() as store:
        announcements.cancel(store, context.desk(config, name), number, reason)
        _print(store, config, name, number, json)


@announce.command()
def resolve(
    number: Number,
    platform: Annotated[str, typer.Option(help="Where.", show_default=False)],
    sent: RemoteId = None,
    not_sent: NotSent = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Settle an unconfirmed announcement, after you checked the platform.

    Example: earshot announce resolve 3 --platform mastodon --sent 1829
    """
    from listener.desk import announcements

    arguments.require_outcome(sent, not_sent)
    config = context.settings()
    with context.store() as store:
        announcements.resolve(store, context.desk(config, name), number, platform, sent)
        _print(store, config, name, number, json)


def _print(store: "Store", config: "Settings", name: str | None, number: int, json: bool) -> None:
    """Print an announcement as it stands now."""
    from listener.desk import announcements

    page = announcements.page(store, context.desk(config, name), number)
    if json:
        output.emit_json(asdict(page))
        return
    for line in (*_lines(page.announcement), *_event_lines(page)):
        output.write(output.safe(line))


def _lines(item: "Announcement") -> "Iterator[str]":
    yield f"announcement {item.id} by {item.by}: {item.text}"
    for posting in item.postings:
        yield f"  {posting.platform}  {clock(posting.at)}  {_state(posting)}"


def _state(posting: "Posting") -> str:
    """Return where it stands, in words, and what to do next."""
    number, why = posting.announcement_id, f": {posting.error}" if posting.error else ""
    until = f", held until {clock(posting.not_before)} ({posting.hold})" if posting.hold and posting.not_before else ""
    words = {
        "drafted": f"draft{why}; `earshot announce approve {number}`",
        "approved": f"approved by {posting.approved_by}{until}{why}",
        "by_hand": f"to be posted by hand{why}; then `earshot announce resolve {number}`",
        "unconfirmed": f"may not have been posted{why}; Earshot is checking the platform",
        "sent": f"posted {_time(posting.sent_at)}{f' as {posting.remote_url}' if posting.remote_url else ''}",
        "failed": f"failed{why}; `earshot announce edit {number}` drafts it again",
        "closed": f"{posting.closed_as}{f': {posting.reason}' if posting.reason else ''}",
    }
    return words.get(posting.state, posting.state)


def _time(value: datetime | None) -> str:
    return clock(value) if value else ""


def _event_lines(page: "AnnouncementPage") -> "Iterator[str]":
    for name, count in page.needed.items():
        if count > 1 or (count == 1 and any(event.what == "first_approval" for event in page.events)):
            yield f"  {name} needs {count} more approval{'s' if count > 1 else ''}"
    for event in page.events:
        message = (event.detail or {}).get("message")
        yield f"  {clock(event.at)}  {event.what} by {event.by}{f': {message}' if message else ''}"
