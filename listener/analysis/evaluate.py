"""`earshot evaluate`: decide the labelled mentions of a CSV file and count, with 95 % Wilson intervals."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from listener.analysis import tally
from listener.analysis.tally import EvaluatedRow, Row
from listener.errors import InputError
from listener.files.cells import safe_cell
from listener.files.header import read_header
from listener.files.records import Record, csv_records
from listener.intake.text import sanitize
from listener.model import History, Json, Mention
from listener.policy import Policy
from listener.protocols import Responder
from listener.reader.score import Weights
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor

COLUMNS = ("id", "label", "decision", "kind", "rule", "compound", "auto")
TEXT_LIMIT = 100_000  # characters of a cell
_DO = "give a CSV file with the columns id and text"


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with the columns id and text; optional label, lang, brand, author. Raises InputError."""
    try:
        with path.open("rb") as file:
            form, columns = read_header(file, path)
            return list(_rows(csv_records(file, form, columns, strict=False), path))
    except OSError as error:
        raise InputError(f"cannot read {path} ({error.strerror})", _DO) from error


def _rows(records: Iterator[Record], path: Path) -> Iterator[Row]:
    number = 0
    for record in records:
        if record.error:
            raise InputError(f"{path} cannot be read after row {number}: {record.error}", "correct it there")
        if record.row is not None:
            number += 1
            yield _row(record.row, number)


def _row(cells: Mapping[str, object], number: int) -> Row:
    def cell(name: str) -> str:
        return sanitize(str(cells.get(name) or ""), TEXT_LIMIT)

    lang, brand, author, reason = (cell(name).strip() or None for name in ("lang", "brand", "author", "reason"))
    row_id, label = cell("id").strip() or str(number), cell("label").strip() or "unlabelled"
    return Row(row_id, cell("text"), label, lang, brand, author, reason)


def evaluate(
    rows: Iterable[Row],
    policy: Policy,
    responders: Mapping[str, Responder],
    now: datetime,
    brand: str | None = None,
    changes: Weights | None = None,
) -> tuple[Json, list[EvaluatedRow]]:
    """Decide rows as if each were addressed to the brand and fresh.

    brand: of rows that name none; changes: what the second reader has learned.

    Return the report (`rows, by_label, false_thank_you, ...`) and each row with its decision.
    """
    extractor = SignalExtractor(policy)
    extractor = extractor.reading_by(changes) if changes else extractor
    evaluated = []
    for row in rows:
        signals = extractor.extract(_mention(row, brand, now), History(), now)
        evaluated.append(EvaluatedRow(row, signals, decide(signals, policy, responders)))
    return _report(evaluated, [config.kind for config in policy.responders]), evaluated


def _mention(row: Row, brand: str | None, now: datetime) -> Mention:
    handle = (row.author or "").lstrip("@") or None
    return Mention(
        "memory", row.id, row.text, handle or f"author of {row.id}", now, now, row.id, row.id,
        author_handle=handle, lang=row.lang, extra_brand_term=row.brand or brand,
    )  # fmt: skip


def _report(rows: Sequence[EvaluatedRow], kinds: Sequence[str]) -> Json:
    """Return counts by label, the rates of the report, and `shares`, `by_rule`, `by_brand` and `worst`."""
    shares = tally.shares(rows)
    rates = ("thank_you_recall", "thank_you_precision", "negatives_unanswered")
    return {
        "rows": len(rows),
        "by_label": tally.by_label(rows, kinds),
        "false_thank_you": shares["false_thank_you"],
        **{name: shares[name]["rate"] for name in rates},
        "shares": shares,
        "by_rule": tally.by_rule(rows),
        "by_brand": tally.by_brand(rows),
        "worst": tally.worst(rows),
    }


def write_rows(rows: Iterable[EvaluatedRow], path: Path) -> None:
    """Write ROWS.csv: id, label, decision, kind, rule, compound, auto (RFC 4180). Raises InputError."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(map(_cells, rows))
    except OSError as error:
        raise InputError(f"cannot write {path} ({error.strerror})", "give a path in a folder that exists") from error


def _cells(row: EvaluatedRow) -> list[str]:
    decision = row.decision
    texts = [row.row.id, row.row.label, decision.action, decision.kind or "", decision.rule]
    return [*map(safe_cell, texts), f"{row.signals.compound:.4f}", "true" if row.is_auto else "false"]
