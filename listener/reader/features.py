"""What the second reader looks at: words, pairs of neighbouring words, Earshot's own cues, scores and length. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from listener.intake.phrases import ENDS, NUMBER

_LONG = re.compile(r"(.)\1{2,}")
_MEMO = 20_000  # tokens remembered before the memory is emptied
_LONGEST = 6  # lengths from 2**6 words on are alike


class _Folded(dict[str, str]):
    """Token -> as it is looked up: long letters cut ("soooo"), any number as one, the end of a sentence as its mark."""

    def __missing__(self, token: str) -> str:
        if len(self) > _MEMO:
            self.clear()
        word = NUMBER if token.isdigit() else token[0] if token[0] in ENDS else _LONG.sub(r"\1\1", token)
        self[token] = word
        return word


_folded = _Folded()


def fold_words(tokens: Sequence[str]) -> list[str]:
    """Return the words of a tokenized text as they are looked up."""
    return [*map(_folded.__getitem__, tokens)]


def word_features(tokens: Sequence[str]) -> list[str]:
    """Return the words and pairs of a tokenized text, each once; a pair does not span the end of a sentence."""
    words = fold_words(tokens)
    neighbours = pairwise(words)
    pairs = [f"{word} {follower}" for word, follower in neighbours if word not in ENDS and follower not in ENDS]
    return [*dict.fromkeys((*words, *pairs))]


def own_features(cues: Iterable[str], compound: float, lowest: float, length: int) -> list[str]:
    """Return the cues, the score of the text and of its lowest sentence in steps, and the length (a power of two).

    No word of a text begins as they do.
    """
    steps = (f"=score {round(compound * 5)}", f"=lowest {round(lowest * 4)}")
    return [*[f"=cue {cue}" for cue in cues], *steps, f"=length {min(_LONGEST, length.bit_length())}"]
