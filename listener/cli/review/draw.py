"""What `review` draws: the list, and everything about one reply in the order in which it is needed. Values to text."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.cells import set_cell_size
from rich.text import Text

from listener.cli import detail, output, render, times
from listener.cli.review.page import Page, whole
from listener.desk.queue import QueueTotals
from listener.desk.views import ReplyDetail as Json

BEFORE = 3  # lines of the thread above the mention; all of it stands further down


def several(number: int) -> str:
    """1 reply, 2 replies."""
    return "1 reply" if number == 1 else f"{number} replies"


def head(by: str, totals: QueueTotals, shown: str, now: datetime) -> Text:
    """Who sits here, what waits, and which part of it is shown."""
    waiting = sum(totals.counts.get(state, 0) for state in ("drafted", "escalated", "by_hand", "unconfirmed"))
    parts = [f"{waiting - totals.snoozed} wait"]
    parts += [f"{totals.overdue} overdue"] * bool(totals.overdue) + [f"{totals.snoozed} snoozed"] * bool(totals.snoozed)
    parts += [f"listened {times.ago(totals.listened, now)}"] * (totals.listened is not None)
    message = f"review · {by} · {', '.join(parts)}" + (f" · {shown}" if shown else "")
    return Text(output.safe(message), "reverse", no_wrap=True, overflow="ellipsis")


def rows(
    lines: Sequence[Json], at: int, height: int, width: int, *, marked: Collection[int], by: str, now: datetime
) -> Text:
    """The stretch of the list around the cursor, a line each; > is the cursor, * what is marked."""
    top = max(0, min(at - height // 2, len(lines) - height))
    made = [
        _row(one, width, ">" if top + number == at else " ", one["id"] in marked, by, now)
        for number, one in enumerate(lines[top : top + height])
    ]
    return Text("\n").join(made)


def _row(one: Json, width: int, cursor: str, marked: bool, by: str, now: datetime) -> Text:
    due = render.due(one, now)
    made = Text.assemble(
        f"{cursor}{'*' if marked else ' '}{one['id']:>5} ",
        (set_cell_size(due.plain, 10), due.style),
        set_cell_size(one["kind"] if one["state"] == "drafted" else one["state"], 10) + " ",
        (set_cell_size(output.safe(one.mention.author.label), 14) + " ", "bold"),
        (_flags(one, by), "yellow"),
        output.safe(one["mention"]["text"][: render.START]),
    )
    made.truncate(width, overflow="ellipsis", pad=cursor == ">")
    if cursor == ">":
        made.stylize("reverse")
    return made


def _flags(one: Json, by: str) -> str:
    """Whose it is, and that something is to be looked out for."""
    names = [f"{one['claimed_by']} works on it"] if one["claimed_by"] not in (None, by) else []
    names += [f"for {'you' if one['assigned_to'] == by else one['assigned_to']}"] if one["assigned_to"] else []
    names += [f"{one['approvals'][0]['by']} approved"] if one["state"] == "drafted" and one["approvals"] else []
    names += ["!"] if one["warnings"] or one["error"] else []
    return output.safe(f"[{', '.join(names)}] ") if names else ""


def _to(by: str, one: Json) -> Json:
    """As it is to this person: one's own lease is no news."""
    return replace(one, claimed_by=None) if one.claimed_by == by else one


def reply_detail(one: Json, by: str, now: datetime, room: Callable[[], int], told: Callable[[int], None]) -> Page:
    """One reply: what to look out for, what was said, to be said and why; then the rest, for who scrolls.

    room, told: see `Page`.
    """
    said = list(detail.mention(one))
    at = next((at for at, part in enumerate(said) if isinstance(part, detail.Quoted)), len(said))
    above = [detail.title(_to(by, one), now), *_marks(one), *_earlier(one), *said[:at]]
    mention = next((part for part in said[at:] if isinstance(part, detail.Quoted)), None)
    below = [*said[at + 1 :], *detail.about(one["person"]), *_reply(one)]
    return Page(tuple(above), mention, tuple(below), tuple(_rest(one)), room, told)


