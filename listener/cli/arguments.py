"""What commands share: their options, and how people name a reply, a mention or a kind."""

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from listener.club_rules import ROLES
from listener.errors import InputError
from listener.store.states import TRANSITIONS

if TYPE_CHECKING:
    from listener.club_rules import Club
    from listener.desk.approve import DeskContext, Target
    from listener.desk.queue import ItemRef
    from listener.settings import Settings
    from listener.store.engine import Store

T = TypeVar("T")
LARGEST = 2**63 - 1  # integer that a database holds

As = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Who acts; default: $EARSHOT_STAFF, else this machine's user."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read_number(word: str | int) -> int:
    """Read a whole number from 0 to LARGEST; a larger one is read as LARGEST. Raises BadParameter."""
    if not re.fullmatch("[0-9]+", str(word)):
        raise typer.BadParameter(f"{word!r} is not a whole number; write one such as 12")
    return LARGEST if len(str(word)) > len(str(LARGEST)) else min(int(word), LARGEST)


def number_option(help_: str) -> object:
    """Declare an option whose value is an id."""
    return typer.Option(metavar="ID", parser=read_number, help=help_)


def number_argument(help_: str) -> object:
    """Declare an argument that is an id."""
    return typer.Argument(metavar="ID", parser=read_number, help=help_, show_default=False)


Limit = Annotated[int, typer.Option(metavar="N", parser=read_number, help="Show this many at most; 0 shows all.")]
After = Annotated[int | None, number_option("Continue after this id.")]
Ids = Annotated[list[int], number_argument("Ids of replies, as in `earshot queue`.")]
Id = Annotated[int, number_argument("The reply's id in `earshot queue`.")]
Handle = Annotated[
    str,
    typer.Argument(metavar="HANDLE", help="HANDLE, PLATFORM:HANDLE or PLATFORM:id:AUTHOR_ID.", show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the log.", show_default=False)]


def choice_option(metavar: str, help_: str, choices: Collection[str]) -> object:
    """Declare an option that is one of a few words, which a shell completes."""
    complete = lambda incomplete: [word for word in choices if word.startswith(incomplete)]  # noqa: E731
    return typer.Option(metavar=metavar, help=f"{help_}: {', '.join(choices)}.", autocompletion=complete)


State = Annotated[str | None, choice_option("STATE", "Only this state, also if snoozed", TRANSITIONS)]
Role = Annotated[str | None, choice_option("ROLE", "Who they are to us", ROLES)]

_RemoteId = typer.Option("--sent", metavar="REMOTE_ID", help="It is on the platform, as this post.", show_default=False)
RemoteId = Annotated[str | None, _RemoteId]
NotSent = Annotated[bool, typer.Option("--not-sent", help="It is not there: send it again.")]
_TARGET = re.compile(r"([0-9]+)(?:@([0-9]+))?")


def read_targets(words: list[str]) -> "list[Target]":
    """Read ID[@REVISION]... Raises BadParameter before anything is approved."""
    return [_target(word) for word in words]


def _target(word: str) -> "Target":
    from listener.desk.approve import Target

    match = _TARGET.fullmatch(word)
    if match is None:
        raise typer.BadParameter(f"{word!r} is not a reply's id; write ID or ID@REVISION, such as 12 or 12@3")
    reply_id, revision = match.groups()
    return Target(read_number(reply_id), None if revision is None else read_number(revision))


def read_item(word: str) -> "ItemRef":
    """Read a reply's id or PLATFORM:MENTION_ID, whose id may hold more colons. Raises BadParameter."""
    if _TARGET.fullmatch(word) and "@" not in word:
        return read_number(word)
    return read_mention(word)


def read_mention(word: str) -> tuple[str, str]:
    """Read PLATFORM:MENTION_ID. Raises BadParameter."""
    platform, colon, mention_id = word.partition(":")
    if not (platform and colon and mention_id):
        raise typer.BadParameter(f"{word!r} is neither a reply's id nor PLATFORM:MENTION_ID")
    return platform, mention_id


def require_outcome(remote_id: str | None, is_not_sent: bool) -> None:
    """Check that exactly one of --sent and --not-sent was given. Raises BadParameter."""
    if (remote_id is not None) == is_not_sent or (remote_id is not None and not remote_id.strip()):
        raise typer.BadParameter("use either --sent REMOTE_ID or --not-sent")


def require_kind(config: "Settings", word: str | None) -> str | None:
    """Check that the policy has this kind of reply. Raises BadParameter."""
    kinds = [responder.kind for responder in config.policy.responders]
    if word is not None and word not in kinds:
        known = ", ".join(kinds) or "none"
        raise typer.BadParameter(f"{word!r} is not a kind of reply; the policy has {known}", param_hint="--kind")
    return word


def require_role(word: str) -> str:
    """Check that people can have this role. Raises BadParameter."""
    if word not in ROLES:
        raise typer.BadParameter(f"{word!r} is not a role; choose one of {', '.join(ROLES)}", param_hint="--role")
    return word


def require_tier(club: "Club", word: str | None) -> str | None:
    """Check that the club has this tier. Raises BadParameter."""
    names = [tier.name for tier in club.tiers]
    if word is not None and word not in names:
        known = f"choose one of {', '.join(names)}" if names else "club.toml has no tiers"
        raise typer.BadParameter(f"{word!r} is not a tier; {known}", param_hint="--tier")
    return word


def require_state(word: str) -> str:
    """Check that a reply can be in this state. Raises BadParameter."""
    if word not in TRANSITIONS:
        late = "; --overdue lists what is late" if word in ("late", "overdue") else ""
        known = f"choose one of {', '.join(TRANSITIONS)}{late}"
        raise typer.BadParameter(f"{word!r} is not a state of a reply; {known}", param_hint="--state")
    return word


def require_platform(config: "Settings", store: "Store", word: str | None) -> None:
    """Check that this platform is configured, or was polled before. Raises BadParameter."""
    from listener.store import platforms

    with store.read() as connection:
        names = {source.name for source in config.platforms}.union(platforms.list_names(connection))
    if word is not None and word not in names:
        known = ", ".join(sorted(names)) or "none"
        raise typer.BadParameter(f"there is no platform {word!r}; Earshot knows {known}", param_hint="--platform")


def require_colleague(desk: "DeskContext", store: "Store", word: str | None) -> None:
    """Check that somebody of this name works here. Raises BadParameter."""
    from listener.desk import marks

    known = () if word is None else marks.list_colleagues(store, desk)
    if word is not None and word not in known:
        message = f"nobody named {word!r} has acted or was assigned a reply; Earshot knows {', '.join(known)}"
        raise typer.BadParameter(message, param_hint="--assigned")


def read_argument(read: Callable[[], T], hint: str) -> T:
    """Read an argument; report one that cannot be read as wrong usage. Raises BadParameter."""
    try:
        return read()
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from error
