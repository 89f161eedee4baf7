"""What each word of a text is to the fact sheet, remembered word by word, so that a text costs little. Pure."""

from collections.abc import Collection

from listener.triage.spelling import Similar, root
from listener.triage.stance import NEGATIONS, is_small_word, word_set
from listener.triage.synonyms import Synonyms

SYNONYM, SIMILAR = 0.9, 0.8  # how well such a word stands for another
_MEMO = 20_000  # words of texts that are remembered
_LIMITING = word_set(
    "nobody none nothing nowhere hardly barely only impossible unable unavailable limited too ban bans"
)
NEGATIVE = NEGATIONS | _LIMITING

Near = tuple[tuple[str, float], ...]  # words of the fact sheet, and how well a word of the text stands for each


class SheetWords(dict[str, Near]):
    """Root of a word of a text, or of a phrase -> words of the fact sheet that it may stand for.

    english: words that are no misspellings of others.
    """

    def __init__(self, words: Collection[str], synonyms: Synonyms, english: Collection[str]) -> None:
        super().__init__()
        self._words, self._synonyms = frozenset(words), synonyms
        self._groups = [(word, synonyms.groups_of(word)) for word in sorted(self._words)]
        self._similar = Similar(self._words)
        self._english = frozenset(map(root, english))

    def __missing__(self, word: str) -> Near:
        if len(self) > _MEMO:
            self.clear()
        self[word] = near = tuple(self._find(word).items())
        return near

    def _find(self, word: str) -> dict[str, float]:
        if not word[0].isalnum() or is_small_word(word) or word in NEGATIONS:
            return {}
        near = dict.fromkeys(self._similar.find_like(word), SIMILAR)
        if word not in self._english:
            near |= dict.fromkeys(self._similar.find_typed(word), SIMILAR)
        if groups := self._synonyms.groups_of(word):
            near |= {other: SYNONYM for other, own in self._groups if groups & own}
        return near | {word: 1.0} if word in self._words else near


class TellingWords(dict[str, bool]):
    """Word of a text -> whether it may stand for a word of the fact sheet that tells something."""

    def __init__(self, near: SheetWords, common: Collection[str], starts: Collection[str]) -> None:
        super().__init__()
        self._near, self._common, self._starts = near, common, starts

    def __missing__(self, token: str) -> bool:
        if len(self) > _MEMO:
            self.clear()
        word = root(token)
        is_telling = word in self._starts or any(other not in self._common for other, _ in self._near[word])
        self[token] = is_telling
        return is_telling


class NegativeWords(dict[str, bool]):
    """Word of a text -> whether it negates or limits, also with a letter wrong ("dosent")."""

    def __init__(self, english: Collection[str]) -> None:
        super().__init__()
        self._similar, self._english = Similar(NEGATIONS), english

    def __missing__(self, token: str) -> bool:
        if len(self) > _MEMO:
            self.clear()
        is_typed = token not in self._english and bool(self._similar.find_typed(token))
        self[token] = is_negative = token in NEGATIVE or is_typed
        return is_negative