def _marks(one: Json) -> Iterator[Text]:
    message = [each.message for each in one.warnings] + [one["error"]] * bool(one["error"])
    yield from (Text(output.safe(f"! {each}"), "bold yellow") for each in message)


def _earlier(one: Json) -> Iterator[Text]:
    earlier = [each for each in one["thread"] if each["at"] < one["mention"]["created_at"]]
    yield from (render.clip(f"{_who(each)}: {each['text']}", "dim") for each in earlier[-BEFORE:])


def _reply(one: Json) -> Iterator[Any]:
    for part in detail.reply(one):
        yield from whole(part) if isinstance(part, detail.Quoted) else [part]
    if not one["text"] and one["state"] == "escalated":
        yield Text("no text: e writes one, c closes it without")


def _rest(one: Json) -> Iterator[Any]:
    yield from detail.hits(one)
    if len(one["thread"]) > 1:
        yield Text("\nThread", "bold")
        yield from detail.thread(one["thread"])
    yield Text("\nEvents", "bold")
    yield from (detail.event(each) for each in one["events"])
    yield Text("\nAsked, and not so", "bold")
    yield from detail.misses(one)


def _who(each: Json) -> str:
    return f"we ({each['who']})" if each["ours"] else f"@{each['who']}"


def exactly(one: Json | None) -> object:
    """What an approval of it would mean."""
    return None if one is None else (one["id"], one["revision"], one["text"])


def batch(shown: Sequence[Json]) -> Iterator[Any]:
    """Everything that one keystroke would approve: to whom, the exact text, and what is still to be done after it."""
    for one in shown:
        flags = "".join(f" ! {each}" for each in (*(each.message for each in one.warnings), *_not_yet(one)))
        yield Text(
            output.safe(f"{one['id']} {one['kind'] or one['state']} to {one.mention.author.label}{flags}"), "bold"
        )
        yield render.clip(one["mention"]["text"], "dim")
        yield from whole(detail.Quoted(one["text"] or "(no text: it cannot be approved)", "green"))


def _not_yet(one: Json) -> Iterator[str]:
    """Why an approval alone does not send it."""
    if one["needs_second_approval"] and not one["approvals"]:
        yield "a second name must approve it too"
    elif not one["eligibility"]["can_reply"]:
        yield "to be posted by hand"


def spoken(one: Json, by: str, now: datetime) -> Iterator[str]:
    """One reply in lines that can be read aloud: no columns, no bars, what a stranger said on one line."""
    due = f", due {render.due(one, now)}" if one["due_at"] else ""
    yield f"Reply {one['id']}: {one['kind'] or 'no kind yet'}, {one['state']}, revision {one['revision']}{due}."
    yield from (f"Look out: {each}." for each in render.marks(_to(by, one)))
    yield from (f"Warning: {each.message}." for each in one.warnings)
    yield from (f"Before: {_who(each)}: {each['text']}" for each in one["thread"][-BEFORE - 1 : -1])
    score = one["sentiment"]["compound"]
    feeling = "" if score is None else f", score {score:+.2f}"
    when = times.ago(one["mention"]["created_at"], now)
    yield f"{one.mention.author.label} on {one['platform']}, {when}{feeling}, wrote:"
    yield f"  {one['mention']['text']}"
    person = one["person"]
    yield f"This person: {render.count(person['mentions'], 'mention')}, {person['answered']} answered."
    yield from (f"Note by {each.by}: {each.text}" for each in person["notes"])
    if one["text"]:
        links = f", links to {', '.join(one['link_hosts'])}" if one["link_hosts"] else ""
        cost = f", costs {one['cost_usd']:.3f} dollars" if one["cost_usd"] else ""
        yield f"Exactly this would go out, {one['length']} of {one['limit']} characters{links}{cost}:"
        yield f"  {one['text']}"
    else:
        yield "There is no text yet."
    yield from (f"Why: {each.rule}: {each.message}." for each in one.trail if each.hit)
