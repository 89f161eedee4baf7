"""What `earshot evaluate` counts: shares with 95 % Wilson intervals, by rule and by brand, and the worst mistakes."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from listener.model import Decision, Json, MentionSignals

WORST = 10  # mistakes of each sort that are listed
EXCERPT = 280  # characters of a text that are shown there
_Z = 1.959964  # 97.5 % of the normal distribution
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Row:
    """One mention of a CSV file; label is `unlabelled` when the file has none."""

    id: str
    text: str
    label: str = "unlabelled"
    lang: str | None = None
    brand: str | None = None
    author: str | None = None
    reason: str | None = None  # of a complaint


@dataclass(frozen=True, slots=True)
class EvaluatedRow:
    """A row with the decision on it."""

    row: Row
    signals: MentionSignals
    decision: Decision

    @property
    def outcome(self) -> str:
        """The kind of a draft, else escalate or ignore."""
        return self.decision.kind or self.decision.action

    @property
    def is_auto(self) -> bool:
        """True for a draft inside the kind's auto band."""
        return bool(self.decision.draft and self.decision.draft.auto)

    @property
    def is_thanked(self) -> bool:
        """True if a thank-you was drafted."""
        return self.outcome == "thank_you"


class Share(TypedDict):
    """n of `of`, with its 95 % interval; rate, low and high are None without a denominator."""

    n: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


Condition = Callable[[EvaluatedRow], bool]


def wilson(hits: int, of: int) -> tuple[float | None, float | None]:
    """Return the 95 % Wilson interval of a share; (None, None) without a denominator."""
    if not of:
        return None, None
    rate, spread = hits / of, _Z * _Z / of
    middle = (rate + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(rate * (1 - rate) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, of: int) -> Share:
    """Return a share with its interval."""
    low, high = wilson(hits, of)
    return {"n": hits, "of": of, "rate": hits / of if of else None, "low": low, "high": high}


def _count(rows: Iterable[EvaluatedRow], of: Condition, hit: Condition) -> Share:
    """Return the share of hits among the rows that meet `of`."""
    among = [row for row in rows if of(row)]
    return share(sum(map(hit, among)), len(among))


def _has_label(label: str) -> Condition:
    return lambda row: row.row.label == label


def _asks(row: EvaluatedRow) -> bool:
    return "?" in _LINK.sub("", row.row.text)


_negative, _positive = _has_label("negative"), _has_label("positive")


def shares(rows: Sequence[EvaluatedRow]) -> dict[str, Share]:
    """Return name -> share with its interval, of all that matters to who tunes a policy."""
    return {
        "false_thank_you": _count(rows, _negative, lambda row: row.is_thanked),
        "false_thank_you_auto": _count(rows, _negative, lambda row: row.is_thanked and row.is_auto),
        "thank_you_recall": _count(rows, _positive, lambda row: row.is_thanked),
        "thank_you_recall_auto": _count(rows, _positive, lambda row: row.is_thanked and row.is_auto),
        "thank_you_precision": _count(rows, lambda row: row.is_thanked, _positive),
        "negatives_unanswered": _count(rows, _negative, lambda row: row.is_thanked or row.outcome == "ignore"),
        "positives_supported": _count(rows, _positive, lambda row: row.outcome == "support"),
        "questions_ignored": _count(rows, _asks, lambda row: row.outcome == "ignore"),
        "escalated": _count(rows, lambda row: True, lambda row: row.outcome == "escalate"),
    }


def by_label(rows: Sequence[EvaluatedRow], kinds: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return label -> n, how many of its rows met each outcome (a column a kind), and thank-yous in the auto band."""
    outcomes = (*kinds, "escalate", "ignore")
    return {
        label: _outcomes([row for row in rows if row.row.label == label], outcomes)
        for label in sorted({row.row.label for row in rows})
    }


def _outcomes(rows: Sequence[EvaluatedRow], outcomes: Sequence[str]) -> dict[str, int]:
    counts = Counter(row.outcome for row in rows)
    auto = sum(row.is_auto and row.is_thanked for row in rows)
    return {"n": len(rows), **{name: counts[name] for name in outcomes}, "auto": auto}


def by_rule(rows: Sequence[EvaluatedRow]) -> list[Json]:
    """Return `{rule, outcome, n, labels, precision}`, most frequent first; precision: the share whose label it suits.

    A thank-you suits positives, silence what is not negative, everything else what is not positive.
    """
    groups: dict[tuple[str, str], list[EvaluatedRow]] = {}
    for row in rows:
        groups.setdefault((row.decision.rule, row.outcome), []).append(row)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [_of_rule(rule, outcome, group) for (rule, outcome), group in ordered]


def _of_rule(rule: str, outcome: str, rows: Sequence[EvaluatedRow]) -> Json:
    labels = dict(Counter(row.row.label for row in rows).most_common())
    precision = _count(rows, lambda row: row.row.label != "unlabelled", _suits)
    return {"rule": rule, "outcome": outcome, "n": len(rows), "labels": labels, "precision": precision}


def _suits(row: EvaluatedRow) -> bool:
    if row.is_thanked:
        return _positive(row)
    return not (_negative(row) if row.outcome == "ignore" else _positive(row))


def by_brand(rows: Sequence[EvaluatedRow]) -> dict[str, dict[str, Share]]:
    """Return brand -> its false thank-yous and its recall; empty when no row names a brand."""
    brands: dict[str, list[EvaluatedRow]] = {}
    for row in rows:
        if row.row.brand:
            brands.setdefault(row.row.brand, []).append(row)
    names = ("false_thank_you", "thank_you_recall")
    return {
        brand: {name: value for name, value in shares(group).items() if name in names}
        for brand, group in sorted(brands.items())
    }


def worst(rows: Sequence[EvaluatedRow]) -> list[Json]:
    """Return the worst mistakes: negatives that are thanked, negatives left unanswered, positives that get an apology.

    Each as `{id, label, outcome, rule, compound, auto, words, text}`; at most WORST of each sort.
    """
    mistakes = (
        [row for row in rows if _negative(row) and row.is_thanked],
        [row for row in rows if _negative(row) and row.outcome == "ignore"],
        [row for row in rows if _positive(row) and row.outcome == "support"],
    )
    return [_as_json(row) for sort in mistakes for row in sorted(sort, key=_rank)[:WORST]]


def _rank(row: EvaluatedRow) -> tuple[bool, float]:
    """Rank what would have been sent automatically first, then by how far the score belies the outcome."""
    return not row.is_auto, row.signals.compound if row.outcome == "ignore" else -row.signals.compound


def _as_json(row: EvaluatedRow) -> Json:
    return {
        "id": row.row.id, "label": row.row.label, "outcome": row.outcome, "rule": row.decision.rule,
        "compound": row.signals.compound, "auto": row.is_auto, "words": list(row.decision.trail[-1].words),
        "text": row.row.text[:EXCERPT],
    }  # fmt: skip
