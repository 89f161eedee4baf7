"""In what manner a claim of the fact sheet is made: stated, asked, denied, or hedged (which a person had better read).

Hedged is all that is not plainly said by the author, of us, now: "I heard that", "if", "didn't", "my order", in
quotation marks, or of another company. In doubt a claim is hedged: a person looks, and nobody is corrected who made
no error.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from listener.intake.cues import CueScan

NOT = "\x00not"  # stands for any negation, in phrases and in texts
NEXT = 12  # words after a sentence in which the claim made in it may be taken back, or turned into a question
BEFORE = 3  # words before a claim in which a negation turns it round
SHORT = 4  # words of a question that asks nothing but "really?"
Manner = Literal["stated", "asked", "denied", "hedged"]
TokenRange = tuple[int, int]


def word_set(words: str) -> frozenset[str]:
    """Words written with blanks between them."""
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
_MINE = word_set("my mine our his her")
_JOINTS = word_set("and but so because since that when while cause cuz though although then plus also why how where")
# words before a claim that name nobody, or only the house itself, or say how the author came to know
_NOBODY = word_set(
    "shop shops store company brand place site website app team people folks here now sure wow oh ok okay well hey hi"
    " hello lol yes yeah no still again only too all both such what today nowadays basically fact facts news fun out"
    " pity love hate gutted turns friends not one thing things these those make makes see seeing noticed notice found"
    " find finding learned learnt realised realized discovered know reminder remember once more another sorry course"
    " heads up kind day like good better"
)
_ASKING = word_set("is are do does can could will would has have am")
# what follows it then; another word may follow the brand's name, which was taken out: "Fernhill has fees"
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


def small(word: str) -> bool:
    """True for a word that does not count in claims and questions."""
    return word in _SMALL


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A claim met in a sentence: the words of its phrase, and where they stand in the text, in order."""

    span: TokenRange
    atoms: tuple[str, ...]
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """A text as claims are read in it. named: of each word, the words of the fact sheet it is.

    begins: words that begin a clause; quoted: words in quotation marks; spans: the sentences.
    """

    read: CueScan
    named: Sequence[tuple[str, ...]]
    begins: frozenset[int]
    quoted: frozenset[int]
    spans: Sequence[TokenRange]

    def cues(self, span: TokenRange) -> set[str]:
        """The cues that begin in a sentence."""
        return {hit.cue for hit in self.read.found if span[0] <= hit.start < span[1]}

    def inside(self, cues: Collection[str]) -> set[int]:
        """The words that hits of these cues cover."""
        return {at for hit in self.read.found if hit.cue in cues for at in range(hit.start, hit.end)}

    def marked(self, span: TokenRange) -> bool:
        """The sentence ends with a question mark."""
        return "?" in self.read.words[span[1] - 1]

    def asks(self, span: TokenRange) -> bool:
        """The sentence is a question: by its mark, its words, or its first word."""
        return self.marked(span) or bool(self.cues(span) & {"question", "claim_asked"}) or self.turned(span)

    def turned(self, span: TokenRange) -> bool:
        """It begins as a question does: "are dogs allowed"."""
        first = self.read.words[span[0] : span[0] + 2]
        if len(first) < 2 or first[0] not in _ASKING:
            return False
        return first[1] in _ASKED_OF or (first[0] == "are" and first[1].endswith("s"))

    def text_at(self, at: Iterable[int]) -> str:
        """These words of the text."""
        return " ".join(self.read.words[one] for one in at)

    def drop(self, cue: str, own: Collection[int], spans: Collection[TokenRange]) -> None:
        """Take out of a cue the hits that lie wholly in `own` or stand in one of these sentences."""
        cues, found = self.read.cues, [hit for hit in self.read.found if hit.cue == cue]
        gone = [
            hit for hit in found
            if all(at in own for at in range(hit.start, hit.end)) or any(a <= hit.start < b for a, b in spans)
        ]  # fmt: skip
        words = {self.text_at(range(hit.start, hit.end)) for hit in gone}
        words -= {self.text_at(range(hit.start, hit.end)) for hit in found if hit not in gone}
        if spans and not any(self.marked(span) for span in self.spans if span not in spans):
            words.add("?")
        if left := tuple(word for word in cues.get(cue, ()) if word not in words):
            cues[cue] = left
        else:
            cues.pop(cue, None)

    def clause(self, at: int, span: TokenRange, joints: Collection[str]) -> int:
        """Where the clause begins in which a word stands."""
        while at > span[0] and at not in self.begins and self.read.words[at - 1] not in joints:
            at -= 1
        return at


