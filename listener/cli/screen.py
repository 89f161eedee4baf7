"""The `show` screen and a person's page: everything about one exchange, for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from listener.cli import output, render

if TYPE_CHECKING:
    from listener.model import Json

LINES = 60  # of one text; --json has all of it
BAR = "│ "  # before every line of a stranger's text, so that it cannot pose as ours


def show(one: "Json", now: datetime) -> None:
    """Print everything about a reply or a mention."""
    render.show(*_parts(one, now))


def _parts(one: "Json", now: datetime) -> Iterator[Any]:
    yield _title(one, now)
    yield from _section("Mention", _mention(one))
    if len(one["thread"]) > 1:
        yield from _section("Thread", _thread(one["thread"]))
    yield from _section("Person", _person(one["person"]))
    yield from _section("Reply", _reply(one))
    yield from _section("Warnings", [Text(f"! {output.safe(each['says'])}", "yellow") for each in one["warnings"]])
    yield from _section("Why", _trail(one))
    yield from _section("Events", [_event(each) for each in one["events"]])
    yield from _section("Next", [Text(output.safe(render.following(one)))])


def _section(name: str, parts: Iterable[Any]) -> Iterator[Any]:
    found = list(parts)
    if found:
        yield Text(f"\n{name}", "bold")
        yield from (Padding(part, (0, 0, 0, 2)) for part in found)


def _title(one: "Json", now: datetime) -> Text:
    if one["id"] is None:
        return Text(f"No reply: {one['decision'] or 'not decided yet'} by {one['rule'] or '-'}", "bold")
    parts = [f"Reply {one['id']}", one["kind"], one["state"], f"revision {one['revision']}"]
    title = Text(" · ".join(part for part in parts if part), "bold")
    if one["due_at"] is not None and one["state"] in ("drafted", "escalated", "by_hand"):
        title = Text.assemble(title, " · due ", render.due(one, now))
    marks = render.marks({**one, "warnings": []})
    return Text.assemble(title, "\n", (output.safe(" · ".join(marks)), "yellow")) if marks else title


def _mention(one: "Json") -> Iterator[Any]:
    mention, compound = one["mention"], one["sentiment"]["compound"]
    score = "not scored" if compound is None else f"compound {compound:+.2f}"
    name = f" ({mention['author']['name']})" if mention["author"]["name"] else ""
    head = f"{one['platform']}:{mention['id']} · {render.who(one)}{name} · {render.moment(mention['created_at'])}"
    yield Text(output.safe(f"{head} · {mention['lang'] or 'language unknown'} · {score}"), "dim")
    yield Quoted(mention["text"])
    if mention["url"]:
        yield Text(output.safe(mention["url"]), "dim")
    for word in ("edited", "gone"):
        if mention[f"{word}_at"]:
            yield Text(f"{word} {render.moment(mention[f'{word}_at'])}", "yellow")


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


def _thread(thread: "list[Json]") -> Iterator[Any]:
    for each in thread:
        by = f"we ({each['who']})" if each["ours"] else f"@{each['who']}"
        line = Text.assemble((f"{render.moment(each['at'])}  ", "dim"), (output.safe(by), "bold"), "  ")
        yield line + Text(output.safe(each["text"]), "green" if each["ours"] else "")


def _person(found: "Json") -> Iterator[Any]:
    followers = f" · {found['followers']} followers" if found["followers"] is not None else ""
    yield Text(f"{render.count(found['mentions'], 'mention')}, {found['answered']} answered{followers}")
    if found["opted_out"]:
        yield Text("asked never to be answered", "bold red")
    yield from _notes(found["notes"])


def _notes(notes: "list[Json]") -> Iterator[Any]:
    for each in notes:
        yield Text(output.safe(f"note, {render.moment(each['at'])}, {each['by']}: {each['text']}"), "cyan")


def _trail(one: "Json") -> Iterator[Any]:
    """What hit first, since that is why; then, dimmed, what was asked and did not."""
    if one["rule"]:
        kind = f" {one['kind']}" if one["kind"] else ""
        yield Text(f"{one['decision'] or 'taken by a person'}{kind} by {one['rule']}")
    for wanted, sign, style in ((True, "+", ""), (False, "-", "dim")):
        for hit in one["trail"]:
            if hit["hit"] is wanted:
                words = f" [{', '.join(hit['words'])}]" if hit["words"] else ""
                yield Text(output.safe(f"{sign} {hit['rule']}: {hit['says']}{words}"), style)


def _reply(one: "Json") -> Iterator[Any]:
    if not one["text"]:
        reason = one["eligibility"]["reason"]
        if not one["eligibility"]["can_reply"]:
            yield Text(output.safe(f"cannot be answered through the API: {reason or 'the platform says so'}"), "yellow")
        return
    cost = f" · {one['cost_usd']:.3f} USD" if one["cost_usd"] else ""
    auto = " · inside the auto band" if one["auto"] else ""
    yield Text(f"exactly this text, {one['length']} of {one['limit']}{auto}{cost}", "dim")
    yield Quoted(one["text"], "green")
    if not one["eligibility"]["can_reply"]:
        says = one["eligibility"]["reason"] or "not through the API"
        yield Text(output.safe(f"to be posted by hand ({says}): {one['link'] or ''}"), "yellow")
    if one["remote_url"]:
        yield Text(output.safe(one["remote_url"]), "dim")


def _event(each: "Json") -> Text:
    detail = each["detail"] or {}
    says = detail.get("says") or ", ".join(f"{name} {value}" for name, value in detail.items() if value is not None)
    line = f"{render.moment(each['at'])}  {each['what']} by {each['by']}{f': {says}' if says else ''}"
    return Text(output.safe(line), "dim")


def person(found: "Json") -> Iterator[Any]:
    """A person's page."""
    name = f" ({found['name']})" if found["name"] else ""
    handle = f"@{found['handle']}" if found["handle"] else found["author_id"]
    followers = f" · {found['followers']} followers" if found["followers"] is not None else ""
    yield Text(output.safe(f"{found['platform']}:{found['author_id']} · {handle}{name}{followers}"), "bold")
    if found["opted_out"]:
        gone = found["opted_out"]
        says = (
            f"asked never to be answered ({gone['by']}, {render.moment(gone['at'])}: {gone['why'] or 'no reason kept'})"
        )
        yield Text(output.safe(says), "bold red")
    yield from _notes(found["notes"])
    for each in found["exchanges"]:
        yield Text(output.safe(f"\n{render.moment(each['at'])}  {_became(each)}".lstrip()), "dim")
        yield Padding(Quoted(each["text"]), (0, 0, 0, 2))
        if each["reply_text"]:
            yield Padding(Quoted(each["reply_text"], "green"), (0, 0, 0, 2))


def _became(each: "Json") -> str:
    if each["reply_id"] is None:
        return f"{each['mention_id']} · {each['decision'] or 'undecided'}"
    by = f" by {each['approved_by']}" if each["approved_by"] else ""
    return f"{each['mention_id']} · reply {each['reply_id']} {each['state']}{by}"
