"""Authors' names as people read them: profanity behind leetspeak and look-alike letters, names dressed up as ours."""

import re
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import combining, normalize

from listener.intake.phrases import fold

MEMO = 20_000  # names remembered before the memory is emptied
NAME = 100  # characters of a name that are looked at
SHORTEST = 4  # letters of a brand's name that another's may be mistaken for
SAME = re.compile(r"(.)\1+")
_NOT_LETTER = re.compile(r"[\W\d_]+")
_TRIPLE = re.compile(r"(.)\1{2,}")
_NUMBER = re.compile(r"(?<!\d)\d{3,5}(?!\d)")
_BOT = re.compile(r"(?:^|[\W\d_]|(?<=[a-z])(?=B))[Bb](?:ot|OT)(?:$|[\W\d_])")


def bot_marker(name: str) -> str | None:
    """Return the part of a name that says bot ("weather_bot", "NewsBot", not "Talbot"), or None."""
    marker = _BOT.search(name[:NAME])
    return marker[0] if marker else None


class Names:
    """Reads names and disguised words: leetspeak, look-alike letters, repeated letters."""

    def __init__(self, cues: Mapping[str, Sequence[str]], ours: Iterable[str] = ()) -> None:
        pairs = ((seen, letter) for seen, letter in map(str.split, cues.get("lookalike_letters", ())))
        self._folds = str.maketrans(dict(pairs))
        self._seen: dict[str, str | None] = {}
        self._stems = tuple(cues.get("profane_stem", ()))
        self._innocent = tuple(word.replace(" ", "") for word in cues.get("profane_innocent", ()))

        self._decoration = tuple(cues.get("impersonation_words", ()))
        self._own_names = frozenset(
            letters for name in ours for letters in self._strip_decoration(name) if len(letters) >= SHORTEST
        )

    def is_like_ours(self, name: str) -> bool:
        """True when a handle or display name reads like the brand's, dressed up or misspelt."""
        return not self._own_names.isdisjoint(self._strip_decoration(name[:NAME]))

    def _strip_decoration(self, name: str) -> set[str]:
        """Return a name's letters, as typed and as read, without "official" and the like, doubled letters single."""
        plain = fold(_simplify(name))
        return {self._strip(_NOT_LETTER.sub("", form)) for form in (plain, plain.translate(self._folds))}

    def _strip(self, letters: str) -> str:
        for word in self._decoration:
            if len(letters) - len(word) >= SHORTEST:
                letters = letters.removesuffix(word).removeprefix(word)
        return SAME.sub(r"\1", letters.replace("l", "i"))  # 1, l and i look alike

    def read_letters(self, text: str) -> str:
        """Return the letters a reader sees, lower case, nothing between them."""
        return _NOT_LETTER.sub("", fold(_simplify(text)).translate(self._folds))

    def find_profanity(self, name: str) -> str | None:
        """Return the stem of profanity in a handle or display name, or None."""
        if name not in self._seen:
            if len(self._seen) > MEMO:
                self._seen.clear()
            self._seen[name] = self._find_stem(name[:NAME])
        return self._seen[name]

    def _find_stem(self, name: str) -> str | None:
        plain = fold(_simplify(name))
        letters = plain if plain.isalpha() else _NOT_LETTER.sub("", plain)
        together = self._forms(plain, letters)
        if not any(map(together.__contains__, self._stems)):
            return None
        for word in self._innocent:
            together = together.replace(word, " ")
        return next((stem for stem in self._stems if stem in together), None)

    def _forms(self, plain: str, letters: str) -> str:
        """Return the name as typed, as read, and each with repeated letters collapsed; numbers apart."""
        forms = [letters, *_collapse_repeats(letters)]
        if plain != letters or not plain.isascii():
            read = _NOT_LETTER.sub("", plain.translate(self._folds))
            forms += [read, *_collapse_repeats(read), *_NUMBER.findall(plain)]
        return " ".join(forms)


def _collapse_repeats(letters: str) -> tuple[str, ...]:
    """Return runs of a letter as two letters, and as a single letter."""
    if not SAME.search(letters):
        return ()
    return _TRIPLE.sub(r"\1\1", letters), SAME.sub(r"\1", letters)


def _simplify(text: str) -> str:
    """Return full-width, ornamental and accented letters as plain ones."""
    return text if text.isascii() else "".join(char for char in normalize("NFKD", text) if not combining(char))
