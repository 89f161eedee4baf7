"""The `show` screen and a person's page: everything about one exchange, for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from listener.cli import output, render

if TYPE_CHECKING:
    from listener.desk.views import (
        EventView,
        ExchangeView,
        PersonPage,
        PersonView,
        ReplyDetail,
        ReplyView,
        ThreadLine,
        TrailLine,
    )
    from listener.store.records import Note

LINES = 60  # of one text; --json has all of it
BAR = "│ "  # before every line of a stranger's text, so that it cannot pose as ours


def show(one: "ReplyDetail", now: datetime) -> None:
    """Print everything about a reply or a mention."""
    render.show(*_parts(one, now))


def _parts(one: "ReplyDetail", now: datetime) -> Iterator[RenderableType]:
    yield title(one, now)
    yield from _section("Mention", mention(one))
    if len(one.thread) > 1:
        yield from _section("Thread", thread(one.thread))
    yield from _section("Person", about(one.person))
    yield from _section("Reply", reply(one))
    yield from _section("Warnings", [Text(f"! {output.safe(each.message)}", "yellow") for each in one.warnings])
    yield from _section("Why", trail(one))
    yield from _section("Events", [event(each) for each in one.events])
    yield from _section("Next", [Text(output.safe(render.next_step(one)))])


def _section(name: str, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    found = list(parts)
    if found:
        yield Text(f"\n{name}", "bold")
        yield from (Padding(part, (0, 0, 0, 2)) for part in found)


def title(one: "ReplyView", now: datetime) -> Text:
    """Which reply, its state and due time, and what marks it."""
    if one.id is None:
        return Text(f"No reply: {one.decision or 'not decided yet'} by {one.rule or '-'}", "bold")
    parts = [f"Reply {one.id}", one.kind, one.state, f"revision {one.revision}"]
    made = Text(" · ".join(part for part in parts if part), "bold")
    if one.due_at is not None and one.state in ("drafted", "escalated", "by_hand"):
        made = Text.assemble(made, " · due ", render.due(one, now))
    marks = render.marks(one)
    return Text.assemble(made, "\n", (output.safe(" · ".join(marks)), "yellow")) if marks else made


def mention(one: "ReplyDetail") -> Iterator[RenderableType]:
    """What was said, by whom and when."""
    said, compound = one.mention, one.sentiment.compound
    score = "not scored" if compound is None else f"compound {compound:+.2f}"
    name = f" ({said.author.name})" if said.author.name else ""
    head = f"{one.platform}:{said.id} · {said.author.label}{name} · {render.moment(said.created_at)}"
    yield Text(output.safe(f"{head} · {said.lang or 'language unknown'} · {score}"), "dim")
    erased = [each for each in one.events if each.what == "forgotten"]
    yield from (Text(output.safe(f"the words are erased: {_why(each)}"), "yellow") for each in erased[-1:])
    if said.text or not erased:
        yield Quoted(said.text)
    if said.url:
        yield Text(output.safe(said.url), "dim")
    for word, at in (("edited", said.edited_at), ("deleted", said.deleted_at)):
        if at is not None:
            yield Text(f"{word} {render.moment(at)}", "yellow")


def _why(erased: "EventView") -> str:
    return (erased.detail or {}).get("message") or f"{erased.by} was asked to forget this person"


@dataclass(frozen=True)
class Quoted:
    """A text as it stands: each of its lines made safe, wrapped, and marked as somebody's words."""

    text: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for this width."""
        lines = self.text.replace("\r\n", "\n").split("\n")
        for line in lines[:LINES]:
            for piece in Text(output.safe(line)).wrap(console, max(options.max_width - len(BAR), 1)):
                yield Text.assemble(BAR, (piece.plain, self.style))
        if len(lines) > LINES:
            yield Text(f"{BAR}... {len(lines) - LINES} more lines; --json has them", "dim")


def thread(said: Iterable["ThreadLine"]) -> Iterator[RenderableType]:
    """The conversation, a line each."""
    for each in said:
        by = f"we ({each.who})" if each.ours else f"@{each.who}"
        line = Text.assemble((f"{render.moment(each.at)}  ", "dim"), (output.safe(by), "bold"), "  ")
        yield line + Text(output.safe(each.text), "green" if each.ours else "")


def about(found: "PersonView") -> Iterator[RenderableType]:
    """What is known of a person: in figures, and what colleagues noted."""
    followers = f" · {found.followers} followers" if found.followers is not None else ""
    yield Text(f"{render.count(found.mentions, 'mention')}, {found.answered} answered{followers}")
    if found.opted_out:
        yield Text("asked never to be answered", "bold red")
    yield from notes(found.notes)


def notes(kept: Iterable["Note"]) -> Iterator[RenderableType]:
    """What colleagues noted."""
    for each in kept:
        yield Text(output.safe(f"note, {render.moment(each.at)}, {each.by}: {each.text}"), "cyan")


def trail(one: "ReplyDetail") -> Iterator[RenderableType]:
    """What hit first, since that is why; then, dimmed, what was asked and did not."""
    yield from hits(one)
    yield from misses(one)


def hits(one: "ReplyDetail") -> Iterator[RenderableType]:
    """The decision, and the rules that made it."""
    if one.rule:
        kind = f" {one.kind}" if one.kind else ""
        yield Text(f"{one.decision or 'taken by a person'}{kind} by {one.rule}")
    yield from (_asked(each, "+", "") for each in one.trail if each.hit)


def misses(one: "ReplyDetail") -> Iterator[RenderableType]:
    """What was asked and did not hit."""
    yield from (_asked(each, "-", "dim") for each in one.trail if not each.hit)


def _asked(hit: "TrailLine", sign: str, style: str) -> Text:
    words = f" [{', '.join(hit.words)}]" if hit.words else ""
    return Text(output.safe(f"{sign} {hit.rule}: {hit.message}{words}"), style)


def reply(one: "ReplyView") -> Iterator[RenderableType]:
    """The exact text, its length, links and cost, and where it has to be posted by hand."""
    if not one.text:
        reason = one.eligibility.reason
        if not one.eligibility.can_reply:
            yield Text(output.safe(f"cannot be answered through the API: {reason or 'the platform says so'}"), "yellow")
        return
    cost = f" · {one.cost_usd:.3f} USD" if one.cost_usd else ""
    auto = " · inside the auto band" if one.auto else ""
    links = f" · links to {', '.join(one.link_hosts)}" if one.link_hosts else ""
    yield Text(output.safe(f"exactly this text, {one.length} of {one.limit}{auto}{links}{cost}"), "dim")
    yield Quoted(one.text, "green")
    if not one.eligibility.can_reply:
        message = one.eligibility.reason or "not through the API"
        yield Text(output.safe(f"to be posted by hand ({message}): {one.reply_url or ''}"), "yellow")
    if one.remote_url:
        yield Text(output.safe(one.remote_url), "dim")


def event(each: "EventView") -> Text:
    """One arrow of its way."""
    detail = each.detail or {}
    message = detail.get("message") or ", ".join(
        f"{name} {value}" for name, value in detail.items() if value is not None
    )
    line = f"{render.moment(each.at)}  {each.what} by {each.by}{f': {message}' if message else ''}"
    return Text(output.safe(line), "dim")


def person(found: "PersonPage") -> Iterator[RenderableType]:
    """A person's page."""
    name = f" ({found.name})" if found.name else ""
    handle = f"@{found.handle}" if found.handle else found.author_id
    followers = f" · {found.followers} followers" if found.followers is not None else ""
    yield Text(output.safe(f"{found.platform}:{found.author_id} · {handle}{name}{followers}"), "bold")
    if found.opted_out:
        gone = found.opted_out
        message = f"asked never to be answered ({gone.by}, {render.moment(gone.at)}: {gone.why or 'no reason kept'})"
        yield Text(output.safe(message), "bold red")
    yield from notes(found.notes)
    for each in found.exchanges:
        yield Text(output.safe(f"\n{render.moment(each.at)}  {_became(each)}".lstrip()), "dim")
        yield Padding(Quoted(each.text), (0, 0, 0, 2))
        if each.reply_text:
            yield Padding(Quoted(each.reply_text, "green"), (0, 0, 0, 2))


def _became(each: "ExchangeView") -> str:
    if each.reply_id is None:
        return f"{each.mention_id} · {each.decision or 'undecided'}"
    by = f" by {each.approved_by}" if each.approved_by else ""
    return f"{each.mention_id} · reply {each.reply_id} {each.state}{by}"