def manner(scene: ClaimContext, met: PhraseMatch) -> Manner:
    """How the claim is made."""
    after = [other for other in scene.spans if met.span[1] <= other[0] < met.span[1] + NEXT]
    hedged = "claim_hedged" in scene.cues(met.span)
    turned = bool(negations_before(scene, met))
    if _denied(scene, met, after) or (turned and NOT not in met.atoms and not hedged):
        return "denied"
    if _asked(scene, met.span, after):
        return "asked"
    return "hedged" if hedged or turned or _unsaid(scene, met) or _of_another(scene, met) else "stated"


def negations_before(scene: ClaimContext, met: PhraseMatch) -> set[int]:
    """Other negations inside the claim, or shortly before it in its clause, that do not merely deplore it."""
    start = max(scene.clause(met.at[0], met.span, _JOINTS - {"that"}), met.at[0] - BEFORE)
    found = {at for at in range(start, met.at[-1]) if NOT in scene.named[at] and at not in met.at}
    return found - scene.inside({"claim_granted"})


def _denied(scene: ClaimContext, met: PhraseMatch, after: Sequence[TokenRange]) -> bool:
    """Set right in the same breath or in the next one. A question whether it is a myth sets nothing right."""
    told = (met.span, *after)
    if any("claim_disputed" in scene.cues(one) for one in told):
        return True
    if any(_says_untrue(scene, met, one) for one in told if not scene.marked(one)):
        return True
    return any(_taken_back(scene, met, at) for one in told for at in range(max(one[0], met.at[-1] + 1), one[1]))


def _says_untrue(scene: ClaimContext, met: PhraseMatch, span: TokenRange) -> bool:
    """A word of denial in the claim's own clause, or in another one that only takes up the claim."""
    mine = scene.clause(met.at[0], met.span, ())
    for hit in scene.read.found:
        if hit.cue == "claim_denied" and span[0] <= hit.start < span[1]:
            start = scene.clause(hit.start, span, ())
            if start == mine or _TAKING_UP.issuperset(scene.read.words[start : hit.start]):
                return True
    return False


def _taken_back(scene: ClaimContext, met: PhraseMatch, at: int) -> bool:
    """ "They do", "you can too": a pronoun, an auxiliary, and then nothing, or one of the claim's own words."""
    text, rest = scene.read.words, at + 2
    if text[at] not in _WHO or rest > len(text) or text[at + 1] not in _TAKEN:
        return False
    while rest < len(text) and text[rest] in _WITH:
        rest += 1
    if rest == len(text) or rest in scene.begins:
        return True
    return text[rest][0] in ".!;…\n" or bool(set(scene.named[rest]) & set(met.atoms) - {NOT})


def _asked(scene: ClaimContext, span: TokenRange, after: Sequence[TokenRange]) -> bool:
    """By its own mark or words, or by a short question right behind it: "Is that so?"."""
    if scene.asks(span):
        return True
    return bool(after) and scene.marked(after[0]) and after[0][1] - after[0][0] - 1 <= SHORT


def _unsaid(scene: ClaimContext, met: PhraseMatch) -> bool:
    """In the past, in quotation marks, or of a thing of the author's own ("won't send my order to Canada")."""
    text, at = scene.read.words, met.at
    own = any(text[one] in _MINE and one + 1 not in at for one in range(at[0], at[-1]))
    return own or at[0] in scene.quoted or any(text[one] in _PAST for one in at)


def _of_another(scene: ClaimContext, met: PhraseMatch) -> bool:
    """The claim's subject, the words before it in its clause, is the author, or names somebody who may not be us.

    Or somebody says it of us: "my colleague swears you don't ship to Canada".
    """
    text, first = scene.read.words, scene.clause(met.at[0], met.span, _JOINTS)
    subject = set(text[first : met.at[0]])
    if (_MINE | _I) & subject and not _US & subject:
        return True
    if _THEM & subject and ("other_handles" in scene.read.cues or _US & set(text)):
        return True  # beside "you", "they" are others
    said = {one for hit in scene.read.found for one in range(hit.start, hit.end)}
    ours = (one for one in range(first, met.at[0]) if text[one] in _US)  # behind "your" stands what is ours
    return any(_names(scene, one) for one in range(first, next(ours, met.at[0])) if one not in said)


def _names(scene: ClaimContext, at: int) -> bool:
    """The word may name somebody: no small word, no word of the fact sheet, none that says how."""
    word = scene.read.words[at]
    plain = word in _SMALL | _NOBODY | _THEM or word.endswith("ly") or not word[0].isalpha()
    return not plain and not scene.named[at]
