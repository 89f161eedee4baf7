"""Draw for people: the queue as a table, a reply as a line, and what may be done with it next.

Plain where stdout is no terminal or NO_COLOR is set. Everything passes through output.safe and is never read as markup.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.style import Style
from rich.table import Table
from rich.text import Text

from listener.calendar import URGENCY_IMMEDIATE
from listener.cli import output, times
from listener.store.states import WAITING

if TYPE_CHECKING:
    from listener.desk.autonomy_views import Progress
    from listener.desk.queue import QueueTotals
    from listener.desk.views import ReplyView
    from listener.store.operation_records import Note

OTHERS_SHOWN = 5  # other replies to the same person that are named
START = 400  # characters of a text that one line may need, before it is cut to the width
PRIVATE = "private: only the author and we can read it"
SHARED = ("flood", "spike", "paused", "duplicate")  # warnings that concern many replies at once
NARROW: dict[str, Any] = {"no_wrap": True, "overflow": "ellipsis"}
_ADDRESSED = re.compile(r"^(?:@\S+\s+)+(?=\S)")  # whom a mention addresses says nothing in a list of our mentions


def console() -> Console:
    """Make the console on which tables are drawn."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return Console(markup=False, emoji=False, highlight=False, color_system=None if plain else "auto")


def show(*parts: RenderableType) -> None:
    """Draw the parts and write them to stdout."""
    screen = console()
    with screen.capture() as captured:
        for part in parts:
            screen.print(part, overflow="fold")
    output.write("\n".join(line.rstrip() for line in captured.get().splitlines()))


def table(*columns: tuple[str, dict[str, Any]]) -> Table:
    """Make a table without lines; each column as its heading and its settings."""
    rows = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), expand=True, header_style="bold")
    for heading, settings in columns:
        rows.add_column(heading, **settings)
    return rows


def clip(text: object, style: str = "") -> Text:
    """Return the start of a stranger's text, made safe, on one line."""
    return Text(output.safe(str(text)[:START]), style, no_wrap=True, overflow="ellipsis")


class Liner:
    """Makes single lines that end at the terminal's edge, of parts (text, style), each made safe."""

    def __init__(self) -> None:
        screen = console()
        self._width = screen.width
        self._colors = ColorSystem.STANDARD if screen.color_system else None

    def __call__(self, *parts: tuple[str, str]) -> str:
        """Make a line."""
        line, left = "", self._width
        for text, style in parts:
            shown = output.safe(text[:START])
            if cell_len(shown) > left:
                shown = set_cell_size(shown, max(left - 1, 0)) + "…" * (left > 0)
            line += Style.parse(style).render(shown, color_system=self._colors) if style else shown
            left -= cell_len(shown)
        return line


def moment(value: datetime | None) -> str:
    """Return such as 2026-11-22 09:00 UTC."""
    return "-" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def count(number: int, noun: str) -> str:
    """Return such as 1 note, 2 notes."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def due(view: "ReplyView", now: datetime) -> Text:
    """Return when an answer is due; overdue in words, for NO_COLOR and for those who do not see red."""
    if view.due_at is None:
        return Text("-")
    left = (view.due_at - now).total_seconds()
    span = times.compact_duration(abs(left)).replace(" min", "m").replace(" ", "")
    return Text(f"late {span}", "bold red") if left < 0 else Text(f"in {span}")


def queue(views: Sequence["ReplyView"], now: datetime) -> Group:
    """Draw the queue, below what concerns many of its replies.

    Of each reply: its id, due time, kind or state, author and platform; the mention, our text, and what marks it.
    """
    shared = shared_warnings(views)
    rows = table(
        ("id", {"justify": "right", **NARROW}),
        ("due", {"width": 9, **NARROW}),
        ("what", {"width": 10, **NARROW}),
        ("from", {"width": 15, **NARROW}),
        ("mention and reply", {"ratio": 1, "overflow": "ellipsis"}),
    )
    for view in views:
        rows.add_row(str(view.id), due(view, now), _draw_what(view), _draw_from(view), _Texts(view, shared))
    return Group(*(clip(f"! {message}", "yellow") for message in shared), rows)


def shared_warnings(views: Sequence["ReplyView"]) -> tuple[str, ...]:
    """Return the warnings that concern many of these replies: said once, they need not stand at each."""
    warned = Counter(warning.message for view in views for warning in view.warnings if warning.name in SHARED)
    return tuple(message for message, number in warned.items() if number > 1)


def _draw_what(view: "ReplyView") -> Text:
    """Draw the kind of reply, and under it the kind of need of a draft, or the state of what is no draft."""
    kind = view.kind or view.state or ""
    more = next(iter(view.needs), "").replace("_", " ") if view.state == "drafted" else view.state or ""
    return Text(kind if more in ("", kind) else f"{kind}\n{more}")


def _draw_from(view: "ReplyView") -> Text:
    return Text.assemble(clip(view.mention.author.label, "bold"), "\n", (output.safe(view.platform), "dim"))


@dataclass(frozen=True)
class _Texts:
    """The mention, our text and what marks them, a line each; without our text the mention has two lines."""

    view: "ReplyView"
    shared: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them for this width."""
        mention = opening(self.view)
        if self.view.text:
            yield from (clip(mention), clip(f"→ {self.view.text}", "green"))
        else:
            first, *rest = Text(mention).wrap(console, options.max_width) or [Text()]
            yield from (first, *[clip(Text(" ").join(rest).plain)] * bool(rest))
        own = [f"! {warning.message}" for warning in self.view.warnings if warning.message not in self.shared]
        if notes := [*marks(self.view), *own]:
            yield clip(" · ".join(notes), "yellow")


