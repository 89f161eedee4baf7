"""For people: the queue as a table, one reply as a line, and what may be done with it next.

Plain where stdout is no terminal or NO_COLOR is set. Everything passes through output.safe and is never read as markup.
"""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from listener.cli import output, times
from listener.store.states import WAITING

if TYPE_CHECKING:
    from listener.desk.queue import QueueTotals
    from listener.model import Json

START = 400  # characters of a text that one line may need, before it is cut to the width


def console() -> Console:
    """Where tables are drawn."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return Console(markup=False, emoji=False, highlight=False, color_system=None if plain else "auto")


def show(*parts: Any) -> None:
    """Draw the parts and write them to stdout."""
    drawn = console()
    with drawn.capture() as captured:
        for part in parts:
            drawn.print(part, overflow="fold")
    output.write("\n".join(line.rstrip() for line in captured.get().splitlines()))


def table(*columns: tuple[str, dict[str, Any]]) -> Table:
    """A table without lines; each column as its heading and its settings."""
    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), expand=True, header_style="bold")
    for heading, settings in columns:
        made.add_column(heading, **settings)
    return made


def clip(text: object, style: str = "") -> Text:
    """The start of a stranger's text, made safe."""
    return Text(output.safe(str(text)[:START]), style, no_wrap=True, overflow="ellipsis")


class Liner:
    """Makes single lines that end at the terminal's edge, of parts (text, style), each made safe."""

    def __init__(self) -> None:
        drawn = console()
        self._width = drawn.width
        self._colors = ColorSystem.STANDARD if drawn.color_system else None

    def __call__(self, *parts: tuple[str, str]) -> str:
        """One line."""
        made, left = "", self._width
        for text, style in parts:
            shown = output.safe(text[:START])
            if cell_len(shown) > left:
                shown = set_cell_size(shown, max(left - 1, 0)) + "…" * (left > 0)
            made += Style.parse(style).render(shown, color_system=self._colors) if style else shown
            left -= cell_len(shown)
        return made


def moment(value: datetime | None) -> str:
    """2026-11-22 09:00 UTC."""
    return "-" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def count(number: int, noun: str) -> str:
    """1 note, 2 notes."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def author_label(one: "Json") -> str:
    """The author of a reply's mention."""
    author = one["mention"]["author"]
    return f"@{author['handle']}" if author["handle"] else str(author["name"] or author["id"])


def due(one: "Json", now: datetime) -> Text:
    """When an answer is due; overdue in words, for NO_COLOR and for those who do not see red."""
    if one["due_at"] is None:
        return Text("-")
    left = (one["due_at"] - now).total_seconds()
    return (
        Text(f"late {times.compact_duration(-left)}", "bold red")
        if left < 0
        else Text(f"in {times.compact_duration(left)}")
    )


def queue(found: Sequence["Json"], now: datetime) -> Table:
    """The queue: a line for what was said, one for what would be said, one for whatever marks it."""
    narrow: dict[str, Any] = {"no_wrap": True, "overflow": "ellipsis"}
    made = table(
        ("id", {"justify": "right", **narrow}),
        ("due", {"min_width": 8, **narrow}),
        ("what", {"width": 10, **narrow}),
        ("from", {"width": 15, **narrow}),
        ("said, and to be said", {"ratio": 1, **narrow}),
    )
    for one in found:
        made.add_row(str(one["id"]), due(one, now), _what(one), _from(one), _said(one))
    return made


def _what(one: "Json") -> Text:
    kind = one["kind"] or one["state"]
    return Text(kind if one["state"] == "drafted" or kind == one["state"] else f"{kind}\n{one['state']}")


def _from(one: "Json") -> Text:
    return Text.assemble(clip(author_label(one), "bold"), "\n", (output.safe(one["platform"]), "dim"))


def _said(one: "Json") -> Text:
    lines = [clip(one["mention"]["text"])]
    if one["text"]:
        lines.append(clip(f"→ {one['text']}", "green"))
    if found := marks(one):
        lines.append(clip(" · ".join(found), "yellow"))
    return Text("\n").join(lines)


def marks(one: "Json") -> list[str]:
    """Who has it, until when it sleeps, what is wrong with it, and what to look out for."""
    claimed = f"claimed by {one['claimed_by']}" if one["claimed_by"] else ""
    assigned = f"assigned to {one['assigned_to']}" if one["assigned_to"] else ""
    snoozed = f"snoozed until {moment(one['snoozed_until'])}" if one["snoozed_until"] else ""
    approved = f"approved by {one['approved_by']}" if one["approved_by"] else _half(one)
    warned = [f"! {warning['message']}" for warning in one["warnings"]]
    return [mark for mark in (claimed, assigned, snoozed, approved, *warned, one["error"] or "") if mark]


