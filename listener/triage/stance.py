"""Find the stance of a claim of the fact sheet: stated, asked, denied, or hedged (which a person should read).

Hedged is whatever the author does not plainly say, about us, now: "I heard that", "if", "didn't", "my order", in
quotation marks, or about another company. In doubt a claim is hedged: a person looks, and nobody is corrected who made
no error.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from listener.intake.cues import CueScan

NOT = "\x00not"  # stands for any negation, in phrases and in texts
NEXT = 12  # words after a sentence in which its claim may be taken back, or become a question
BEFORE = 3  # words before a claim in which a negation reverses it
SHORT = 4  # words of a question that asks nothing but "really?"
Stance = Literal["stated", "asked", "denied", "hedged"]
TokenRange = tuple[int, int]


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text, which blanks separate."""
    return frozenset(words.split())


_PAST = word_set("didnt wasnt werent wouldnt couldnt hadnt")
NEGATIONS = _PAST | word_set(
    "not no never cannot cant dont doesnt wont isnt arent aint havent hasnt nor neither without zero lack lacks refuse"
    " refuses stopped stops quit scrapped dropped discontinued"
)
_MERELY = word_set("only just merely")  # "don't just ship to Canada" negates nothing
_SMALL = word_set(
    "a an the you your you're u ur i i'm im my me we our us they your their them it its it's is are was were be been to"
    " for of in on at do does did can could will would have has any there there's theres this that just even"
    " really ever guys and so with longer anymore from by or as you've youve been"
)
_US = word_set("you your yours you're you've youve youre u ur ya yall")
_THEM = word_set("they their them they're they've")
_I = word_set("i i'm im i've ive i'd we we've")
SPEAKERS = _I | word_set("you they he she it")  # behind a comma, one of these begins another statement
_OF_DEEDS = ("ordered", "deed")  # say nothing of a claim: "the candle I bought" is another thing all the same
_MINE = word_set("my mine our his her")
_JOINTS = word_set("and but so because since that when while cause cuz though although then plus also why how where")
# words before a claim that name nobody, or only us, or how the author came to know
_NOBODY = word_set(
    "shop shops store company brand place site website app team people folks here now sure wow oh ok okay well hey hi"
    " hello lol yes yeah no still again only too all both such what today nowadays basically fact facts news fun out"
    " pity love hate gutted turns friends not one thing things these those make makes see seeing noticed notice found"
    " find finding learned learnt realised realized discovered know reminder remember once more another sorry course"
    " heads up kind day like good better"
)
_ASKING = word_set("is are do does can could will would has have am")
# what follows it then; another word may follow the brand's name, which was removed: "Fernhill has fees"
_ASKED_OF = word_set("you your u i we they he she it there this that these those my anyone anybody someone all any")
_TAKEN = word_set("do does did can will")  # "You don't ship to Canada - oh wait, you do"
_WHO = word_set("you they it we u")
# a clause that only takes up what was said before: "that's a lie", "which is untrue"
_TAKING_UP = word_set(
    "that thats that's it its it's this is are was which all such just simply totally completely absolutely pure so but"
    " and lol because not a the"
)
_WITH = word_set("too now actually indeed really")


def cancels_negation(word: str | None) -> bool:
    """True for a word that takes a negation before it back ("not only")."""
    return word in _MERELY


