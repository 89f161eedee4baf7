"""The figures as CSV: one a line, with the path that it has in the JSON. RFC 4180; no cell is read as a formula."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from listener.cli.output import iso, visible
from listener.model import Json

COLUMNS = ("figure", "item", "measure", "value")
LABELS = ("rule", "reason", "category", "platform", "hour", "day")  # what names an entry of a list


def table(found: Json) -> str:
    """Every figure of a report."""
    from listener.analysis.evaluate import safe_cell

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for figure, value in found.items():
        for item, measure, one in _lines(value):
            writer.writerow([figure, _cell(item, safe_cell), _cell(measure, safe_cell), _cell(one, safe_cell)])
    return text.getvalue()


def _label(entry: Json) -> str:
    """What tells an entry of a list from the others: of outages one platform has many."""
    names = [str(entry[name]) for name in LABELS if name in entry][:1]
    if "since" in entry:
        names += [entry["kind"], iso(entry["since"])]
    return " ".join(names)


def _cell(value: Any, safe: Any) -> Any:
    """Numbers stay numbers, also negative ones; what is not known is empty."""
    if isinstance(value, datetime):
        return iso(value)
    return safe(visible(value)) if isinstance(value, str) else "" if value is None else value


def _lines(value: Any, item: str = "", measure: str = "") -> Iterator[tuple[str, str, Any]]:
    """(item, measure, value) of whatever stands in the JSON."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in LABELS or not item:
                yield from _lines(inner, item, f"{measure}.{name}" if measure else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, _label(inner), measure)
    else:
        yield item, measure, value
