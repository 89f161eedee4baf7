"""What `review` draws: the list, and everything about one reply in the order in which it is needed. Values to text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from listener.cli import detail, output, render, times
from listener.cli.review.listing import Listing, count_waiting
from listener.cli.review.meanwhile import essence
from listener.desk.views import ReplyDetail, ReplyView, ThreadLine

EARLIER = 3  # lines of the thread above the mention; all of it is further down
MIN_MENTION = 3  # lines of a mention above our text, however small the window
DUE_CELLS = 9  # "late 120d"
MAX_AUTHOR_CELLS = 14


def line(text: str, style: str = "") -> Text:
    """Return a text that is never read as markup and never moves the cursor."""
    return Text(output.safe(text), style)


def cut(text: str, style: str = "") -> Text:
    """Return a line that ends at the edge."""
    return Text(output.safe(text), style, no_wrap=True, overflow="ellipsis")


def head(listing: Listing, now: datetime) -> Text:
    """Who reviews, what waits, and which part of it is shown."""
    totals, words = listing.totals, listing.filter.words
    parts = [f"{count_waiting(totals)} wait"]
    parts += [f"{totals.overdue} overdue"] * bool(totals.overdue) + [f"{totals.snoozed} snoozed"] * bool(totals.snoozed)
    parts += [render.count(totals.announcements, "announcement")] * bool(totals.announcements)
    parts += [f"last poll {times.ago(totals.listened, now)}"] * (totals.listened is not None)
    shown = [listing.filter_name, f"'{words}'" if words else ""]
    shown += [f"{len(listing.marked)} marked"] * bool(listing.marked)
    return cut(" · ".join(filter(None, ("review", listing.by, ", ".join(parts), *shown))), "reverse")


def notices(messages: Iterable[str]) -> Text:
    """The warnings that several replies share, once for all of them."""
    return Text("\n").join(cut(f"! {message}", "bold yellow") for message in messages)


def rows(listing: Listing, height: int, width: int, now: datetime) -> Text:
    """The stretch of the list around the cursor, a line each; > is the cursor, * what is marked."""
    top = max(0, min(listing.at - height // 2, len(listing.lines) - height))
    shown = listing.lines[top : top + height]
    widths = _Widths.of(listing.lines)  # of all of them: columns stand still while it scrolls
    drawn = [_row(listing, view, widths, width, top + place == listing.at, now) for place, view in enumerate(shown)]
    return Text("\n").join(drawn)


@dataclass(frozen=True, slots=True)
class _Widths:
    """Cells of the columns: no wider than what is in them, so that the mentions get the room."""

    number: int
    what: int
    author: int

    @classmethod
    def of(cls, views: Sequence[ReplyView]) -> "_Widths":
        columns = [(str(view.id), _what(view), output.safe(view.mention.author.label)) for view in views]
        number, what, author = (
            (max(map(cell_len, column)) for column in zip(*columns, strict=True)) if columns else (0,) * 3
        )
        return cls(number, what, min(author, MAX_AUTHOR_CELLS))


def _row(listing: Listing, view: ReplyView, widths: _Widths, width: int, is_selected: bool, now: datetime) -> Text:
    due = render.due(view, now)
    drawn = Text.assemble(
        f"{'>' if is_selected else ' '}{'*' if view.id in listing.marked else ' '}{view.id:>{widths.number}} ",
        (set_cell_size(due.plain, DUE_CELLS) + " ", due.style),
        set_cell_size(_what(view), widths.what) + " ",
        (set_cell_size(output.safe(view.mention.author.label), widths.author) + " ", "bold"),
        (_flags(listing, view), "yellow"),
        render.opening(view),
    )
    drawn.truncate(width, overflow="ellipsis", pad=is_selected)
    if is_selected:
        drawn.stylize("reverse")
    return drawn


def _what(view: ReplyView) -> str:
    return str(view.kind if view.state == "drafted" else view.state)


def _flags(listing: Listing, view: ReplyView) -> str:
    """Whose it is, and that something needs attention."""
    names = ["urgent"] * bool(view.urgency) + ["private"] * view.private
    names += [f"{view.claimed_by} works on it"] if view.claimed_by not in (None, listing.by) else []
    names += [f"for {'you' if view.assigned_to == listing.by else view.assigned_to}"] if view.assigned_to else []
    names += [f"{view.approvals[0].by} approved"] if view.state == "drafted" and view.approvals else []
    names += ["!"] if listing.own_warnings(view) or view.error else []
    return output.safe(f"[{', '.join(names)}] ") if names else ""


@dataclass(frozen=True)
class Page:
    """One reply, drawn for its window: our text is in sight, a long mention is cut.

    above, mention, below: parts up to the end of our text; rest: for who scrolls; room: lines in sight;
    on_end: is called with the number of lines up to the end of our text when the page is drawn.
    """

    above: tuple[RenderableType, ...]
    mention: detail.Quoted | None
    below: tuple[RenderableType, ...]
    rest: tuple[RenderableType, ...]
    room: Callable[[], int]
    on_end: Callable[[int], None]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, the mention cut to the lines that are left beside the rest."""
        above, below = _lines(console, options, self.above), _lines(console, options, self.below)
        mention = _lines(console, options, [self.mention]) if self.mention is not None else []
        left = max(self.room() - len(above) - len(below), MIN_MENTION)
        shown = mention if len(mention) <= left else mention[: left - 1]
        more = [] if shown is mention else [Text(f"{detail.BAR}… {len(mention)} lines in full below: PgDn", "bold")]
        self.on_end(len(above) + len(shown) + len(more) + len(below))
        yield from (*_segments(above, shown), *more, *_segments(below), *self.rest)
        if more:
            yield Text("\nFull mention", "bold")
            yield from _segments(mention)


