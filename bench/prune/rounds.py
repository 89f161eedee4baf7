"""Take phrases away in rounds, and keep away what no decision misses. Phrases cover for each other, so order matters.

The phrases of a round stand in no text together: one set of matchers serves all of them, and a text that is decided
otherwise names the phrase that it needs. What is taken away stays away in the rounds that follow, so that of two
phrases that cover for each other the wider stays.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bench.prune.lists import WrittenPhrase
from bench.prune.outcome import Judge, Outcome
from bench.prune.texts import Sample

# cues whose words are kind by themselves, too
KIND = ("thanks", "praise", "warm", "thankworthy", "acknowledgement", "function_words")


class Pruning:
    """The phrases that are away, and what every sample comes to while none is."""

    def __init__(self, phrases: Sequence[WrittenPhrase], samples: Sequence[Sample]) -> None:
        self._phrases, self._samples = phrases, samples
        judge = Judge()
        self.baseline: list[Outcome] = [judge.judge(sample) for sample in samples]
        self.met = judge.find_phrases({phrase: phrase.variants for phrase in phrases}, samples)
        by_word = judge.find_phrases(_find_lone_words(phrases), samples)
        self._touched = {phrase: self.met[phrase] | by_word[phrase] for phrase in phrases}
        self.removed: set[WrittenPhrase] = set()

    def run(self, candidates: Iterable[WrittenPhrase]) -> Iterator[int]:
        """Try every candidate that a text has; return after each round how many are left."""
        left = sorted(filter(self.met.__getitem__, candidates), key=lambda phrase: len(self._touched[phrase]))
        while left:
            batch = self._next_batch(left)
            judge = Judge(self.removed.union(batch), self._phrases)
            self.removed.update(phrase for phrase in batch if self._is_missed_by_none(phrase, judge))
            left = [phrase for phrase in left if phrase not in batch]
            yield len(left)

    def _next_batch(self, left: Iterable[WrittenPhrase]) -> set[WrittenPhrase]:
        batch: set[WrittenPhrase] = set()
        taken: set[int] = set()
        for phrase in left:
            if taken.isdisjoint(self._touched[phrase]):
                batch.add(phrase)
                taken |= self._touched[phrase]
        return batch

    def _is_missed_by_none(self, phrase: WrittenPhrase, judge: Judge) -> bool:
        return all(self._is_as_before(place, judge) for place in self._touched[phrase])

    def restore(self) -> Iterator[WrittenPhrase]:
        """Decide everything without what is away, and take back what a text needs; return what was taken back."""
        judge = Judge(self.removed, self._phrases)
        changed = [place for place in range(len(self._samples)) if not self._is_as_before(place, judge)]
        for place in changed:
            while not self._is_as_before(place, Judge(self.removed, self._phrases)):
                needed = self._find_needed(place)
                self.removed.remove(needed)
                yield needed

    def _find_needed(self, place: int) -> WrittenPhrase:
        """Return a phrase that a sample needs: halve the list of those that are away until it stands at the end."""
        away = sorted(self.removed, key=str)
        near = [phrase for phrase in away if place in self._touched[phrase]]
        if near and self._is_as_before(place, Judge(self.removed.difference(near), self._phrases)):
            away = near + [phrase for phrase in away if phrase not in near]
            return self._halve(place, away, len(near))
        return self._halve(place, away, len(away))

    def _halve(self, place: int, away: list[WrittenPhrase], high: int) -> WrittenPhrase:
        low = 0  # with away[:low] back the sample is decided otherwise, with away[:high] as before
        while high - low > 1:
            middle = (low + high) // 2
            is_enough = self._is_as_before(place, Judge(away[middle:], self._phrases))
            low, high = (low, middle) if is_enough else (middle, high)
        return away[low]

    def _is_as_before(self, place: int, judge: Judge) -> bool:
        return judge.judge(self._samples[place]) == self.baseline[place]


def _find_lone_words(phrases: Iterable[WrittenPhrase]) -> dict[WrittenPhrase, tuple[str, ...]]:
    """Return the words that are known, or kind, by a single phrase: with it they go, wherever they stand."""
    words = {phrase: {word for variant in phrase.variants for word in variant.split()} for phrase in phrases}
    known = Counter(word for of_phrase in words.values() for word in of_phrase)
    kind = Counter(word for phrase, of_phrase in words.items() if phrase.cue in KIND for word in of_phrase)
    return {
        phrase: tuple(
            word for word in of_phrase
            if word != "*" and word[0] != "<" and (known[word] == 1 or (phrase.cue in KIND and kind[word] == 1))
        )
        for phrase, of_phrase in words.items()
    }  # fmt: skip
