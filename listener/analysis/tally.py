"""What `earshot evaluate` counts: shares with 95 % Wilson intervals, by rule and by brand, and the worst mistakes."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from listener.model import Decision, Json, MentionSignals

KINDS = ("thank_you", "correction", "support", "answer")
OUTCOMES = (*KINDS, "escalate", "ignore")
WORST = 10  # mistakes of each sort that are listed
SHOWN = 280  # characters of a text that are shown there
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


@dataclass(frozen=True, slots=True)
class EvaluatedRow:
    """What became of a row."""

    row: Row
    facts: MentionSignals
    decision: Decision

    @property
    def outcome(self) -> str:
        """The kind of a draft, else escalate or ignore."""
        return self.decision.kind or self.decision.action

    @property
    def auto(self) -> bool:
        """Drafted inside the kind's auto band."""
        return bool(self.decision.draft and self.decision.draft.auto)

    @property
    def thanked(self) -> bool:
        """A thank-you was drafted."""
        return self.outcome == "thank_you"


Asked = Callable[[EvaluatedRow], bool]


def wilson(hits: int, of: int) -> tuple[float | None, float | None]:
    """Return the 95 % Wilson interval of a share; (None, None) of nothing."""
    if not of:
        return None, None
    share, spread = hits / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, of: int) -> Json:
    """`{n, of, rate, low, high}`; rate, low and high are None of nothing."""
    low, high = wilson(hits, of)
    return {"n": hits, "of": of, "rate": hits / of if of else None, "low": low, "high": high}


def _share(done: Iterable[EvaluatedRow], of: Asked, hit: Asked) -> Json:
    among = [one for one in done if of(one)]
    return share(sum(map(hit, among)), len(among))


def _is(label: str) -> Asked:
    return lambda one: one.row.label == label


def _asks(one: EvaluatedRow) -> bool:
    return "?" in _LINK.sub("", one.row.text)


_negative, _positive = _is("negative"), _is("positive")


def shares(done: Sequence[EvaluatedRow]) -> dict[str, Json]:
    """Name -> share with its interval, of all that matters to who tunes a policy."""
    return {
        "false_thank_you": _share(done, _negative, lambda one: one.thanked),
        "false_thank_you_auto": _share(done, _negative, lambda one: one.thanked and one.auto),
        "thank_you_recall": _share(done, _positive, lambda one: one.thanked),
        "thank_you_cover_auto": _share(done, _positive, lambda one: one.thanked and one.auto),
        "thank_you_precision": _share(done, lambda one: one.thanked, _positive),
        "negatives_unanswered": _share(done, _negative, lambda one: one.thanked or one.outcome == "ignore"),
        "positives_supported": _share(done, _positive, lambda one: one.outcome == "support"),
        "questions_ignored": _share(done, _asks, lambda one: one.outcome == "ignore"),
        "escalated": _share(done, lambda one: True, lambda one: one.outcome == "escalate"),
    }


def by_label(done: Sequence[EvaluatedRow]) -> dict[str, dict[str, int]]:
    """Label -> how many of its rows met each outcome, and how many thank-yous lie inside the auto band."""
    return {label: _counts([one for one in done if one.row.label == label]) for label in _labels(done)}


def _labels(done: Iterable[EvaluatedRow]) -> list[str]:
    return sorted({one.row.label for one in done})


def _counts(done: Sequence[EvaluatedRow]) -> dict[str, int]:
    seen = Counter(one.outcome for one in done)
    auto = sum(one.auto and one.thanked for one in done)
    return {"n": len(done), **{name: seen[name] for name in OUTCOMES}, "auto": auto}


def by_rule(done: Sequence[EvaluatedRow]) -> list[Json]:
    """`{rule, outcome, n, labels, precision}`, most frequent first; precision: the share whose label it suits.

    A thank-you suits positives, silence what is not negative, everything else what is not positive.
    """
    ended: dict[tuple[str, str], list[EvaluatedRow]] = {}
    for one in done:
        ended.setdefault((one.decision.rule, one.outcome), []).append(one)
    return [_of_rule(*key, mine) for key, mine in sorted(ended.items(), key=lambda item: (-len(item[1]), item[0]))]


def _of_rule(rule: str, outcome: str, mine: Sequence[EvaluatedRow]) -> Json:
    labels = dict(Counter(one.row.label for one in mine).most_common())
    labelled = [one for one in mine if one.row.label != "unlabelled"]
    precision = share(sum(map(_suits, labelled)), len(labelled))
    return {"rule": rule, "outcome": outcome, "n": len(mine), "labels": labels, "precision": precision}


def _suits(one: EvaluatedRow) -> bool:
    if one.thanked:
        return one.row.label == "positive"
    return one.row.label != ("negative" if one.outcome == "ignore" else "positive")


def by_brand(done: Sequence[EvaluatedRow]) -> dict[str, Json]:
    """Brand of the rows -> its false thank-yous and its cover; empty when no row names a brand."""
    return {
        brand: {
            name: found
            for name, found in shares([one for one in done if one.row.brand == brand]).items()
            if name in ("false_thank_you", "thank_you_recall")
        }
        for brand in sorted({one.row.brand for one in done if one.row.brand})
    }


def worst(done: Sequence[EvaluatedRow]) -> list[Json]:
    """Return what hurts most: negatives that are thanked, negatives left unanswered, positives that are consoled.

    Each as `{id, label, outcome, rule, compound, auto, words, text}`; at most WORST of each sort.
    """
    sorts = (
        [one for one in done if _negative(one) and one.thanked],
        [one for one in done if _negative(one) and one.outcome == "ignore"],
        [one for one in done if _positive(one) and one.outcome == "support"],
    )
    return [_told(one) for sort in sorts for one in sorted(sort, key=_hurt)[:WORST]]


def _hurt(one: EvaluatedRow) -> tuple[bool, float]:
    """What would have gone out by itself first, then by how far the score belies the outcome."""
    return not one.auto, one.facts.compound if one.outcome == "ignore" else -one.facts.compound


def _told(one: EvaluatedRow) -> Json:
    return {
        "id": one.row.id, "label": one.row.label, "outcome": one.outcome, "rule": one.decision.rule,
        "compound": one.facts.compound, "auto": one.auto, "words": list(one.decision.trail[-1].words),
        "text": one.row.text[:SHOWN],
    }  # fmt: skip
