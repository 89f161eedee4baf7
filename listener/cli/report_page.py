"""The figures as one page that needs nothing else: its style, its drawings and its words are in the file."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from listener.cli.output import visible
from listener.cli.render import count, moment
from listener.cli.report_words import percent, span, usd
from listener.model import Json

KINDS = ("thank_you", "answer", "correction", "support", "escalated", "ignored", "undecided")  # from the bottom up
WIDTH, HEIGHT, LEFT, TOP = 960.0, 180.0, 36.0, 16.0  # of the drawing inside a viewBox of 1000 by 220
LABELS = 12  # under the columns, at most


def page(found: Json, brand: str) -> str:
    """The page as HTML; every text in it is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.finalize = lambda value: visible(value) if type(value) is str else value
    environment.filters |= {"percent": percent, "span": span, "usd": usd, "moment": moment}
    source = files("listener.cli").joinpath("report.html").read_text(encoding="utf-8")
    kinds = [*KINDS, *(kind for kind in found["volume"]["kinds"] if kind not in KINDS)]
    volume = found["volume"]
    charts = {"days": _chart(volume["days"], "day", kinds), "hours": _chart(volume["hours"], "hour", kinds)}
    made: str = environment.from_string(source).render(
        found=found, brand=brand, kinds=kinds, charts=charts, count=count
    )
    return made


def _chart(rows: Sequence[Json], label: str, kinds: Sequence[str]) -> Json:
    """Columns, one a row, stacked by kind: boxes in the drawing's units, and the labels that have room."""
    most = max((row["mentions"] for row in rows), default=0)
    step = WIDTH / max(len(rows), 1)
    every = -(-len(rows) // LABELS)
    boxes = [
        box for number, row in enumerate(rows) for box in _column(row, label, kinds, LEFT + number * step, step, most)
    ]
    texts = [
        (round(LEFT + (number + 0.4) * step, 1), row[label]) for number, row in enumerate(rows) if number % every == 0
    ]
    return {"boxes": boxes, "texts": texts, "most": most}


def _column(row: Json, label: str, kinds: Sequence[str], x: float, step: float, most: int) -> Iterator[dict[str, Any]]:
    y = TOP + HEIGHT
    for place, kind in enumerate(kinds):
        number = row["kinds"].get(kind, 0)
        if number:
            height = number * HEIGHT / most
            y -= height
            size = {"x": round(x, 1), "y": round(y, 2), "width": round(step * 0.8, 1), "height": round(height, 2)}
            yield {**size, "kind": place, "message": f"{row[label]}: {number} {kind}"}