def opening(view: "ReplyView") -> str:
    """Return how the mention begins, made safe, without whom it addresses; media as well, by what they show."""
    words = (_ADDRESSED.sub("", view.mention.text), *(f"[{attached}]" for attached in view.mention.attachments))
    return output.safe(" ".join(filter(None, words))[:START])


def marks(view: "ReplyView") -> list[str]:
    """Return what marks it: urgent, private, likely subject and fact, who has it, notes, who approved it, its error."""
    private = PRIVATE if view.private else ""
    labelled = f"labelled {', '.join(view.mention.labels)}" if view.mention.labels else ""
    subject = f"perhaps about {view.suggested_subject}" if view.suggested_subject else ""
    claimed = f"claimed by {view.claimed_by}" if view.claimed_by else ""
    assigned = f"assigned to {view.assigned_to}" if view.assigned_to else ""
    snoozed = f"snoozed until {moment(view.snoozed_until)}" if view.snoozed_until else ""
    approved = f"approved by {view.approved_by}" if view.approved_by else name_missing_approval(view)
    fact = f"may be about the fact {view.suspected_fact.fact}" if view.suspected_fact else ""
    about = (_name_urgency(view), private, labelled, subject, fact)
    whose = (claimed, assigned, snoozed, approved, _name_others(view), *map(quote_note, view.notes[-1:]))
    return [mark for mark in (*about, *whose, view.error or "") if mark]


def _name_urgency(view: "ReplyView") -> str:
    """Return that it is urgent, while it waits for a person."""
    is_urgent = view.urgency is not None and view.urgency > 0 and view.state in WAITING
    return "" if not is_urgent else "urgent: answer at once" if view.urgency == URGENCY_IMMEDIATE else "urgent"


def _name_others(view: "ReplyView") -> str:
    """Return which other replies to the same person wait."""
    others = view.also_waiting
    numbers = ", ".join(map(str, others[:OTHERS_SHOWN])) + (" …" if len(others) > OTHERS_SHOWN else "")
    noun = "reply" if len(others) == 1 else "replies"
    return f"{view.mention.author.label} also waits for {noun} {numbers}" if others else ""


def quote_note(note: "Note") -> str:
    """Return a note about a mention, with who wrote it."""
    return f"{note.by} noted: {note.text}"


def name_missing_approval(view: "ReplyView") -> str:
    """Return, where the policy needs two approvals, which is still missing."""
    if not view.needs_second_approval or view.state != "drafted":
        return ""
    names = ", ".join(approval.by for approval in view.approvals)
    return f"approved by {names}; a second person must approve too" if names else "needs two approvals"


def footer(shown: int, totals: "QueueTotals", now: datetime, last: int | None, more: bool) -> str:
    """Return what the whole queue holds, and what to type next."""
    waiting = {state: totals.counts.get(state, 0) for state in WAITING}
    parts = [f"{number} {state}" for state, number in waiting.items() if number]
    parts += [f"{totals.overdue} overdue"] * bool(totals.overdue) + [f"{totals.snoozed} snoozed"] * bool(totals.snoozed)
    failed = totals.counts.get("failed", 0)
    has_others = not shown and sum(waiting.values()) > totals.snoozed
    start = f"{shown} shown." if shown else "Nothing matches." if has_others else nothing(totals, now)
    lines = [f"{start} Waiting: {', '.join(parts) or 'nothing'}." if shown or has_others else start]
    if more:
        lines.append(f"More: earshot queue --after {last}   All: --limit 0")
    if totals.snoozed and not shown:
        lines.append(f"{totals.snoozed} snoozed; to see them: --state drafted (or escalated ...)")
    if failed:
        lines.append(f"{failed} failed: earshot queue --state failed")
    if totals.announcements:
        lines.append(f"{count(totals.announcements, 'announcement')} waiting: earshot announce list")
    if totals.applause:
        lines.append(f"{count(totals.applause, 'act')} of applause waiting: earshot applaud")
    if shown:
        lines.append("Next: earshot review | show ID | approve ID ... | edit ID | reject ID --reason TEXT")
    return "\n".join(lines)


def nothing(totals: "QueueTotals", now: datetime) -> str:
    """Return why an empty queue is good news, or not: it is, only while Earshot polls."""
    if totals.listened is None:
        return "Nothing waits here; Earshot has not polled yet (run `earshot status`)."
    return f"Nothing waits here; the last successful poll was {times.ago(totals.listened, now)} (run `earshot status`)."


def progress(view: "Progress") -> str:
    """Return how far a kind is on its way to be sent automatically: its record, and what follows from it."""
    changed = view.reviewed - view.approved_unchanged
    record = f"{view.reviewed} of {view.needs} reviews, {changed} of them rejected or changed"
    if view.ended:
        return f"{record}; stopped {moment(view.ended.at)}: {view.ended.why}"
    return f"{record}; {'earned' if view.earned else 'not earned yet'}"
