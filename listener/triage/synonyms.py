"""Words and phrases that mean about the same, in groups. Pure: the groups are data of the lexicon."""

from collections.abc import Iterable, Sequence

from listener.intake.phrases import tokenize
from listener.triage.spelling import root

COMMON = "common"


class Synonyms:
    """Groups of words and phrases. entries: "voucher gift card": a word that names the group, then another of it."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._groups: dict[str, frozenset[str]] = {}
        self._phrases: dict[str, list[list[str]]] = {}
        self.common: set[str] = set()  # words of the group COMMON, which is none: they tell nothing
        for entry in entries:
            group, *words = tokenize(entry)
            roots = [*map(root, words)]
            if group == COMMON:
                self.common.add(roots[0])
                continue
            for name in (root(group), " ".join(roots)):
                self._groups[name] = self.groups_of(name) | {group}
            if len(roots) > 1:
                self._phrases.setdefault(roots[0], []).append(roots)

    def groups_of(self, word: str) -> frozenset[str]:
        """Return the groups of a root, or of a phrase as `join` makes it."""
        return self._groups.get(word, frozenset())

    def starts_of(self, words: Iterable[str]) -> frozenset[str]:
        """Return the first words of the phrases that share a group with one of these words."""
        groups = frozenset[str]().union(*map(self.groups_of, words))
        return frozenset(name.partition(" ")[0] for name, own in self._groups.items() if " " in name and groups & own)

    def join(self, roots: Sequence[str]) -> list[tuple[str, int, int]]:
        """Return the roots of a text with their places (from, to), those of a phrase that has synonyms as one word."""
        joined, at = [], 0
        while at < len(roots):
            end = at + self._measure(roots, at)
            joined.append((" ".join(roots[at:end]), at, end))
            at = end
        return joined

    def _measure(self, roots: Sequence[str], at: int) -> int:
        """Return how many words the longest phrase has that begins here; 1 without one."""
        phrases = self._phrases.get(roots[at], ())
        return max((len(phrase) for phrase in phrases if roots[at : at + len(phrase)] == phrase), default=1)
