"""The metrics for a terminal of 80 columns: lines, tables, and bars of block characters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from listener.cli import output, render
from listener.cli.report_words import (
    clocked,
    describe_learning,
    describe_praise,
    describe_stock,
    describe_subjects,
    is_outside_hours,
    percent,
    span,
    usd,
)

if TYPE_CHECKING:
    from rich.console import JustifyMethod, RenderableType

    from listener.analysis.report import Report
    from listener.analysis.report.drafts import PersonFigures, RuleDrafts
    from listener.analysis.report.listening import Listening
    from listener.analysis.report.opinions import Category
    from listener.store.period import Spend

BAR_WIDTH = 30  # columns


def parts(report: "Report") -> Iterator["RenderableType"]:
    """Yield the whole screen."""
    dates = f"{render.moment(report.since)} to {render.moment(report.until)}"
    yield Text(f"{render.count(report.mentions, 'mention')}, {dates}", "bold")
    if not report.mentions:
        yield Text("No mention was received in this time; `earshot status` shows whether Earshot is listening.")
    yield from _section("Answers", [_answers(report)])
    yield from _section("By person", [_people(report.people)] if report.people else [])
    yield from _section("Mentions by kind", [_bars(report.volume.kinds)])
    hours = {f"{hour.hour:02}": hour.mentions for hour in report.volume.hours}
    yield from _section(f"Mentions by hour ({report.timezone})", [_hours(hours)])
    yield from _section("Drafts by rule", [_rules(report.rules)] if report.rules else [])
    reasons = {reason.reason: reason.number for reason in report.reject_reasons}
    yield from _section("Reasons for rejecting", [_bars(reasons)] if reasons else [])
    yield from _section(describe_subjects(report.complaints), list(_subjects(report.complaints.categories)))
    yield from _section("Listening", _listening(report.listening))
    yield from _section("Learning", [Text(output.safe(describe_learning(learned))) for learned in report.learning])
    by_role = {**{f"{tier} member": number for tier, number in report.club.tiers.items()}, **report.club.roles}
    who = f"Roles of {render.count(report.club.people, 'person')}".replace("persons", "people")
    yield from _section(who, [_bars(by_role)] if by_role else [])
    yield from _section("Praise", [Text(line) for line in describe_praise(report.club)])
    yield from _section("Coupons", [Text(output.safe(describe_stock(pool))) for pool in report.club.coupons])
    announced = {**report.announcements.sent, **report.announcements.others}
    yield from _section("Announcements, by platform, and those not sent", [_bars(announced)] if announced else [])
    yield from _section("Cost", [Text(output.safe(_cost(platform))) for platform in report.spend])


def _section(title: str, rows: Sequence["RenderableType"]) -> Iterator["RenderableType"]:
    if rows:
        yield Text(f"\n{title}", "bold")
        yield from rows


def _grid(*justify: "JustifyMethod") -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for side in justify:
        grid.add_column(justify=side, no_wrap=True, overflow="ellipsis", max_width=34)
    return grid


def _answers(report: "Report") -> Table:
    grid = _grid("left", "right", "right", "left")
    grid.columns[3].max_width = 40
    before = report.previous
    grid.add_row("", Text("now", "dim"), Text("before", "dim"), Text(f"before: since {before.since:%Y-%m-%d}", "dim"))
    grid.add_row("mentions", str(report.mentions), str(before.mentions), "")
    for row in (*_answer_rows(report), *_time_rows(report), *_quality_rows(report)):
        grid.add_row(*row)
    return grid


def _answer_rows(report: "Report") -> Iterator[tuple[str, str, str, str]]:
    answered = report.response
    asked = f"of {answered.asked} that asked for an answer"
    yield "answered", percent(answered.rate), percent(report.previous.answered_rate), asked
    yield "", "", "", f"staff {answered.staff}, automatic {answered.automatic}"
    yield "", "", "", f"on the platform {answered.on_platform}, ended {answered.ended}, waiting {answered.waiting}"


def _time_rows(report: "Report") -> Iterator[tuple[str, str, str, str]]:
    first, before, waiting = report.first_response, report.previous, report.waiting
    is_outside = is_outside_hours(first.median_seconds, first.wall_median_seconds)
    clock = "around the clock" if is_outside else report.clock
    now = clocked(first.median_seconds, first.wall_median_seconds)
    then = clocked(before.median_seconds, before.wall_median_seconds)
    yield "first response", now, then, f"median of {first.of}, {clock}"
    if is_outside:
        yield "", "", "", "(no business hour passed)"
    yield "", clocked(first.p90_seconds, first.wall_p90_seconds), "", "90th percentile"
    if report.clock != "around the clock":
        wall, wall_before = span(first.wall_median_seconds), span(before.wall_median_seconds)
        yield "around the clock", wall, wall_before, f"median; 90th percentile {span(first.wall_p90_seconds)}"
    longest = f"median of {waiting.of}; longest {span(waiting.wall_longest_seconds)}"
    yield "still waiting", span(waiting.wall_median_seconds), "", longest


def _quality_rows(report: "Report") -> Iterator[tuple[str, str, str, str]]:
    targets, edits, mood, before = report.targets, report.edits, report.sentiment, report.previous
    met = f"{targets.met} met, {targets.missed} missed"
    yield "in time", percent(targets.rate), percent(before.targets_rate), met
    words = "-" if edits.median_words is None else f"{edits.median_words:g}"
    yield "words changed", words, "", f"median of {render.count(edits.of, 'edited draft')}"
    net, net_before = percent(mood.net, sign=True), percent(before.net_sentiment, sign=True)
    yield "net sentiment", net, net_before, f"{mood.positive} positive minus {mood.negative} negative"
    yield "", "", "", f"of {mood.of} {mood.denominator}"


def _bars(numbers: Mapping[str, int]) -> Table:
    grid, most = _grid("left", "right", "left"), max(numbers.values(), default=0)
    for name, number in numbers.items():
        grid.add_row(render.clip(name), str(number), Bar(most, 0, number, width=BAR_WIDTH, color="cyan"))
    return grid


def _subjects(categories: "Sequence[Category]") -> Iterator["RenderableType"]:
    most = max((category.number for category in categories), default=0)
    for category in categories:
        grid = _grid("left", "right", "left")
        grid.columns[0].width, grid.columns[1].width = 16, 6
        bar = Bar(most, 0, category.number, width=BAR_WIDTH, color="cyan")
        grid.add_row(render.clip(category.category), str(category.number), bar)
        yield grid
        if category.quote:
            yield Padding(Text(output.safe(f"“{category.quote}”"), "dim"), (0, 0, 0, 2))


def _hours(numbers: Mapping[str, int]) -> Table:
    """Draw the hours in two halves of the day: side by side they would be too narrow for their numbers."""
    grid, most = _grid("left", "right", "left", "left", "right", "left"), max(numbers.values(), default=0)
    names = list(numbers)
    for left, right in zip(names[:12], names[12:], strict=True):
        grid.add_row(*(cell for name in (left, right) for cell in _hour(name, numbers[name], most)))
    return grid


def _hour(name: str, number: int, most: int) -> tuple[str, str, Bar]:
    return name, str(number), Bar(most or 1, 0, number, width=BAR_WIDTH // 2 + 6, color="cyan")


def _table(first: str, *headings: str) -> Table:
    """Make a table of a name, which may be cut, and of numbers."""
    name = {"ratio": 1, "no_wrap": True, "overflow": "ellipsis"}
    return render.table((first, name), *((heading, {"justify": "right", "no_wrap": True}) for heading in headings))


def _people(people: "Sequence[PersonFigures]") -> Table:
    table = _table("name", "sent", "first response", "approved", "edited", "rejected", "escalated")
    for person in people:
        first = clocked(person.median_seconds, person.wall_median_seconds)
        counts = (person.approved, person.edited, person.rejected, person.escalated)
        table.add_row(render.clip(person.name), str(person.sent), first, *map(str, counts))
    return table


def _rules(rules: "Sequence[RuleDrafts]") -> Table:
    table = _table("rule", "drafts", "approved", "edited", "rejected", "escalated", "auto", "open")
    for rule in rules:
        shares = (percent(rule.approve_rate), percent(rule.edit_rate), percent(rule.reject_rate))
        counts = (rule.escalated, rule.automatic, rule.open)
        table.add_row(render.clip(rule.rule), str(rule.drafts), *shares, *map(str, counts))
    return table


def _listening(listening: "Listening") -> list[Text]:
    lag = listening.lag
    outages = render.count(len(listening.outages), "outage")
    rows = [
        f"received {span(lag.median_seconds)} after it was written (median of {lag.of})",
        f"90th percentile {span(lag.p90_seconds)}, longest {span(lag.most_seconds)}",
        f"{render.count(listening.gaps, 'gap')}, {listening.gaps_open} open; "
        f"{outages}, {span(listening.outage_seconds)} in all",
    ]
    return [Text(row) for row in rows]


def _cost(spend: "Spend") -> str:
    per_reply = f", {usd(spend.for_replies_usd / spend.replies)} per reply" if spend.replies else ""
    return f"{spend.platform}: {usd(spend.usd)} for {render.count(spend.calls, 'call')}{per_reply}"
