"""`earshot evaluate`: sort the labelled mentions of a CSV file and count, with 95 % Wilson intervals."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from listener.analysis import tally
from listener.analysis.tally import EvaluatedRow, Row
from listener.errors import InputError
from listener.intake.text import sanitize
from listener.model import History, Json, Mention, Responder
from listener.policy import Policy
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor

COLUMNS = ("id", "label", "decision", "kind", "rule", "compound", "auto")
TEXT_LIMIT = 100_000  # characters of a cell
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with the columns id and text; optional label, lang, brand, author. Raises InputError."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror})", "give a CSV file with the columns id and text"
        ) from error
    try:
        return _rows(csv.DictReader(io.StringIO(content, newline="")), path)
    except csv.Error as error:
        raise InputError(f"{path} is no CSV file ({error})", "give a CSV file with the columns id and text") from error


def _rows(reader: "csv.DictReader[str]", path: Path) -> list[Row]:
    names = [name.strip().lower() if name else "" for name in reader.fieldnames or ()]
    reader.fieldnames = names
    if missing := [name for name in ("id", "text") if name not in names]:
        raise InputError(
            f"{path} has no column {' and no column '.join(missing)}", "give a CSV file with the columns id and text"
        )
    return [_row(cells, at) for at, cells in enumerate(reader, start=1)]


def _row(cells: Mapping[str, Any], at: int) -> Row:
    def cell(name: str) -> str:
        return sanitize(str(cells.get(name) or ""), TEXT_LIMIT).strip()

    found = {name: cell(name) or None for name in ("lang", "brand", "author")}
    return Row(
        cell("id") or str(at),
        sanitize(str(cells.get("text") or ""), TEXT_LIMIT),
        cell("label") or "unlabelled",
        **found,
    )


def evaluate(
    rows: Iterable[Row], policy: Policy, responders: Mapping[str, Responder], now: datetime, brand: str | None = None
) -> tuple[Json, list[EvaluatedRow]]:
    """Sort rows as if each were addressed to the brand and fresh; brand: of rows that name none.

    Returns CONTRACT.md's report (`rows, by_label, false_thank_you, ...`) and what became of each row.
    """
    ears = SignalExtractor(policy)
    done = [_sorted(row, ears, policy, responders, now, brand) for row in rows]
    return _report(done), done


def _sorted(
    row: Row,
    ears: SignalExtractor,
    policy: Policy,
    responders: Mapping[str, Responder],
    now: datetime,
    brand: str | None,
) -> EvaluatedRow:
    who = (row.author or "").lstrip("@") or None
    mention = Mention(
        "memory", row.id, row.text, who or f"author of {row.id}", now, now, row.id, row.id,
        author_handle=who, lang=row.lang, extra_brand_term=row.brand or brand,
    )  # fmt: skip
    facts = ears.facts(mention, History(), now)
    return EvaluatedRow(row, facts, decide(facts, policy, responders))


def _report(done: Sequence[EvaluatedRow]) -> Json:
    """CONTRACT.md's report, and beside it `shares`, `by_rule`, `by_brand` and `worst`."""
    shares = tally.shares(done)
    flat = ("thank_you_recall", "thank_you_precision", "negatives_unanswered")
    return {
        "rows": len(done),
        "by_label": tally.by_label(done),
        "false_thank_you": shares["false_thank_you"],
        **{name: shares[name]["rate"] for name in flat},
        "shares": shares,
        "by_rule": tally.by_rule(done),
        "by_brand": tally.by_brand(done),
        "worst": tally.worst(done),
    }


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet reads as a formula (a leading = + - @, tab or CR is quoted)."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def write_rows(done: Iterable[EvaluatedRow], path: Path) -> None:
    """Write ROWS.csv: id, label, decision, kind, rule, compound, auto (RFC 4180). Raises InputError."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(_cells(one) for one in done)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror})", "give a path in a folder that exists"
        ) from error


def _cells(one: EvaluatedRow) -> list[str]:
    decision = one.decision
    text = [one.row.id, one.row.label, decision.action, decision.kind or "", decision.rule]
    return [*map(safe_cell, text), f"{one.facts.compound:.4f}", "true" if one.auto else "false"]
