"""The metrics as one page that needs nothing else: its style, its drawings and its words are in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, StrictUndefined

from listener.cli.output import visible
from listener.cli.render import count, moment
from listener.cli.report_words import (
    clocked,
    describe_learning,
    describe_praise,
    describe_stock,
    is_outside_hours,
    percent,
    span,
    usd,
)

if TYPE_CHECKING:
    from listener.analysis.report import Report
    from listener.policy import Policy

WITHOUT_DRAFT = ("escalated", "ignored", "undecided")  # drawn above the kinds of the policy
WIDTH, HEIGHT, TOP = 1000.0, 180.0, 16.0  # of the drawing inside a viewBox of 1000 by 200
LABELS = 12  # under the columns, at most; a narrow page hides every second


class Column(NamedTuple):
    """One column of a chart: its label, and how many mentions of each kind."""

    label: str
    kinds: Mapping[str, int]


class Box(NamedTuple):
    """A part of a column in the drawing's units; kind: its place among the kinds."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    message: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns stacked by kind. labels: (percent from the left, text); most: the height of the highest column."""

    boxes: list[Box]
    labels: list[tuple[float, str]]
    most: int


def render_page(report: "Report", policy: "Policy") -> str:
    """Render the page as HTML; every text in it is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.finalize = lambda value: visible(value) if type(value) is str else value
    environment.filters |= {"percent": percent, "span": span, "usd": usd, "moment": moment}
    source = files("listener.cli").joinpath("report.html").read_text(encoding="utf-8")
    kinds = list(
        dict.fromkeys((*(responder.kind for responder in policy.responders), *WITHOUT_DRAFT, *report.volume.kinds))
    )
    days = [Column(f"{date.fromisoformat(day.day):%-d %b}", day.kinds) for day in report.volume.days]
    hours = [Column(str(hour.hour), hour.kinds) for hour in report.volume.hours]
    html: str = environment.from_string(source).render(
        report=report,
        brand=policy.brand.name or "Earshot",
        kinds=kinds,
        charts={"days": draw_chart(days, kinds), "hours": draw_chart(hours, kinds)},
        count=count,
        clocked=clocked,
        describe_learning=describe_learning,
        describe_stock=describe_stock,
        praise=describe_praise(report.club),
        is_outside_hours=is_outside_hours,
    )
    return html


def draw_chart(columns: Sequence[Column], kinds: Sequence[str]) -> Chart:
    """Draw the columns side by side on one scale; label as many as have room."""
    most = max((sum(column.kinds.values()) for column in columns), default=0)
    step = WIDTH / max(len(columns), 1)
    every = -(-len(columns) // LABELS)
    boxes = [
        box for number, column in enumerate(columns) for box in _draw_column(column, kinds, number * step, step, most)
    ]
    labels = [
        (round((number + 0.4) * step * 100 / WIDTH, 1), column.label)
        for number, column in enumerate(columns)
        if number % every == 0
    ]
    return Chart(boxes, labels, most)


def _draw_column(column: Column, kinds: Sequence[str], x: float, step: float, most: int) -> Iterator[Box]:
    y = TOP + HEIGHT
    for place, kind in enumerate(kinds):
        number = column.kinds.get(kind, 0)
        if number:
            height = number * HEIGHT / most
            y -= height
            size = (round(x, 1), round(y, 2), round(step * 0.8, 1), round(height, 2))
            yield Box(*size, place, f"{column.label}: {number} {kind}")
