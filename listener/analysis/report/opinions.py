"""What people think: net sentiment, and what complaints are about, each with a sample in the author's words."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from listener.analysis.report.numbers import rate
from listener.model import ABOUT
from listener.policy import Policy
from listener.store import period
from listener.store.period import Complaint
from listener.store.records import find_subject
from listener.triage.decide import GUARDS

TOP = 10  # categories that are listed
QUOTE = 120  # characters of a quote
_GUARDS = frozenset(name for name, _, _ in GUARDS)
_PRIVATE = re.compile(
    r"""(?P<link>https?://\S+|www\.\S+)
      | (?P<mail>[\w.+-]+@[\w-]+\.[\w.-]+)
      | (?P<handle>@[\w.-]*\w(?:@[\w.-]*\w)?)
      | (?P<number>\+?\d(?:[\s()/.-]?\d){4,})""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class NetSentiment:
    """Mentions by sentiment; net: positive minus negative, as a share of them."""

    positive: int
    negative: int
    neutral: int
    of: int
    other_languages: int
    net: float | None
    denominator: str


@dataclass(frozen=True, slots=True)
class Category:
    """What so many complaints are about; quote: from one of them, None where none can be shown.

    suggested: those of them in which no cue names it, and the second reader does.
    """

    category: str
    number: int
    suggested: int
    share: float | None
    quote: str | None


@dataclass(frozen=True, slots=True)
class Complaints:
    """All complaints, and their categories, the most frequent first."""

    of: int
    categories: list[Category]


def summarize_sentiment(counts: period.Sentiment, policy: Policy) -> NetSentiment:
    """Subtract the negative mentions from the positive ones."""
    return NetSentiment(
        positive=counts.positive,
        negative=counts.negative,
        neutral=counts.neutral,
        of=counts.of,
        other_languages=counts.other_languages,
        net=rate(counts.positive - counts.negative, counts.of),
        denominator=f"decided mentions in {', '.join(policy.languages)}",
    )


def count_complaints(complaints: Sequence[Complaint]) -> Complaints:
    """Count by category; a complaint counts in each that it names. complaints: the newest first."""
    counts = count_categories(complaints)
    quotes: dict[str, str | None] = {}
    for name, _ in counts.most_common(TOP):
        quotes[name] = sample_quote(name, complaints, used=quotes.values())
    suggested = Counter(find_subject(complaint.signals) for complaint in complaints)
    rows = [
        Category(name, number, suggested[name], rate(number, len(complaints)), quotes[name])
        for name, number in counts.most_common(TOP)
    ]
    return Complaints(len(complaints), rows)


def count_categories(complaints: Sequence[Complaint]) -> Counter[str]:
    """Count the complaints of each category; of equal ones the older comes first. complaints: the newest first."""
    return Counter(name for complaint in reversed(complaints) for name in categories(complaint))


def categories(complaint: Complaint) -> list[str]:
    """Name what a complaint is about: by its cues, else as the second reader suggests, else `other`."""
    named = sorted(cue.removeprefix(ABOUT) for cue in complaint.cues if cue.startswith(ABOUT))
    return named or [find_subject(complaint.signals) or "other"]


def sample_quote(category: str, complaints: Sequence[Complaint], used: Collection[str | None] = ()) -> str | None:
    """Quote the newest complaint of a category that no guard took out, and one not used yet if there is one."""
    texts = [
        complaint.text
        for complaint in complaints
        if complaint.text.strip() and complaint.rule not in _GUARDS and category in categories(complaint)
    ]
    fresh = (sample for sample in map(quote, texts) if sample not in used)
    return next(fresh, quote(texts[0]) if texts else None)


def quote(text: str, limit: int = QUOTE) -> str:
    """Shorten a text to one line; links, handles, addresses and long numbers are left out, so it names nobody."""
    start = text[: 10 * limit]
    line = " ".join(_PRIVATE.sub(lambda match: f"[{match.lastgroup}]", start).split())
    line = re.sub(r"^(\[handle\] )+", "", line)
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"
