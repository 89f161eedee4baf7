"""People and members: list who writes to us, let somebody join or leave, prove accounts."""

from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Handle, Limit, Role

if TYPE_CHECKING:
    from listener.desk.approve import DeskContext
    from listener.desk.person_views import PersonLine, PersonPage
    from listener.store.engine import Store

Mentions = Annotated[
    list[str] | None,
    typer.Option("--proof", metavar="PLATFORM:MENTION_ID", help="With --account, twice: each names the other."),
]


@app.command(name="people")
def list_people(
    role: Role = None,
    tier: Annotated[str | None, typer.Option(metavar="TIER", help="Only members of this tier of club.toml.")] = None,
    silent: Annotated[str | None, typer.Option(metavar="SPAN", help="Who has not written for so long: 60d.")] = None,
    limit: Limit = 50,
    json: AsJson = False,
) -> None:
    """List who writes to us: roles, when they last wrote, what waits.

    Examples: earshot people --role advocate   earshot people --role regular --silent 60d
    """
    from listener.desk import roles

    span = None if silent is None else arguments.read_argument(lambda: times.span(silent), "--silent")
    club = context.settings().policy.club
    chosen = arguments.require_tier(club, tier)
    wanted = roles.PeopleFilter(role and arguments.require_role(role), chosen, span, limit or None)
    with context.store() as store:
        lines = roles.list_people(store, wanted, context.now(), club)
    output.emit_json(lines) if json else _print_people(lines, limit)


def _print_people(lines: "list[PersonLine]", limit: int) -> None:
    from listener.cli import person_screen, render

    if not lines:
        output.write("Nobody; `earshot people` lists everybody who wrote to us.")
        return
    more = ("More: --limit 0 lists all.",) if len(lines) == limit else ()
    render.show(person_screen.people(lines, context.now()), *more)


@app.command()
def member(
    handle: Handle,
    join: Annotated[
        str | None, typer.Option(metavar="PLATFORM:MENTION_ID", help="Their mention that asks to join.")
    ] = None,
    leave: Annotated[bool, typer.Option("--leave", help="End the membership; its points are erased.")] = False,
    account: Annotated[str | None, typer.Option(metavar="HANDLE", help="Another account of this member.")] = None,
    proof: Mentions = None,
    remove_account: Annotated[
        str | None, typer.Option(metavar="HANDLE", help="Not an account of this member; points stay theirs.")
    ] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Show a member; let a person join or leave, add or remove an account.

    Examples: earshot member ada --join x:1042   earshot member ada --leave
    """
    from listener.desk import people

    if (join is not None) + leave + (account is not None) + (remove_account is not None) > 1:
        raise typer.BadParameter("give only one of --join, --leave, --account and --remove-account")
    if proof and account is None:
        raise typer.BadParameter("--proof goes with --account")
    config = context.settings()
    with context.store() as store:
        _change(store, context.desk(config, name), handle, join, leave, account, proof or [], remove_account)
        page = people.person(store, handle, context.now(), config.policy.club)
    output.emit_json({"platform": page.platform, "author_id": page.author_id, "handle": page.handle,
                      "member": page.member}) if json else output.write(_member_line(page))  # fmt: skip


def _change(
    store: "Store",
    desk: "DeskContext",
    handle: str,
    join: str | None,
    leave: bool,
    account: str | None,
    proof: list[str],
    removed: str | None,
) -> None:
    from listener.desk import members

    if join is not None:
        members.join(store, desk, handle, arguments.read_mention(join))
    elif leave:
        members.leave(store, desk, handle)
    elif account is not None:
        members.add_account(store, desk, handle, account, [arguments.read_mention(word) for word in proof])
    elif removed is not None:
        members.remove_account(store, desk, handle, removed)


def _member_line(page: "PersonPage") -> str:
    from listener.cli import person_screen

    who = f"{page.platform}:{page.handle or page.author_id}"
    return output.safe(f"{who}: {person_screen.membership(page.member) if page.member else 'not a member'}")
