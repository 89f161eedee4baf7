"""Draw everything about one exchange for people: the `show` screen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from listener.cli import output, render, steps
from listener.cli.praise_lines import describe_act, describe_fit

if TYPE_CHECKING:
    from listener.desk.views import EventView, PersonView, ReplyDetail, ReplyView, ThreadLine, TrailLine
    from listener.store.operation_records import Note

Parts = Iterator[RenderableType]
LINES = 60  # of one text; --json has all of it
BAR = "│ "  # before every line of a stranger's text, so that it cannot pose as ours


def show(view: "ReplyDetail", now: datetime, *, with_misses: bool = False, is_idle: bool = False) -> None:
    """Print everything about a reply or a mention.

    with_misses: the rules that did not match, too; is_idle: nothing polls or sends now.
    """
    render.show(*_draw_parts(view, now, with_misses, is_idle))


def _draw_parts(view: "ReplyDetail", now: datetime, with_misses: bool, is_idle: bool) -> Parts:
    yield title(view, now)
    yield from _draw_section("Mention", mention(view))
    if len(view.thread) > 1:
        yield from _draw_section("Thread", thread(view.thread))
    yield from _draw_section("Person", about(view.person))
    how = f"`earshot applaud {view.platform}:{view.mention.id} --{view.applause[0]}`" if view.applause else ""
    yield from _draw_section("Applause", applause(view, how))
    give = f"`earshot offer {view.id} NAME --reason TEXT` gives one"
    yield from _draw_section("Reply", [*reply(view), *coupon(view, give)])
    yield from _draw_section(earlier_title(view), earlier(view))
    yield from _draw_section("May be about this fact", suspected(view))
    warnings = [Text(f"! {output.safe(warning.message)}", "yellow") for warning in view.warnings]
    yield from _draw_section("Warnings", warnings)
    yield from _draw_section("Why", hits(view))
    if with_misses:
        yield from _draw_section("Rules that did not match", misses(view))
    elif number := sum(not line.hit for line in view.trail):
        yield Text(f"  {render.count(number, 'rule')} did not match; --all shows them", "dim")
    yield from _draw_section("Events", map(event, view.events))
    yield from _draw_section("Next", [Text(output.safe(steps.next_step(view, is_idle=is_idle)))])


def _draw_section(name: str, parts: Iterable[RenderableType]) -> Parts:
    indented = [Padding(part, (0, 0, 0, 2)) for part in parts]
    if indented:
        yield Text(f"\n{name}", "bold")
        yield from indented


def title(view: "ReplyView", now: datetime) -> Text:
    """Return which reply it is, its state and due time, and what marks it."""
    if view.id is None:
        return Text(f"No reply: {view.decision or 'not decided yet'} by {view.rule or '-'}", "bold")
    parts = [f"Reply {view.id}", view.kind, view.state, f"revision {view.revision}"]
    line = Text(" · ".join(part for part in parts if part), "bold")
    if view.due_at is not None and view.state in ("drafted", "escalated", "by_hand"):
        due = render.due(view, now)
        line = Text.assemble(line, " · " if due.plain.startswith("late") else " · due ", due)
    marks = render.marks(view)
    return Text.assemble(line, "\n", (output.safe(" · ".join(marks)), "yellow")) if marks else line


def mention(view: "ReplyDetail") -> Parts:
    """Draw the mention: where, by whom and when, its score and its text."""
    post, compound = view.mention, view.sentiment.compound
    score = "not scored" if compound is None else f"compound {compound:+.2f}"
    name = f" ({post.author.name})" if post.author.name else ""
    head = f"{view.platform}:{post.id} · {post.author.label}{name} · {render.moment(post.created_at)}"
    yield Text(output.safe(f"{head} · {post.lang or 'language unknown'} · {score}"), "dim")
    erasures = [happened for happened in view.events if happened.what == "forgotten"]
    yield from (Text(output.safe(f"the text was erased: {_explain(erasure)}"), "yellow") for erasure in erasures[-1:])
    if post.text or not erasures:
        yield Quoted(post.text)
    if post.url:
        yield Text(output.safe(post.url), "dim")
    yield from (Text(output.safe(f"+ {attached}"), "cyan") for attached in post.attachments)
    if post.labels:
        yield Text(output.safe(f"labelled {', '.join(post.labels)}"), "yellow")
    yield from before(view)
    if post.deleted_at is not None:
        yield Text(f"deleted {render.moment(post.deleted_at)}", "yellow")


def before(view: "ReplyDetail") -> Parts:
    """Draw when the author edited the mention, and the words before."""
    edits = view.mention.edits
    if view.mention.edited_at is not None and not edits:  # the words are erased
        yield Text(f"edited {render.moment(view.mention.edited_at)}", "yellow")
    for change in edits:
        yield Text(f"edited {render.moment(change.at)}; the words before:", "yellow")
        yield Quoted(change.before, "dim")


def _explain(erasure: "EventView") -> str:
    return (erasure.detail or {}).get("message") or f"{erasure.by} was asked to erase this person's data"


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


def thread(posts: Iterable["ThreadLine"]) -> Parts:
    """Draw the conversation, a line a post."""
    for post in posts:
        by = f"we ({post.who})" if post.ours else f"@{post.who}"
        line = Text.assemble((f"{render.moment(post.at)}  ", "dim"), (output.safe(by), "bold"), "  ")
        yield line + Text(output.safe(post.text), "green" if post.ours else "")


def about(person: "PersonView") -> Parts:
    """Draw what is known of a person: figures and roles in a line (a new one is seen by the figures), and notes."""
    followers = f" · {person.followers} followers" if person.followers is not None else ""
    known = [f" · {person.tier} member"] if person.tier else []
    known += [f" · {role.name}: {role.message}" for role in person.roles if role.name != "new"]
    figures = f"{render.count(person.mentions, 'mention')}, {person.answered} answered{followers}"
    yield Text(output.safe("".join((figures, *known))))
    if person.asks_to_join:
        yield Text("asks to join the club: `earshot member HANDLE --join PLATFORM:MENTION_ID`", "magenta")
    if person.opted_out:
        yield Text("opted out of replies", "bold red")
    yield from notes(person.notes)


def applause(view: "ReplyDetail", how: str) -> Iterator[Text]:
    """Draw the acts of applause, and what else of it fits. how: to choose it."""
    yield from (Text(output.safe(describe_act(act)), "magenta") for act in view.acts)
    if view.applause:
        yield Text(f"{describe_fit(view.applause)}; {how}", "magenta")


def notes(kept: Iterable["Note"]) -> Parts:
    """Draw what colleagues noted."""
    for note in kept:
        yield Text(output.safe(f"note, {render.moment(note.at)}, {note.by}: {note.text}"), "cyan")


def hits(view: "ReplyDetail") -> Parts:
    """Draw the decision, and the rules that matched."""
    if view.rule:
        kind = f" {view.kind}" if view.kind else ""
        learned = f" (second reader: weights {view.weights_id})" if view.weights_id else ""
        yield Text(f"{view.decision or 'escalated by staff'}{kind} by {view.rule}{learned}")
    yield from (_draw_rule(line, "+", "") for line in view.trail if line.hit)


def misses(view: "ReplyDetail") -> Parts:
    """Draw the rules that did not match."""
    yield from (_draw_rule(line, "-", "dim") for line in view.trail if not line.hit)


def _draw_rule(line: "TrailLine", sign: str, style: str) -> Text:
    words = f" [{', '.join(line.words)}]" if line.words else ""
    return Text(output.safe(f"{sign} {line.rule}: {line.message}{words}"), style)


def reply(view: "ReplyView") -> Parts:
    """Draw the exact text, its length, links and cost, and where it has to be posted by hand."""
    eligibility = view.eligibility
    if not view.text:
        if not eligibility.can_reply:
            reason = eligibility.reason or "the platform does not allow it"
            yield Text(output.safe(f"cannot be answered through the API: {reason}"), "yellow")
        return
    cost = f" · {view.cost_usd:.3f} USD" if view.cost_usd else ""
    auto = " · inside the auto band" if view.auto else ""
    links = f" · links to {', '.join(view.link_hosts)}" if view.link_hosts else ""
    yield Text(output.safe(f"exact text, {view.length} of {view.limit}{auto}{links}{cost}"), "dim")
    yield Quoted(view.text, "green")
    if not eligibility.can_reply:
        reason = eligibility.reason or "not through the API"
        yield Text(output.safe(f"to be posted by hand ({reason}): {view.reply_url or ''}"), "yellow")
    if view.remote_url:
        yield Text(output.safe(view.remote_url), "dim")


def coupon(view: "ReplyDetail", how: str) -> Parts:
    """Draw the coupon that the reply carries, or the offers that it could be given. how: what gives one."""
    if view.coupon is not None:
        kept = view.coupon
        why = f": {kept.why}" if kept.why else ""
        words = f"coupon {kept.code} of offer {kept.offer}, {kept.value}, by {kept.by}{why}"
        yield Text(output.safe(words), "cyan")
        yield from [Text(output.safe(f"cannot be sent: {kept.problem}"), "yellow")] * bool(kept.problem)
    if view.offers:
        yield Text(output.safe(f"offers that fit: {', '.join(view.offers)}; {how}"), "cyan")


def earlier_title(view: "ReplyView") -> str:
    """Return the heading of the text that the reply had before; "" where it had none."""
    return f"Text {view.earlier_text.until}" if view.earlier_text else ""


def earlier(view: "ReplyView") -> Parts:
    """Draw what the reply said until the mention was edited or a person escalated it, so that no text is lost."""
    if (text := view.earlier_text) is not None:
        yield Text(f"{'written by staff' if text.by_staff else 'our draft'}, until {render.moment(text.at)}", "dim")
        yield Quoted(text.text, "dim")


def suspected(view: "ReplyView") -> Parts:
    """Draw the fact that the mention may be about, by which of its words, and what the fact sheet says."""
    if (fact := view.suspected_fact) is not None:
        yield Text(output.safe(f"{fact.fact} [{', '.join(fact.words)}]"), "cyan")
        yield Quoted(fact.statement or "It is no longer in the fact sheet.")
        if fact.statement:
            yield Text(output.safe(" · ".join(filter(None, (fact.source, fact.link)))), "dim")


def event(view: "EventView") -> Text:
    """Draw one event: when, what, by whom, and its details."""
    detail = view.detail or {}
    pairs = ", ".join(f"{name} {value}" for name, value in detail.items() if value is not None)
    message = detail.get("message") or ("see the mention" if view.what == "edited" and view.by == "author" else pairs)
    what = f"{view.what} ({detail['act']})" if "act" in detail and detail.get("message") else view.what
    line = f"{render.moment(view.at)}  {what} by {view.by}{f': {message}' if message else ''}"
    return Text(output.safe(line), "dim")
