"""The figures for a terminal of 80 columns: lines, tables, and bars of block characters."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from listener.cli import output, render
from listener.cli.report_words import percent, span, usd
from listener.model import Json

WIDE = 30  # columns of a bar


def parts(found: Json) -> Iterator[Any]:
    """The whole screen."""
    head = f"{render.moment(found['since'])} to {render.moment(found['until'])}"
    yield Text(f"{render.count(found['mentions'], 'mention')} heard from {head}", "bold")
    if not found["mentions"]:
        yield Text("Nothing was heard in this time; `earshot status` tells whether we listen.")
    yield from _section("Answers", _answers(found))
    yield from _section("Heard, by kind", [_bars(found["volume"]["kinds"])])
    hours = {f"{one['hour']:02}": one["mentions"] for one in found["volume"]["hours"]}
    yield from _section(f"Heard, by hour ({found['timezone']})", [_columns(hours)])
    yield from _section("Drafts, by rule", [_rules(found["rules"])] if found["rules"] else [])
    reasons = {one["reason"]: one["number"] for one in found["reject_reasons"]}
    yield from _section("Why drafts were rejected", [_bars(reasons)] if reasons else [])
    complaints = {one["category"]: one["number"] for one in found["complaints"]["categories"]}
    title = f"What {found['complaints']['of']} complaints are about"
    yield from _section(title, [_bars(complaints)] if complaints else [])
    yield from _section("Listening", _listening(found["listening"]))
    yield from _section("Spent", [Text(output.safe(_spent(one))) for one in found["spend"]])


def _section(title: str, rows: list[Any]) -> Iterator[Any]:
    if rows:
        yield Text(f"\n{title}", "bold")
        yield from rows


def _grid(*justify: str) -> Table:
    made = Table.grid(padding=(0, 2, 0, 0))
    for one in justify:
        made.add_column(justify=one, no_wrap=True, overflow="ellipsis", max_width=34)  # type: ignore[arg-type]
    return made


def _answers(found: Json) -> list[Any]:
    answered, first, targets, edits = found["response"], found["first_response"], found["targets"], found["edits"]
    mood, words = found["sentiment"], edits["median_words"]
    whence = f"staff {answered['staff']}, by itself {answered['automatic']}, on the platform {answered['on_platform']}"
    made = _grid("left", "right", "left")
    made.columns[2].max_width = None
    for row in (
        ("answered", percent(answered["rate"]), f"of {answered['asked']} mentions that asked for an answer"),
        ("", "", whence),
        ("", "", f"ended without one {answered['ended']}, waiting {answered['waiting']}"),
        ("first response", span(first["median_seconds"]), f"median of {first['of']} by staff, {found['clock']}"),
        ("", span(first["p90_seconds"]), "nine of ten are as quick or quicker"),
        (
            "around the clock",
            span(first["wall_median_seconds"]),
            f"median; {span(first['wall_p90_seconds'])} nine of ten",
        ),
        ("in time", percent(targets["rate"]), f"{targets['met']} met, {targets['missed']} missed"),
        ("words changed", "-" if words is None else f"{words:g}", f"median of {edits['of']} drafts that staff edited"),
        (
            "net sentiment",
            percent(mood["net"], sign=True),
            f"{mood['positive']} positive less {mood['negative']} negative",
        ),
        ("", "", f"of {mood['of']} {mood['denominator']}"),
    ):
        made.add_row(*row)
    return [made]


def _bars(found: Mapping[str, int]) -> Table:
    made, most = _grid("left", "right", "left"), max(found.values(), default=0)
    for name, number in found.items():
        made.add_row(render.clip(name), str(number), Bar(most, 0, number, width=WIDE, color="cyan"))
    return made


def _columns(found: Mapping[str, int]) -> Table:
    """Hours side by side would be too narrow for their numbers: two halves of the day."""
    made, most = _grid("left", "right", "left", "left", "right", "left"), max(found.values(), default=0)
    names = list(found)
    for left, right in zip(names[:12], names[12:], strict=True):
        made.add_row(*(cell for name in (left, right) for cell in _hour(name, found[name], most)))
    return made


def _hour(name: str, number: int, most: int) -> tuple[str, str, Bar]:
    return name, str(number), Bar(most or 1, 0, number, width=WIDE // 2 + 6, color="cyan")


def _rules(rules: list[Json]) -> Table:
    right: dict[str, Any] = {"justify": "right", "no_wrap": True}
    headings = ("drafts", "approved", "edited", "rejected", "handed on", "auto", "open")
    made = render.table(
        ("rule", {"ratio": 1, "no_wrap": True, "overflow": "ellipsis"}), *((name, right) for name in headings)
    )
    for one in rules:
        shares = (percent(one["approve_rate"]), percent(one["edit_rate"]), percent(one["reject_rate"]))
        made.add_row(
            render.clip(one["rule"]),
            str(one["drafts"]),
            *shares,
            str(one["escalated"]),
            str(one["automatic"]),
            str(one["open"]),
        )
    return made


def _listening(found: Json) -> list[Any]:
    lag = found["lag"]
    rows = [
        f"seen {span(lag['median_seconds'])} after it was written (median of {lag['of']})",
        f"nine of ten within {span(lag['p90_seconds'])}, all within {span(lag['most_seconds'])}",
        f"{render.count(found['gaps'], 'gap')}, {found['gaps_open']} open; "
        f"{render.count(len(found['outages']), 'outage')}, {span(found['outage_seconds'])} in all",
    ]
    return [Text(row) for row in rows]


def _spent(one: Json) -> str:
    each = f", {usd(one['for_replies_usd'] / one['replies'])} a reply" if one["replies"] else ""
    return f"{one['platform']}: {usd(one['usd'])} in {render.count(one['calls'], 'call')}{each}"
