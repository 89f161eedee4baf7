"""Find every phrase of every cue in one pass over the words of a text: a trie of words, `*` for the rest of a word."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

# words, numbers, ends of sentences, a bare @, hearts typed as <3, pictures; linear in the text
_TOKEN = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[.?!;…\n]+|@|<3|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\u263A]",
)
ENDS = ".?!;…\n"  # what a token begins with that ends a sentence
_PLAIN = re.compile(r"(?:[a-z]+\*?|\*|<[^<>\s]+>)(?: (?:[a-z]+\*?|\*|<[^<>\s]+>))*")  # a phrase that is folded already
_LONG = re.compile(r"(.)\1{2,}")  # "sooo", "fuuuck": a letter typed three times or more counts as two, or one
_MEMO = 20_000  # distinct words remembered before the memory is emptied
NUMBER = "<n>"  # the class that every number in digits belongs to
TURNING = frozenset(("not", "never"))  # a bare `*` stands for none of these: "is not open" is no "is * open"
TOKENS = 1_500  # words of one text that are looked at


class CueMatch(NamedTuple):
    """A phrase in a text: its cue, and the words from start up to end."""

    cue: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a text in lower case, with a single kind of apostrophe, and nt for n't."""
    return text.lower().replace("’", "'").replace("n't", "nt")


def tokenize(text: str) -> list[str]:
    """Return the words, numbers, marks that end a sentence, and pictures of a text, folded; at most TOKENS."""
    return _TOKEN.findall(fold(text))[:TOKENS]


# words that join a clause to the one before
JOINTS = frozenset(
    ("and", "or", "but", "because", "cause", "while", "although", "though", "when", "if", "since", "that", "which",
     "who", "whose", "where", "then", "as", "until", "plus", "despite", "yet")
)  # fmt: skip
_MARKS = re.compile(r"[,:()\[\]\"“”–—]|\s-")  # without one of these, only words and ends of sentences part clauses
_CLAUSE = re.compile(r"[,:()\[\]\"“”]|\s[-–]+\s|—")
_QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”")


