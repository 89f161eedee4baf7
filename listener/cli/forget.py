"""`forget`: erase a person's words, and say what is left."""

from typing import TYPE_CHECKING

from listener.cli import context, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson, Handle

if TYPE_CHECKING:
    from listener.model import Json

ONE = {"replies": "reply", "shunted": "shunted item"}  # one of a noun, where it is not the noun less its s


@app.command()
def forget(handle: Handle, name: As = None, json: AsJson = False) -> None:
    """Erase a person's words for good and stop what was to be said to them; ids, times and decisions stay.

    Example: earshot forget x:ada
    """
    from listener.desk import forget as stage

    with context.store() as store:
        found = stage.forget(store, context.desk(context.settings(), name), handle)
    output.emit_json(found) if json else output.write(_told(found))


def _told(found: "Json") -> str:
    counts = {noun: number for noun, number in found["erased"].items() if number}
    erased = [f"1 {ONE.get(noun, noun[:-1])}" if number == 1 else f"{number} {noun}" for noun, number in counts.items()]
    who = f"{found['platform']}:{found['author_id']}"
    lines = [f"{who} is forgotten: erased the words of {', '.join(erased) or 'nothing more'}; the file was cleaned"]
    if found["stopped"]:
        lines.append(f"stopped: {', '.join(f'reply {number}' for number in found['stopped'])}")
    if found["opted_out"]:
        lines.append(f"the opt-out stays, and with it the id; `earshot optout {who} --undo` takes it back")
    lines += [f"still holds the words: {path} (delete it when you need it no more)" for path in found["copies"]]
    return "\n".join(map(output.safe, lines))