def is_small_word(word: str) -> bool:
    """True for a word that does not count in claims and questions."""
    return word in _SMALL


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A claim in a sentence: the words of its phrase, and their places in the text, in order."""

    span: TokenRange
    atoms: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """A text as claims are read in it. sheet_words: of each word, the words of the fact sheet that it matches.

    clause_starts, quoted: places of words that begin a clause, and of words in quotation marks.
    """

    scan: CueScan
    sheet_words: Sequence[tuple[str, ...]]
    clause_starts: frozenset[int]
    quoted: frozenset[int]
    sentences: Sequence[TokenRange]

    def cues(self, span: TokenRange) -> set[str]:
        """Return the cues that begin in a sentence."""
        return {hit.cue for hit in self.scan.matches if span[0] <= hit.start < span[1]}

    def covered_by(self, cues: Collection[str]) -> set[int]:
        """Return the places of the words that matched these cues."""
        return {at for hit in self.scan.matches if hit.cue in cues for at in range(hit.start, hit.end)}

    def has_question_mark(self, span: TokenRange) -> bool:
        """True if the sentence ends with a question mark."""
        return "?" in self.scan.words[span[1] - 1]

    def is_question(self, span: TokenRange) -> bool:
        """True if the sentence is a question: by its mark, its words, or its first word."""
        return (
            self.has_question_mark(span)
            or bool(self.cues(span) & {"question", "claim_asked"})
            or self.is_inverted(span)
        )

    def is_inverted(self, span: TokenRange) -> bool:
        """True if the sentence begins as a question does: "are dogs allowed"."""
        first = self.scan.words[span[0] : span[0] + 2]
        if len(first) < 2 or first[0] not in _ASKING:
            return False
        return first[1] in _ASKED_OF or (first[0] == "are" and first[1].endswith("s"))

    def text_at(self, places: Iterable[int]) -> str:
        """Return these words of the text."""
        return " ".join(self.scan.words[place] for place in places)

    def drop_cue(self, cue: str, own: Collection[int], spans: Collection[TokenRange]) -> None:
        """Remove from a cue the hits that lie wholly in the places `own` or in one of these sentences."""
        cues, hits = self.scan.cues, [hit for hit in self.scan.matches if hit.cue == cue]
        dropped = [
            hit for hit in hits
            if all(at in own for at in range(hit.start, hit.end)) or any(a <= hit.start < b for a, b in spans)
        ]  # fmt: skip
        words = {self.text_at(range(hit.start, hit.end)) for hit in dropped}
        words -= {self.text_at(range(hit.start, hit.end)) for hit in hits if hit not in dropped}
        if spans and not any(self.has_question_mark(span) for span in self.sentences if span not in spans):
            words.add("?")
        if left := tuple(word for word in cues.get(cue, ()) if word not in words):
            cues[cue] = left
        else:
            cues.pop(cue, None)

    def find_clause_start(self, at: int, span: TokenRange, joints: Collection[str]) -> int:
        """Return the place where the clause of a word begins."""
        while at > span[0] and at not in self.clause_starts and self.scan.words[at - 1] not in joints:
            at -= 1
        return at


def find_stance(context: ClaimContext, match: PhraseMatch) -> Stance:
    """Return the stance of a claim."""
    after = [other for other in context.sentences if match.span[1] <= other[0] < match.span[1] + NEXT]
    is_hedged = _is_hedged(context, match)
    is_negated = bool(find_negations(context, match))
    if _is_denied(context, match, after) or (is_negated and NOT not in match.atoms and not is_hedged):
        return "denied"
    if _is_asked(context, match.span, after):
        return "asked"
    is_doubtful = is_hedged or is_negated or _is_not_asserted(context, match) or _is_about_others(context, match)
    return "hedged" if is_doubtful else "stated"


def find_negations(context: ClaimContext, match: PhraseMatch) -> set[int]:
    """Return other negations inside the claim, or shortly before it in its clause, that do not merely deplore it."""
    start = max(context.find_clause_start(match.places[0], match.span, _JOINTS - {"that"}), match.places[0] - BEFORE)
    places = {at for at in range(start, match.places[-1]) if NOT in context.sheet_words[at] and at not in match.places}
    return places - context.covered_by({"claim_granted"})


def _is_hedged(context: ClaimContext, match: PhraseMatch) -> bool:
    """True for words of hedging in its sentence that are no words of the claim itself ("only over 100")."""
    own = range(match.places[0], match.places[-1] + 1)
    hedges = (hit for hit in context.scan.matches if hit.cue == "claim_hedged")
    return any(match.span[0] <= hit.start < match.span[1] and hit.start not in own for hit in hedges)


def _is_denied(context: ClaimContext, match: PhraseMatch, after: Sequence[TokenRange]) -> bool:
    """True if its sentence or the next ones deny it. A question whether it is a myth denies nothing."""
    spans = (match.span, *after)
    if any("claim_disputed" in context.cues(span) for span in spans):
        return True
    if any(_is_called_untrue(context, match, span) for span in spans if not context.has_question_mark(span)):
        return True
    first = match.places[-1] + 1
    return any(_is_taken_back(context, match, at) for start, end in spans for at in range(max(start, first), end))


def _is_called_untrue(context: ClaimContext, match: PhraseMatch, span: TokenRange) -> bool:
    """True for a word of denial in the claim's own clause, or in another one that only takes up the claim."""
    of_claim = context.find_clause_start(match.places[0], match.span, ())
    for hit in context.scan.matches:
        if hit.cue == "claim_denied" and span[0] <= hit.start < span[1]:
            start = context.find_clause_start(hit.start, span, ())
            if start == of_claim or _TAKING_UP.issuperset(context.scan.words[start : hit.start]):
                return True
    return False


