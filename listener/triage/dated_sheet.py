"""The fact sheet of a day: a fact with `from` is not in it before, so nothing is answered or suspected by it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from listener.policy import Fact
from listener.triage.factsheet import FactSheet
from listener.triage.suspicion import FactFinder, SheetFacts

KEPT = 8  # sheets that are remembered: history is replayed day by day


@dataclass(frozen=True, slots=True)
class SheetOfDay:
    """The facts of a day: what reads them in a text, and what suspects them."""

    sheet: FactSheet
    finder: FactFinder


class DatedSheet:
    """Makes the sheet of a day from all facts, and remembers it until a fact begins."""

    def __init__(
        self, facts: Iterable[Fact], synonyms: Collection[str], english: Collection[str], finder: FactFinder | None
    ) -> None:
        """finder: what suspects facts, where it is not the fact sheet's words."""
        self._facts, self._synonyms, self._english, self._finder = tuple(facts), synonyms, english, finder
        self._starts = tuple(fact.from_ for fact in self._facts if fact.from_ is not None)
        self._sheets: dict[tuple[bool, ...], SheetOfDay] = {}
        self._undated = None if self._starts else self._make(self._facts)

    def at(self, day: date) -> SheetOfDay:
        """Return the sheet of a day (UTC)."""
        if self._undated is not None:
            return self._undated
        begun = tuple(start <= day for start in self._starts)
        if begun not in self._sheets:
            if len(self._sheets) >= KEPT:
                self._sheets.clear()
            self._sheets[begun] = self._make(fact for fact in self._facts if fact.has_begun(day))
        return self._sheets[begun]

    def _make(self, facts: Iterable[Fact]) -> SheetOfDay:
        known = tuple(facts)
        finder = self._finder or SheetFacts(known, self._synonyms, self._english)
        return SheetOfDay(FactSheet(known, self._english), finder)
