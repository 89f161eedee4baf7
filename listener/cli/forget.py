"""`forget`: erase a person's words, and say what is left."""

import os
from typing import TYPE_CHECKING

import typer

from listener.cli import context, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Handle
from listener.cli.once import OPEN_NOTICE

if TYPE_CHECKING:
    from pathlib import Path

    from listener.model import Json
    from listener.settings import Settings

FORGET_INCOMPLETE = (
    "another program keeps traces of the words in the database's files: the upkeep of `run` or `once` cleans "
    "them, as does this command again; the notice `traces` is open until then"
)
IRREGULAR_SINGULARS = {
    "replies": "reply",
    "quarantine": "quarantined item",
}  # one of a noun, where it is not the noun less its s


@app.command()
def forget(handle: Handle, name: As = None, json: AsJson = False) -> None:
    """Erase a person's words for good and stop what was to be said to them; ids, times and decisions stay.

    Example: earshot forget x:ada
    """
    from functools import partial

    from listener.desk import forget as stage
    from listener.settings import item_author
    from listener.store import vacuum

    with context.store() as store:
        config = context.settings()
        found = stage.forget(store, context.desk(config, name), handle, partial(item_author, config.platforms))
        found["copies"] = [str(one) for one in _copies(store.path, found["platform"], config)]
        if not json:
            output.write(_told(found))
        found["cleaned"] = vacuum.clean(store, context.now())
    output.emit_json(found) if json else output.write("the file was cleaned" if found["cleaned"] else FORGET_INCOMPLETE)
    if not found["cleaned"]:
        raise typer.Exit(OPEN_NOTICE)


def _copies(database: "Path", platform: str, config: "Settings") -> "list[Path]":
    """What holds the words still: copies of the database, and the file of what we posted where a platform has one."""
    from listener.desk import forget as stage
    from listener.settings.environment import data_folder

    folder = data_folder(os.environ)
    settings = config.platform(platform)
    posts = [path for path in settings.section.post_files(folder) if path.is_file()] if settings else []
    return stage.copies(database, *([folder] if folder.is_dir() else [])) + posts


def _told(found: "Json") -> str:
    counts = {noun: number for noun, number in found["erased"].items() if number}
    erased = [
        f"1 {IRREGULAR_SINGULARS.get(noun, noun[:-1])}" if number == 1 else f"{number} {noun}"
        for noun, number in counts.items()
    ]
    who = f"{found['platform']}:{found['author_id']}"
    words = f"erased the words of {', '.join(erased)}" if erased else "no words of theirs are left"
    lines = [f"{who} is forgotten: {words}"]
    if found["stopped"]:
        lines.append(f"stopped: {', '.join(f'reply {number}' for number in found['stopped'])}")
    if found["opted_out"]:
        lines.append(f"the opt-out stays, and with it the id; `earshot optout {who} --undo` takes it back")
    if found["perhaps"]:
        which = ", ".join(map(str, found["perhaps"]))
        lines.append(
            f"may be theirs, and does not tell: quarantined item {which}; `earshot quarantine --dismiss ID` erases one"
        )
    lines += [f"still holds the words: {path} (delete it when you need it no more)" for path in found["copies"]]
    return "\n".join(map(output.safe, lines))