def find_clauses(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return which tokens begin a clause (behind a comma, colon, bracket, dash or quote), and which are quoted."""
    folded = fold(text)
    starts = [token.start() for token in _TOKEN.finditer(folded)][:TOKENS]
    begins = {bisect_left(starts, mark.end()) for mark in _CLAUSE.finditer(folded)}
    quotations = [
        range(bisect_left(starts, quote.start()), bisect_left(starts, quote.end()))
        for quote in _QUOTATION.finditer(folded)
    ]
    return frozenset(begins), frozenset(at for quotation in quotations for at in quotation)


def find_breaks(text: str, words: Sequence[str]) -> frozenset[int]:
    """Return where clauses begin: at ends of sentences, behind marks, and at words that join two of them."""
    marked = find_clauses(text)[0] if _MARKS.search(text) else frozenset[int]()
    return marked.union(at for at, word in enumerate(words) if word in JOINTS or word[0] in ENDS)


def parse_phrase(phrase: str) -> list[str]:
    """Return the words of a phrase as `tokens` would give them, each with its `*` if it has one; `<class>` as it is."""
    if _PLAIN.fullmatch(phrase):  # nearly all are, and a policy has thousands
        return phrase.split(" ")
    atoms = []
    for word in phrase.split():
        if word[0] == "<" and word[-1] == ">":
            atoms.append(word)
            continue
        parts = _TOKEN.findall(fold(word.rstrip("*"))) or [""]
        atoms += [*parts[:-1], parts[-1] + ("*" if word.endswith("*") else "")]
    return [atom for atom in atoms if atom]


def stem(word: str) -> str:
    """Return a word without its plain endings (-s, -es, -ing, a silent -e); short words stay whole.

    -ed is not one of them: the past is not the present.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ing") and len(word) > 6:
        word = word[:-3]
        word = word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


class _Node:
    """A node of the trie: phrases after some of their words. below: next word -> node; cues: of those that end here."""

    __slots__ = ("below", "cues", "words")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.words = self.below.keys()  # a view: which words go on
        self.cues: tuple[str, ...] = ()


class Vocabulary(dict[str, tuple[str, ...]]):
    """Word of the text -> words of phrases that it matches: itself, beginnings with `*`, and its classes."""

    def __init__(self, atoms: Iterable[str], classes: Iterable[str] = ()) -> None:
        super().__init__()
        atoms = set(atoms)
        self._classes: dict[str, tuple[str, ...]] = {}
        for name, word in map(str.split, classes):
            if f"<{name}>" in atoms:
                self._classes[word] = (*self._classes.get(word, ()), f"<{name}>")
        self._numbers = [atom for atom in atoms if atom == NUMBER]
        self._exact = frozenset(atom for atom in atoms if not atom.endswith("*"))
        self._starts = frozenset(atom[:-1] for atom in atoms if atom.endswith("*"))
        self._sizes = sorted(set(map(len, self._starts)))

    def __missing__(self, token: str) -> tuple[str, ...]:
        if len(self) > _MEMO:
            self.clear()
        atoms: tuple[str, ...] = ()
        if token[0] not in ENDS:
            shorter = [_LONG.sub(r"\1\1", token), _LONG.sub(r"\1", token)] if _LONG.search(token) else ()
            spellings = (token, *(word for word in shorter if len(word) > 2))
            atoms = tuple(dict.fromkeys(atom for spelling in spellings for atom in self._atoms(spelling)))
        self[token] = atoms
        return atoms

    def _atoms(self, token: str) -> list[str]:
        atoms = [token] if token in self._exact else []
        atoms += (*self._classes.get(token, ()), *(self._numbers if token.isdigit() else ()))
        if token in TURNING:
            return atoms + [token + "*"] * (token in self._starts)
        return atoms + [token[:end] + "*" for end in self._sizes if end <= len(token) and token[:end] in self._starts]


class _Begin(dict[str, tuple[tuple[_Node, ...], tuple[str, ...]]]):
    """Word of a text -> nodes of the phrases that begin with it, and the words of phrases that it matches."""

    def __init__(self, root: _Node, known: Vocabulary) -> None:
        super().__init__()
        self._root, self._known = root.below, known

    def __missing__(self, token: str) -> tuple[tuple[_Node, ...], tuple[str, ...]]:
        if len(self) > _MEMO:
            self.clear()
        atoms = self._known[token]
        self[token] = begun = (tuple(self._root[atom] for atom in atoms if atom in self._root), atoms)
        return begun


class Matcher:
    """The phrases of many cues; classes: "good great". Build it once; do not share it between threads."""

    def __init__(self, cues: Mapping[str, Sequence[str]], classes: Sequence[str] = ()) -> None:
        self._root = _Node()
        for cue, phrases in cues.items():
            for phrase in phrases:
                self._plant(cue, parse_phrase(phrase))
        self._begin = _Begin(self._root, Vocabulary(self._atoms(self._root), classes))

    def _plant(self, cue: str, atoms: list[str]) -> None:
        if not atoms or atoms[0] == "*":
            return
        node = self._root
        for atom in atoms:
            below = node.below.get(atom)
            if below is None:
                node.below[atom] = below = _Node()
            node = below
        if cue not in node.cues:
            node.cues += (cue,)

    def _atoms(self, node: _Node) -> Iterable[str]:
        for atom, below in node.below.items():
            yield atom
            yield from self._atoms(below)

    def find(self, text: Sequence[str]) -> list[CueMatch]:
        """Return every phrase in these tokens, in the order of their first words."""
        matches: list[CueMatch] = []
        seen = [*map(self._begin.__getitem__, text), ((), ())]
        for start, (nodes, _) in enumerate(seen):
            for node in nodes:
                if node.cues:
                    matches += [CueMatch(cue, start, start + 1) for cue in node.cues]
                if not node.words.isdisjoint(seen[start + 1][1]):
                    self._follow(node, seen, start, matches)
        return matches

    @staticmethod
    def _follow(
        node: _Node, seen: Sequence[tuple[tuple[_Node, ...], tuple[str, ...]]], start: int, matches: list[CueMatch]
    ) -> None:
        open_: list[tuple[_Node, int]] = [(node, start + 1)]
        while open_:
            node, at = open_.pop()
            for atom in seen[at][1]:
                if (below := node.below.get(atom)) is not None:
                    matches += [CueMatch(cue, start, at + 1) for cue in below.cues]
                    if not below.words.isdisjoint(seen[at + 1][1]):
                        open_.append((below, at + 1))
