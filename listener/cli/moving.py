"""Move several replies, each on its own, and report what was done to each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import typer

from listener.cli import context, output

if TYPE_CHECKING:
    from listener.desk.approve import DeskContext
    from listener.desk.views import ReplyView
    from listener.settings import Settings
    from listener.store.engine import Store

T = TypeVar("T", int, str)
Move = Callable[["Store", "DeskContext", int], object]  # raises DeskError
Step = Callable[[T, "Store", "DeskContext"], int]  # moves what a person named, returns the reply's id; raises DeskError
Describe = Callable[["ReplyView"], str]  # what was done, in words


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What came of a move. id: as it was named; reply: as it is now, None when it was not moved."""

    id: int | str
    ok: bool
    error: str | None
    reply: "ReplyView | None"


def move_each(
    ids: Iterable[int],
    name: str | None,
    json: bool,
    move: Move,
    describe: Describe,
    *,
    needs_configuration: bool = True,
) -> None:
    """Move replies by their ids. See `make_moves`."""

    def step(reply_id: int, store: "Store", desk: "DeskContext") -> int:
        move(store, desk, reply_id)
        return reply_id

    make_moves(dict.fromkeys(ids), name, json, step, describe, needs_configuration=needs_configuration)


def make_moves(
    named: Iterable[T],
    name: str | None,
    json: bool,
    step: Step[T],
    describe: Describe,
    *,
    needs_configuration: bool = True,
) -> None:
    """Move each on its own and print what was done. With one, its error is raised and its JSON is the reply.

    needs_configuration: False for what works by the last policy while the configuration is broken. Raises DeskError,
    Exit.
    """
    from listener.cli import emergency

    wanted = list(named)
    with context.store() as store:
        config = context.settings() if needs_configuration else emergency.settings(store)
        if len(wanted) == 1:
            reply = _move(wanted[0], store, config, name, step)
            results = [MoveResult(wanted[0], True, None, reply)]
        else:
            results = [_try(target, store, config, name, step) for target in wanted]
    if json:
        output.emit_json(results[0].reply if len(wanted) == 1 else results)
    else:
        _print(results, describe)
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def _try(target: T, store: "Store", config: "Settings", name: str | None, step: Step[T]) -> MoveResult:
    from listener.errors import EarshotError

    try:
        return MoveResult(target, True, None, _move(target, store, config, name, step))
    except EarshotError as error:
        return MoveResult(target, False, str(error), None)


def _move(target: T, store: "Store", config: "Settings", name: str | None, step: Step[T]) -> "ReplyView":
    from listener.desk import queue as stage

    number = step(target, store, context.desk(config, name))
    return stage.single(store, context.view(config, store, name), number)


def _print(results: Iterable[MoveResult], describe: Describe) -> None:
    from listener.cli import steps

    for result in results:
        if result.reply is not None:
            output.write(steps.report(result.reply, describe(result.reply)))
        else:
            output.print_error(f"earshot: {output.safe(result.error)}")