def _lines(console: Console, options: ConsoleOptions, parts: Iterable[RenderableType]) -> list[list[Segment]]:
    return console.render_lines(Group(*parts), options.update(height=None), pad=False) if parts else []


def _segments(*blocks: list[list[Segment]]) -> Iterator[Segment]:
    for segments in (segments for block in blocks for segments in block):
        yield from (*segments, Segment.line())


def reply_page(reply: ReplyDetail, now: datetime, room: Callable[[], int], on_end: Callable[[int], None]) -> Page:
    """Everything about one reply: warnings, mention, person, our text and the reasons; then the rest. See `Page`."""
    mention_parts = list(detail.mention(reply))
    at = next((at for at, part in enumerate(mention_parts) if isinstance(part, detail.Quoted)), len(mention_parts))
    quoted = next((part for part in mention_parts[at:] if isinstance(part, detail.Quoted)), None)
    warnings = [line(f"! {message}", "bold yellow") for message in _problems(reply)]
    above = [detail.title(reply, now), *warnings, *_earlier(reply), *mention_parts[:at]]
    below = [*_short(mention_parts[at + 1 :]), *detail.about(reply.person), *_our_text(reply), *_suspected(reply)]
    return Page(tuple(above), quoted, tuple(below), tuple(_rest(reply)), room, on_end)