def _half(one: "Json") -> str:
    """Where policy wants two names: whose is still missing."""
    if not one["needs_second_approval"] or one["state"] != "drafted":
        return ""
    given = ", ".join(each["by"] for each in one["approvals"])
    return f"approved by {given}, a second name is needed" if given else "two names must approve it"


def footer(shown: int, totals: "QueueTotals", now: datetime, last: int | None, more: bool) -> str:
    """What the whole queue holds, and what to type next."""
    waiting = {state: totals.counts.get(state, 0) for state in WAITING}
    parts = [f"{count} {state}" for state, count in waiting.items() if count]
    parts += [f"{totals.overdue} overdue"] * bool(totals.overdue) + [f"{totals.snoozed} snoozed"] * bool(totals.snoozed)
    failed = totals.counts.get("failed", 0)
    lines = [f"{shown} shown. Waiting: {', '.join(parts) or 'nothing'}."] if shown else [nothing(totals, now)]
    if more:
        lines.append(f"More: earshot queue --after {last}   All: --limit 0")
    if totals.snoozed and not shown:
        lines.append(f"{totals.snoozed} snoozed; --state drafted (or escalated ...) shows them.")
    if failed:
        lines.append(f"{failed} failed to go out: earshot queue --state failed")
    if shown:
        lines.append("Next: earshot review, or earshot show ID | approve ID ... | edit ID | reject ID --reason R")
    return "\n".join(lines)


def nothing(totals: "QueueTotals", now: datetime) -> str:
    """An empty queue is good news only while somebody listens."""
    heard = f"listening last succeeded {times.ago(totals.listened, now)}" if totals.listened else "nobody listens yet"
    return f"Nothing waits here; {heard} (`earshot status` tells more)."


def status_line(one: "Json") -> str:
    """One line on where a reply stands, and what may be done next."""
    kind = f" ({one['kind']})" if one["kind"] else ""
    return output.safe(f"{one['id']} {one['state']}{kind} to {author_label(one)}: {next_step(one)}")


def next_step(one: "Json") -> str:
    """Which command comes next, by state."""
    number, name = one["id"], f"{one['platform']}:{one['mention']['id']}"
    ways = {
        None: f"no reply; `earshot escalate {name}` puts it in the queue",
        "drafted": f"{_second(one)}`earshot approve {number}@{one['revision']}`, `earshot edit {number}`, or `reject`",
        "escalated": f"`earshot edit {number}` writes a reply, `earshot close {number} --reason R` ends it",
        "approved": f"it goes out {_when(one)}{price(one)}; `earshot undo {number}` takes it back",
        "sending": "a call is under way",
        "unconfirmed": f"Earshot looks for it; `earshot resolve {number} --sent REMOTE_ID` or `--not-sent` settles it",
        "by_hand": f"post it at {one['reply_url'] or 'the platform'} yourself, then `earshot done {number}`",
        "failed": f"{one['error'] or 'it failed'}; `earshot retry {number}` puts it back, `earshot edit {number}`",
        "sent": f"it is out as {one['remote_id'] or 'a post of unknown id'} since {moment(one['sent_at'])}",
        "closed": f"{one['closed_as']}: {one['reason'] or 'no reason kept'}; `earshot escalate {name}` opens it again",
    }
    return ways[one["state"]]


def _second(one: "Json") -> str:
    return f"{_half(one)}: " if one["state"] == "drafted" and one["approvals"] else ""


def price(one: "Json") -> str:
    """What is reserved for a reply, where it costs anything."""
    return f" for {one['cost_usd']:.3f} USD" if one["cost_usd"] else ""


def _when(one: "Json") -> str:
    if any(warning["name"] == "paused" for warning in one["warnings"]):
        return "when sending is resumed"
    return f"not before {moment(one['not_before'])} ({one['hold'] or 'held'})" if one["not_before"] else "next round"


def progress(one: "Json") -> str:
    """How far a kind is on its way to go out by itself: the record, and what follows from it."""
    changed = one["reviewed"] - one["approved_unchanged"]
    told = f"{one['reviewed']} of {one['needs']} decisions, {changed} of them rejected or changed"
    if one["ended"]:
        return f"{told}; stopped {moment(one['ended']['at'])}: {one['ended']['why']}"
    return f"{told}; earned" if one["earned"] else f"{told}; not earned yet"