def _is_taken_back(context: ClaimContext, match: PhraseMatch, at: int) -> bool:
    """True for "they do", "you can too": a pronoun, an auxiliary, and then nothing, or one of the claim's own words."""
    text, rest = context.scan.words, at + 2
    if text[at] not in _WHO or rest > len(text) or text[at + 1] not in _TAKEN:
        return False
    while rest < len(text) and text[rest] in _WITH:
        rest += 1
    if rest == len(text) or rest in context.clause_starts:
        return True
    return text[rest][0] in ".!;…\n" or bool(set(context.sheet_words[rest]) & set(match.atoms) - {NOT})


def _is_asked(context: ClaimContext, span: TokenRange, after: Sequence[TokenRange]) -> bool:
    """True if it is asked by its own mark or words, or by a short question right behind it: "Is that so?"."""
    if context.is_question(span):
        return True
    return bool(after) and context.has_question_mark(after[0]) and after[0][1] - after[0][0] - 1 <= SHORT


def _is_not_asserted(context: ClaimContext, match: PhraseMatch) -> bool:
    """True in the past, in quotation marks, or of a thing of the author's own ("won't send my order to Canada")."""
    text, places = context.scan.words, match.places
    is_own = any(text[at] in _MINE and at + 1 not in places for at in range(places[0], places[-1]))
    return is_own or places[0] in context.quoted or any(text[at] in _PAST for at in places)


def _is_about_others(context: ClaimContext, match: PhraseMatch) -> bool:
    """True if the claim's subject (the words before it in its clause) is the author, or names somebody else.

    Also if somebody else makes the claim about us: "my colleague swears you don't ship to Canada".
    """
    text, first = context.scan.words, context.find_clause_start(match.places[0], match.span, _JOINTS)
    subject = set(text[first : match.places[0]])
    if (_MINE | _I) & subject and not _US & subject:
        return True
    if _THEM & subject and ("other_handles" in context.scan.cues or _US & set(text)):
        return True  # beside "you", "they" are others
    of_cues = {at for hit in context.scan.matches if hit.cue not in _OF_DEEDS for at in range(hit.start, hit.end)}
    ours = (at for at in range(first, match.places[0]) if text[at] in _US)  # behind "your" stands what is ours
    return any(_may_name_somebody(context, at) for at in range(first, next(ours, match.places[0])) if at not in of_cues)


def _may_name_somebody(context: ClaimContext, at: int) -> bool:
    """True for a word that may be a name: not a small word, a word of the fact sheet, or an adverb."""
    word = context.scan.words[at]
    is_plain = word in _SMALL | _NOBODY | _THEM or word.endswith("ly") or not word[0].isalpha()
    return not is_plain and not context.sheet_words[at]
