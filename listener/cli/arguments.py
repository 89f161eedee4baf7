"""What commands share: their options, and how people name a reply, a mention or a kind."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from listener.club_rules import ROLES
from listener.errors import DeskError, InputError
from listener.store.states import TRANSITIONS

if TYPE_CHECKING:
    from listener.club_rules import Club
    from listener.desk.approve import DeskContext, Target
    from listener.desk.queue import ItemRef
    from listener.settings import Settings
    from listener.store.engine import Store

T = TypeVar("T")

As = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Who acts; default: $EARSHOT_STAFF, else this machine's user."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option(min=0, help="Show this many at most; 0 shows all.")]
Ids = Annotated[
    list[int], typer.Argument(metavar="ID", help="Ids of replies, as in `earshot queue`.", show_default=False)
]
Id = Annotated[int, typer.Argument(metavar="ID", help="The reply's id in `earshot queue`.", show_default=False)]
Handle = Annotated[
    str,
    typer.Argument(metavar="HANDLE", help="HANDLE, PLATFORM:HANDLE or PLATFORM:AUTHOR_ID.", show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the log.", show_default=False)]

State = Annotated[
    str | None,
    typer.Option(
        metavar="STATE",
        help=f"Only this state, also if snoozed: {', '.join(TRANSITIONS)}.",
        autocompletion=lambda incomplete: [state for state in TRANSITIONS if state.startswith(incomplete)],
    ),
]

Role = Annotated[
    str | None,
    typer.Option(
        metavar="ROLE",
        help=f"Who they are to us: {', '.join(ROLES)}.",
        autocompletion=lambda incomplete: [role for role in ROLES if role.startswith(incomplete)],
    ),
]

LARGEST = 2**63 - 1  # integer that a database holds
_TARGET = re.compile(r"([0-9]+)(?:@([0-9]+))?")


def require_reply_id(reply_id: int) -> int:
    """Check that a database can hold this id. Raises DeskError."""
    if not 0 <= reply_id <= LARGEST:
        raise DeskError(f"there is no reply {reply_id}", "`earshot queue` lists the ids")
    return reply_id


def read_targets(words: list[str]) -> "list[Target]":
    """Read ID[@REVISION]... Raises BadParameter before anything is approved."""
    return [_target(word) for word in words]


def _target(word: str) -> "Target":
    from listener.desk.approve import Target

    match = _TARGET.fullmatch(word)
    if match is None:
        raise typer.BadParameter(f"{word!r} is not a reply's id; write ID or ID@REVISION, such as 12 or 12@3")
    reply_id, revision = match.groups()
    return Target(min(int(reply_id), LARGEST), None if revision is None else min(int(revision), LARGEST))


def read_item(word: str) -> "ItemRef":
    """Read a reply's id or PLATFORM:MENTION_ID, whose id may hold more colons. Raises BadParameter."""
    from listener.desk.queue import ItemRef

    if _TARGET.fullmatch(word) and "@" not in word:
        return ItemRef(reply_id=require_reply_id(int(word)))
    return ItemRef(mention=read_mention(word))


def read_mention(word: str) -> tuple[str, str]:
    """Read PLATFORM:MENTION_ID. Raises BadParameter."""
    platform, colon, mention_id = word.partition(":")
    if not (platform and colon and mention_id):
        raise typer.BadParameter(f"{word!r} is neither a reply's id nor PLATFORM:MENTION_ID")
    return platform, mention_id


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
