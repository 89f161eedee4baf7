"""The metrics as CSV: one per line, with the path that it has in the JSON. RFC 4180; no cell is read as a formula."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime

from listener.cli.output import iso, visible
from listener.files.cells import safe_cell

COLUMNS = ("figure", "item", "measure", "value")
LABELS = ("rule", "reason", "category", "platform", "hour", "day", "name")  # what names an entry of a list


def format_table(metrics: Mapping[str, object]) -> str:
    """Write every metric of a report, given as nested dicts and lists."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for metric, content in metrics.items():
        for item, measure, value in _lines(content):
            writer.writerow([metric, *(_cell(cell) for cell in (item, measure, value))])
    return text.getvalue()


def _label(entry: Mapping[str, object]) -> str:
    """Name an entry of a list so that it differs from the others: a platform may have many outages."""
    names = [str(entry[name]) for name in LABELS if name in entry][:1]
    since = entry.get("since")
    if isinstance(since, datetime):
        names += [str(entry["kind"]), iso(since)]
    return " ".join(names)


def _cell(value: object) -> object:
    """Keep numbers as numbers, negative ones too; leave empty what is not known."""
    if isinstance(value, datetime):
        return iso(value)
    return safe_cell(visible(value)) if isinstance(value, str) else "" if value is None else value


def _lines(value: object, item: str = "", measure: str = "") -> Iterator[tuple[str, str, object]]:
    """Yield (item, measure, value) of everything in the JSON."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in LABELS or not item:
                yield from _lines(inner, item, f"{measure}.{name}" if measure else str(name))
    elif isinstance(value, list):
        for entry in value:
            yield from _lines(entry, _label(entry), measure)
    else:
        yield item, measure, value
