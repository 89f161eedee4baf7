"""`earshot evaluate`: sort the labelled mentions of a CSV file and count, with 95 % Wilson intervals."""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from listener.errors import InputError
from listener.intake.text import door
from listener.model import Decision, Facts, History, Json, Mention, Responder
from listener.policy import Policy
from listener.triage.decide import decide
from listener.triage.facts import Ears

COLUMNS = ("id", "label", "decision", "kind", "rule", "compound", "auto")
KINDS = ("thank_you", "correction", "support", "answer")
OUTCOMES = (*KINDS, "escalate", "ignore")
TEXT_LIMIT = 100_000  # characters of a cell
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_Z = 1.959964  # 97.5 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Row:
    """One mention of a CSV file; label is `unlabelled` when the file has none."""

    id: str
    text: str
    label: str = "unlabelled"
    lang: str | None = None
    brand: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of a row."""

    row: Row
    facts: Facts
    decision: Decision

    @property
    def outcome(self) -> str:
        """The kind of a draft, else escalate or ignore."""
        return self.decision.kind or self.decision.action

    @property
    def auto(self) -> bool:
        """Drafted inside the kind's auto band."""
        return bool(self.decision.draft and self.decision.draft.auto)


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
        return door(str(cells.get(name) or ""), TEXT_LIMIT).strip()

    found = {name: cell(name) or None for name in ("lang", "brand", "author")}
    return Row(
        cell("id") or str(at), door(str(cells.get("text") or ""), TEXT_LIMIT), cell("label") or "unlabelled", **found
    )


def evaluate(
    rows: Iterable[Row], policy: Policy, responders: Mapping[str, Responder], now: datetime, brand: str | None = None
) -> tuple[Json, list[Sorted]]:
    """Sort rows as if each were addressed to the brand and fresh; brand: of rows that name none.

    Returns CONTRACT.md's report (`rows, by_label, false_thank_you, ...`) and what became of each row.
    """
    ears = Ears(policy)
    done = [_sorted(row, ears, policy, responders, now, brand) for row in rows]
    return _report(done), done


def _sorted(
    row: Row, ears: Ears, policy: Policy, responders: Mapping[str, Responder], now: datetime, brand: str | None
) -> Sorted:
    who = (row.author or "").lstrip("@") or None
    mention = Mention(
        "memory", row.id, row.text, who or f"author of {row.id}", now, now, row.id, row.id,
        author_handle=who, lang=row.lang, brand=row.brand or brand,
    )  # fmt: skip
    facts = ears.facts(mention, History(), now)
    return Sorted(row, facts, decide(facts, policy, responders))


def wilson(hits: int, of: int) -> tuple[float | None, float | None]:
    """Return the 95 % Wilson interval of a share; (None, None) of nothing."""
    if not of:
        return None, None
    share, spread = hits / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def _report(done: Sequence[Sorted]) -> Json:
    by_label = {label: _counts([one for one in done if one.row.label == label]) for label in _labels(done)}
    negative, positive = by_label.get("negative", _counts([])), by_label.get("positive", _counts([]))
    thanked = sum(counts["thank_you"] for counts in by_label.values())
    low, high = wilson(negative["thank_you"], negative["n"])
    return {
        "rows": len(done),
        "by_label": by_label,
        "false_thank_you": {
            "n": negative["thank_you"], "of": negative["n"], "rate": _share(negative["thank_you"], negative["n"]),
            "low": low, "high": high,
        },
        "thank_you_cover": _share(positive["thank_you"], positive["n"]),
        "thank_you_precision": _share(positive["thank_you"], thanked),
        "negatives_unanswered": _share(negative["ignore"] + negative["thank_you"], negative["n"]),
    }  # fmt: skip


def _labels(done: Sequence[Sorted]) -> list[str]:
    return sorted({one.row.label for one in done})


def _counts(done: Sequence[Sorted]) -> dict[str, int]:
    seen = Counter(one.outcome for one in done)
    auto = sum(one.auto and one.outcome == "thank_you" for one in done)
    return {"n": len(done), **{name: seen[name] for name in OUTCOMES}, "auto": auto}


def _share(hits: int, of: int) -> float | None:
    return hits / of if of else None


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet reads as a formula (a leading = + - @, tab or CR is quoted)."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def write_rows(done: Iterable[Sorted], path: Path) -> None:
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


def _cells(one: Sorted) -> list[str]:
    decision = one.decision
    text = [one.row.id, one.row.label, decision.action, decision.kind or "", decision.rule]
    return [*map(safe_cell, text), f"{one.facts.compound:.4f}", "true" if one.auto else "false"]
