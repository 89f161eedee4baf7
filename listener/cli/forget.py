"""`forget`: erase a person's words, and list what is left."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from listener.cli import context, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Handle
from listener.cli.once import OPEN_NOTICE

if TYPE_CHECKING:
    from pathlib import Path

    from listener.desk.forget import Erasure
    from listener.place import Place
    from listener.settings import Settings

FORGET_INCOMPLETE = (
    "another program is reading the database, so its files still hold traces of the words; the upkeep of `run` or "
    "`once` will remove them, or run this command again; until then the notice `erasure_incomplete` is open"
)
NOT_REWRITTEN = (
    "the tables still hold traces of the words: their owner has to run this command; until then the "
    "notice `erasure_incomplete` is open"
)
SERVER_COPIES = "archives of the server's log, replicas and dumps may hold the words: see docs/scale.md"
IRREGULAR_SINGULARS = {
    "replies": "reply",
    "quarantine": "quarantined item",
}  # where the singular is not the plural without its s


@app.command()
def forget(handle: Handle, name: As = None, json: AsJson = False) -> None:
    """Erase a person's words for good.

    Replies that wait are withdrawn. Ids, times and decisions stay.

    Example: earshot forget x:ada
    """
    from functools import partial

    from listener.desk import forget as stage
    from listener.settings import item_author
    from listener.store import vacuum

    with context.store() as store:
        config = context.settings()
        erasure = stage.forget(store, context.desk(config, name), handle, partial(item_author, config.platforms))
        copies = [str(path) for path in _find_copies(store.place, erasure.platform, config)]
        if not json:
            output.write(_summary(erasure, copies))
        is_cleaned = vacuum.clean(store, context.now())
    if json:
        output.emit_json({**asdict(erasure), "copies": copies, "cleaned": is_cleaned})
    else:
        output.write(_describe_cleaning(is_cleaned, is_file=store.is_file))
    if not is_cleaned:
        raise typer.Exit(OPEN_NOTICE)


def _describe_cleaning(is_cleaned: bool, *, is_file: bool) -> str:
    if is_file:
        return "database file cleaned" if is_cleaned else FORGET_INCOMPLETE
    return f"{'tables rewritten' if is_cleaned else NOT_REWRITTEN}; {SERVER_COPIES}"


def _find_copies(database: "Place", platform: str, config: "Settings") -> "list[Path]":
    """List the files that still hold the words: copies of the database, and a platform's file of our posts."""
    from listener.desk import forget as stage
    from listener.settings.environment import data_folder

    folder = data_folder(os.environ)
    settings = config.platform(platform)
    posts = [path for path in settings.section.post_files(folder) if path.is_file()] if settings else []
    folders = [folder] if folder.is_dir() else []
    return stage.copies(database, *folders) + posts


def _summary(erasure: "Erasure", copies: "Sequence[str]") -> str:
    who = f"{erasure.platform}:{erasure.author_id}"
    erased = ", ".join(_count(noun, number) for noun, number in erasure.erased.items() if number)
    lines = [f"{who} is forgotten: {f'erased the words of {erased}' if erased else 'there were no words to erase'}"]
    if erasure.stopped:
        lines.append(f"withdrawn: {', '.join(f'reply {number}' for number in erasure.stopped)}")
    if erasure.opted_out:
        lines.append(f"the opt-out and the id stay; `earshot optout {who} --undo` removes the opt-out")
    if erasure.perhaps:
        items = ", ".join(map(str, erasure.perhaps))
        lines.append(f"perhaps also theirs: quarantined item {items}; `earshot quarantine --dismiss ID` erases it")
    lines += [f"still holds the words: {path} (delete it when you no longer need it)" for path in copies]
    return "\n".join(map(output.safe, lines))


def _count(noun: str, number: int) -> str:
    return f"1 {IRREGULAR_SINGULARS.get(noun, noun[:-1])}" if number == 1 else f"{number} {noun}"
