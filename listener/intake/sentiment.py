"""Score texts with VADER and the policy's lexicon, exactly as vaderSentiment does where no word of ours applies.

vaderSentiment 3.3.2 looks at every word for every word, and its emoji loop is quadratic: 10,000 emoji take minutes.
Here emoji are read in one pass (at most EMOJI of them), only words of the lexicon are weighed, and each in a window.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from vaderSentiment import vaderSentiment as vader

CHARACTERS = 5_000  # of a text that are scored
MEMO = 20_000  # tokens remembered before the memory is emptied
EMOJI = 100  # of a text that are read; the others count as blanks
PRAISE = "wonderful"  # what an idiom of praise is scored as
_NEGATE = frozenset(vader.NEGATE)
_STRIP = vader.string.punctuation
# no idiom of VADER's, and no booster of two words ("kind of"), stands where none of these does
_IDIOMATIC = frozenset(
    max(phrase.split(), key=len) for phrase in (*vader.SPECIAL_CASES, *vader.BOOSTER_DICT) if " " in phrase
)


def _negates(word: str) -> bool:
    return word in _NEGATE or "n't" in word


class _Analyzer(vader.SentimentIntensityAnalyzer):  # type: ignore[misc]  # the library carries no types
    """vaderSentiment's own rules, with its two slow steps looking only at the words they need."""

    @staticmethod
    def _negation_check(valence: float, words: Sequence[str], start_i: int, i: int) -> float:
        before = words[i - start_i - 1].lower()
        if start_i == 0:
            return valence * vader.N_SCALAR if _negates(before) else valence
        near = [words[at].lower() for at in range(i - start_i, i)]
        if (before == "never" and near[0] in ("so", "this")) or (start_i == 2 and near[-1] in ("so", "this")):
            return valence * 1.25
        if before == "without" and "doubt" in near:
            return valence
        return valence * vader.N_SCALAR if _negates(before) else valence

    @staticmethod
    def _special_idioms_check(valence: float, words: Sequence[str], i: int) -> float:
        near = words[i - 3 : i + 3]
        if _IDIOMATIC.isdisjoint(map(str.lower, near)):
            return valence
        check: Any = vader.SentimentIntensityAnalyzer._special_idioms_check
        return float(check(valence, near, 3))


class _Words:
    """The attributes of vaderSentiment's SentiText that sentiment_valence reads."""

    __slots__ = ("is_cap_diff", "words_and_emoticons")

    def __init__(self, words: list[str], is_cap_diff: bool) -> None:
        self.words_and_emoticons, self.is_cap_diff = words, is_cap_diff


class _Tokens(dict[str, tuple[str, str, bool]]):
    """Token of a text -> the word as vaderSentiment strips it, its lower case, and whether it weighs anything."""

    def __init__(self, lexicon: Mapping[str, float], boosters: Container[str]) -> None:
        super().__init__()
        self._lexicon, self._boosters = lexicon, boosters

    def __missing__(self, token: str) -> tuple[str, str, bool]:
        if len(self) > MEMO:
            self.clear()
        word = token if len(bare := token.strip(_STRIP)) <= 2 else bare
        lower = word.lower()
        self[token] = read = (word, lower, lower in self._lexicon and lower not in self._boosters)
        return read


class Idioms:
    """Replaces idioms of praise ("couldn't be happier") with a word that VADER knows. Build it once."""

    def __init__(self, phrases: Iterable[str], classes: Iterable[str] = ()) -> None:
        """classes: "good great": the name of a class, and one of its words, for `<good>` in phrases."""
        words: dict[str, str] = {"n": r"\d+"}
        for name, word in map(str.split, classes):
            words[name] = f"{words[name]}|{re.escape(word)}" if name in words else re.escape(word)
        literal = (re.escape(" ".join(phrase.lower().split())) for phrase in phrases)
        escaped = (re.sub(r"<(\w+)>", lambda name: f"(?:{words.get(name[1], '')})", text) for text in literal)
        loose = [re.sub(r"nt\b", "n['’]?t", text.replace("'", "['’]?")).replace(r"\ ", r"[\s,]+") for text in escaped]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(loose, key=len, reverse=True))})(?!\w)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Replace each idiom with PRAISE."""
        return self._pattern.sub(PRAISE, text)


class Scorer:
    """Scores texts with VADER's lexicon and the policy's words on top; 0.0 removes a word. Build it once."""

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        self._vader = _Analyzer()
        for word, value in (lexicon or {}).items():
            if value:
                self._vader.lexicon[word.lower()] = float(value)
            else:
                self._vader.lexicon.pop(word.lower(), None)
        boosters = frozenset(vader.BOOSTER_DICT) - {word.lower() for word, value in (lexicon or {}).items() if value}
        own = (word for word, value in (lexicon or {}).items() if value and len(word) == 1 and not word.isascii())
        self._emoji: dict[str, str] = self._vader.emojis | {
            char: char for char in own
        }  # weighed by itself, not by name
        self._lexicon: dict[str, float] = self._vader.lexicon
        self._read = _Tokens(self._lexicon, boosters)

    @property
    def words(self) -> frozenset[str]:
        """Return the words that express a feeling."""
        return frozenset(self._lexicon)

    @property
    def valences(self) -> Mapping[str, float]:
        """Return word in lower case -> its valence alone."""
        return self._lexicon

    def compound(self, text: str) -> float:
        """Return VADER's compound score of a text, -1..1 with four digits; bounded work whatever the text."""
        text = text[:CHARACTERS]
        text = (text if text.isascii() else self._spelt(text)).strip()
        words = [*map(self._read.__getitem__, text.split())]
        if not words:
            return 0.0
        weights = self._weights(words)
        total = float(sum(weights))
        if total:
            emphasis = self._vader._punctuation_emphasis(text)
            total += emphasis if total > 0 else -emphasis
        return float(round(vader.normalize(total), 4))

    def _weights(self, read: list[tuple[str, str, bool]]) -> list[float]:
        weights: list[float] = [0] * len(read)
        heavy = [i for i, (_, _, is_weighed) in enumerate(read) if is_weighed]
        if not heavy:
            return weights
        words, lower, _ = map(list, zip(*read, strict=True))
        sentiment = _Words(words, vader.allcap_differential(words))
        for i in heavy:
            if lower[i] != "kind" or lower[i + 1 : i + 2] != ["of"]:
                weights[i] = self._vader.sentiment_valence(0, sentiment, words[i], i, [])[0]
        return self._vader._but_check(words, weights) if "but" in lower else weights

    def _spelt(self, text: str) -> str:
        """Write emoji as their names, spaced as vaderSentiment spaces them; past EMOJI of them, blanks."""
        parts: list[str] = []
        left, spaced, emoji = EMOJI, True, self._emoji
        for char in text:
            if char <= "\u00a8" or char not in emoji:
                parts.append(char)
                spaced = char == " "
                continue
            left -= 1
            parts.append((emoji[char] if spaced else " " + emoji[char]) if left >= 0 else " ")
            spaced = left < 0
        return "".join(parts)