def _short(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Cut what was said before an edit to a line: all of it is further down."""
    yield from (cut(f"{detail.BAR}{part.text}", "dim") if isinstance(part, detail.Quoted) else part for part in parts)


def _problems(reply: ReplyView) -> list[str]:
    return [*(warning.message for warning in reply.warnings), *([reply.error] if reply.error else [])]


def _earlier(reply: ReplyDetail) -> Iterator[Text]:
    earlier = [post for post in reply.thread if post.at < reply.mention.created_at]
    yield from (cut(f"{_who(post)}: {post.text}"[: render.START], "dim") for post in earlier[-EARLIER:])


def _our_text(reply: ReplyDetail) -> Iterator[RenderableType]:
    yield from detail.applause(reply, "l: applaud")
    for part in detail.reply(reply):
        yield from uncut(part) if isinstance(part, detail.Quoted) else [part]
    if not reply.text and reply.state == "escalated":
        earlier = reply.earlier_text if reply.offered_text else None
        offer = f"use the text {earlier.until}" if earlier else "write one"
        yield Text(f"No draft; e: {offer}, c: close")
    yield from detail.coupon(reply, "o gives one")


def _suspected(reply: ReplyDetail) -> Iterator[RenderableType]:
    if reply.suspected_fact is not None:
        yield Text("\nMay be about this fact; d: use its text", "bold")
        yield from detail.suspected(reply)


def uncut(quoted: detail.Quoted) -> Iterator[detail.Quoted]:
    """Return a text of any number of lines in parts: what will be sent is never cut."""
    lines = quoted.text.replace("\r\n", "\n").split("\n")
    for start in range(0, len(lines), detail.LINES):
        yield replace(quoted, text="\n".join(lines[start : start + detail.LINES]))


def _rest(reply: ReplyDetail) -> Iterator[RenderableType]:
    yield from detail.hits(reply)
    if reply.earlier_text is not None:
        yield Text(f"\n{detail.earlier_title(reply)}", "bold")
        yield from detail.earlier(reply)
    if reply.mention.edits:
        yield Text("\nMention before it was edited", "bold")
        yield from detail.before(reply)
    if len(reply.thread) > 1:
        yield Text("\nThread", "bold")
        yield from detail.thread(reply.thread)
    yield Text("\nEvents", "bold")
    yield from map(detail.event, reply.events)
    yield Text("\nRules that did not match", "bold")
    yield from detail.misses(reply)


def _who(post: ThreadLine) -> str:
    return f"we ({post.who})" if post.ours else f"@{post.who}"


def approvable(reply: ReplyView | None) -> object:
    """What an approval of it would mean: while this is equal, so is the approval."""
    return None if reply is None else (reply.id, reply.text, essence(reply))


def spoken(reply: ReplyDetail, now: datetime) -> Iterator[str]:
    """One reply in lines that can be read aloud: no columns, no bars, a stranger's words on one line."""
    due = f", due {times.ago(reply.due_at, now)}" if reply.due_at else ""
    yield f"Reply {reply.id}: {reply.kind or 'no kind yet'}, {reply.state}, revision {reply.revision}{due}."
    yield from (f"Note: {mark}." for mark in render.marks(reply))
    yield from (f"Warning: {warning.message}." for warning in reply.warnings)
    yield from (f"Before: {_who(post)}: {post.text}" for post in reply.thread[-EARLIER - 1 : -1])
    score = reply.sentiment.compound
    feeling = "" if score is None else f", score {score:+.2f}"
    when = times.ago(reply.mention.created_at, now)
    yield f"{reply.mention.author.label} on {reply.platform}, {when}{feeling}, wrote:"
    yield f"  {reply.mention.text}"
    yield from (f"Attached: {attached}." for attached in reply.mention.attachments)
    yield from (f"Before the edit of {render.moment(change.at)}: {change.before}" for change in reply.mention.edits)
    yield f"This person: {render.count(reply.person.mentions, 'mention')}, {reply.person.answered} answered."
    yield from (f"{role.name.capitalize()}: {role.message}." for role in reply.person.roles)
    yield from (f"Note by {note.by}: {note.text}" for note in reply.person.notes)
    yield from (part.plain for part in detail.applause(reply, "l: applaud"))
    if reply.text:
        links = f", links to {', '.join(reply.link_hosts)}" if reply.link_hosts else ""
        cost = f", costs {reply.cost_usd:.3f} dollars" if reply.cost_usd else ""
        yield f"This exact text will be sent, {reply.length} of {reply.limit} characters{links}{cost}:"
        yield f"  {reply.text}"
    else:
        yield "There is no text yet."
    yield from (f"{part}." for part in detail.coupon(reply, "o gives one"))
    if reply.suspected_fact is not None:
        statement = reply.suspected_fact.statement or "It is no longer in the fact sheet."
        yield f"It may be about the fact {reply.suspected_fact.fact}; d uses its text: {statement}"
    if reply.earlier_text is not None:
        yield f"The text {reply.earlier_text.until}: {reply.earlier_text.text}"
    yield from (f"Why: {rule.rule}: {rule.message}." for rule in reply.trail if rule.hit)
