"""Where the words of a phrase stand in a text: in order and close together, or anywhere. Pure."""

from collections.abc import Sequence

from listener.intake.phrases import ENDS
from listener.triage.stance import NOT, SPEAKERS, ClaimContext, TokenRange, is_small_word, word_set

GAP = 3  # other words that may stand between two words of a phrase
# what follows such a word is an exception to what came before it: "don't ship anywhere except Canada"
_WALLS = word_set("but except besides outside beyond unless until")
# between a negation and its word only small words may stand, and these: "don't even offer free shipping"
_LIGHT = word_set(
    "even currently offer offers offering provide provides give gives allow allows let lets want plan seem seems appear"
    " yet actually ever simply all always still"
)


def split_sentences(text: Sequence[str]) -> list[TokenRange]:
    """Return where sentences begin and end (past their closing mark)."""
    spans, start = [], 0
    for at, word in enumerate(text):
        if word[0] in ENDS:
            spans.append((start, at + 1))
            start = at + 1
    return [*spans, (start, len(text))] if start < len(text) else spans


def find_in_order(atoms: tuple[str, ...], context: ClaimContext, span: TokenRange) -> tuple[int, ...] | None:
    """Return the places of a phrase's words, in order and close to one another; None without them."""
    for first in range(*span):
        if atoms[0] in context.sheet_words[first]:
            at = [first]
            while len(at) < len(atoms):
                following = _find_next(atoms[len(at)], context, at[-1], span[1])
                if following is None:
                    break
                at.append(following)
            else:
                return tuple(at)
    return None


def _find_next(atom: str, context: ClaimContext, before: int, end: int) -> int | None:
    """Return the place of a phrase's next word; None if it is too far, or a word between separates them."""
    near = range(before + 1, min(before + 2 + GAP, end))
    negated = NOT in context.sheet_words[before]
    for at in near:
        if at in context.clause_starts and (negated or atom == NOT or context.scan.words[at] in SPEAKERS):
            return None
        if atom in context.sheet_words[at]:
            return at
        word = context.scan.words[at]
        if word in _WALLS or (negated and not is_small_word(word) and word not in _LIGHT):
            return None
    return None


def find_anywhere(atoms: tuple[str, ...], named: Sequence[tuple[str, ...]], start: int, end: int) -> set[int]:
    """Return the places of a question's words, in any order; empty if a word is missing."""
    hit = [next((at for at in range(start, end) if atom in named[at]), -1) for atom in atoms]
    return set() if -1 in hit else set(hit)
