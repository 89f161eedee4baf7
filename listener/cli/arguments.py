"""What the desk's commands have in common: their options, and the names by which people mean a reply or a mention."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from listener.errors import DeskError, InputError

if TYPE_CHECKING:
    from listener.desk.approve import Target
    from listener.desk.queue import ItemRef
    from listener.settings import Settings

T = TypeVar("T")

As = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Who acts; default: $EARSHOT_STAFF, else this machine's user."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Limit = Annotated[int, typer.Option(min=0, help="How many at most; 0 is all.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="The reply's id in `earshot queue`.", show_default=False)]
Handle = Annotated[
    str,
    typer.Argument(metavar="HANDLE", help="HANDLE, PLATFORM:HANDLE or PLATFORM:AUTHOR_ID.", show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", help="Why: for the log, and for whoever asks.", show_default=False)]

LARGEST = 2**63 - 1  # of SQLite's integers
_TARGET = re.compile(r"([0-9]+)(?:@([0-9]+))?")


class State(StrEnum):
    """Where a reply may stand."""

    escalated = "escalated"
    drafted = "drafted"
    approved = "approved"
    sending = "sending"
    unconfirmed = "unconfirmed"
    sent = "sent"
    by_hand = "by_hand"
    failed = "failed"
    closed = "closed"


def number(given: int) -> int:
    """An id that a database can look for. Raises DeskError for one that nothing has."""
    if not 0 <= given <= LARGEST:
        raise DeskError(f"there is no reply {given}", "`earshot queue` lists the ids")
    return given


def targets(given: list[str]) -> "list[Target]":
    """ID[@REVISION]... Raises BadParameter before anything is approved."""
    from listener.desk.approve import Target

    found = []
    for one in given:
        match = _TARGET.fullmatch(one)
        if match is None:
            raise typer.BadParameter(f"{one!r} is no reply's id; write ID or ID@REVISION, such as 12 or 12@3")
        reply_id, revision = match.groups()
        found.append(Target(min(int(reply_id), LARGEST), None if revision is None else min(int(revision), LARGEST)))
    return found


def asked(given: str) -> "ItemRef":
    """A reply's id, or PLATFORM:MENTION_ID (whose id may hold colons of its own). Raises BadParameter."""
    from listener.desk.queue import ItemRef

    if _TARGET.fullmatch(given) and "@" not in given:
        return ItemRef(reply_id=number(int(given)))
    return ItemRef(mention=mention(given))


def mention(given: str) -> tuple[str, str]:
    """PLATFORM:MENTION_ID. Raises BadParameter."""
    platform, colon, mention_id = given.partition(":")
    if not (platform and colon and mention_id):
        raise typer.BadParameter(f"{given!r} is neither a reply's id nor PLATFORM:MENTION_ID")
    return platform, mention_id


def kind(config: "Settings", given: str | None) -> str | None:
    """Return a kind of reply that the policy names. Raises BadParameter."""
    kinds = [responder.kind for responder in config.policy.responders]
    if given is not None and given not in kinds:
        known = ", ".join(kinds) or "none"
        raise typer.BadParameter(f"{given!r} is not a kind of reply; the policy has {known}", param_hint="--kind")
    return given


def usage(read: Callable[[], T], hint: str) -> T:
    """Read an argument; one that cannot be read is wrong usage. Raises BadParameter."""
    try:
        return read()
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from error
