"""What needs no data: phrases that another matches word for word, and phrases that stay whatever the data say."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from bench.prune.lists import FOLDER, WrittenPhrase, read_phrases
from listener.intake.phrases import NUMBER, TURNING, Matcher, parse_phrase, tokenize

# what guards read: a phrase for a danger that nobody wrote of yet is not useless
GUARDED = (*dict.fromkeys(phrase.cue for phrase in read_phrases(FOLDER / "guards.toml")), "profanity", "swearing")
WORDS = ("function_words", "impersonation_words")  # lists of words that are no cue of their own
CLAIMS = ("claim_", "request_to_know")  # read only beside a claim or a question of a fact sheet, which the data lack
Atoms = tuple[str, ...]


def find_guarded(phrases: Iterable[WrittenPhrase], cues: Mapping[str, Sequence[str]]) -> set[WrittenPhrase]:
    """Return the phrases that stay: of guards, of claims, lists of words, and exceptions from the phrases of guards."""
    guards = Matcher({cue: cues[cue] for cue in GUARDED}, cues["classes"])
    members = _group(cues["classes"])

    def is_guarded(phrase: WrittenPhrase) -> bool:
        if phrase.cue != "except":
            return phrase.cue in GUARDED + WORDS or phrase.cue.startswith(CLAIMS)
        texts = (text for variant in phrase.variants for text in _write_out(variant, members))
        return any(guards.find(tokenize(text)) for text in texts)

    return set(filter(is_guarded, phrases))


def _write_out(variant: str, members: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Return what a text may say where a phrase has classes: each with the words of every class."""
    named = [word for word in variant.split() if word in members]
    first = {name: min(members[name]) for name in named}
    yield " ".join(first.get(word, word) for word in variant.split())
    for name in named:
        for member in members[name]:
            yield " ".join((first | {name: member}).get(word, word) for word in variant.split())


def _group(classes: Iterable[str]) -> dict[str, set[str]]:
    """Return the words of each class."""
    members: dict[str, set[str]] = {}
    for name, word in map(str.split, classes):
        members.setdefault(f"<{name}>", set()).add(word)
    members[NUMBER].update(map(str, range(100)))  # it has every number in digits
    return members


def find_doubles(
    phrases: Iterable[WrittenPhrase], classes: Iterable[str]
) -> Iterator[tuple[WrittenPhrase, WrittenPhrase]]:
    """Return pairs: a phrase, and another of its list that matches the same words wherever the first does."""
    is_within = _relation(classes)
    kept: dict[tuple[str, int], list[tuple[WrittenPhrase, Atoms]]] = {}
    for phrase, variants in sorted(((phrase, _parse(phrase)) for phrase in phrases), key=_breadth, reverse=True):
        wider = [_find_wider(words, kept.get((phrase.listed, len(words)), ()), is_within) for words in variants]
        if wider[-1] is not None and None not in wider:
            yield phrase, wider[-1]
            continue
        for words in variants:
            kept.setdefault((phrase.listed, len(words)), []).append((phrase, words))


def _find_wider(
    words: Atoms, kept: Iterable[tuple[WrittenPhrase, Atoms]], is_within: Callable[[str, str], bool]
) -> WrittenPhrase | None:
    return next((other for other, atoms in kept if all(map(is_within, words, atoms))), None)


def _parse(phrase: WrittenPhrase) -> list[Atoms]:
    return [tuple(parse_phrase(variant)) for variant in phrase.variants]


def _breadth(pair: tuple[WrittenPhrase, list[Atoms]]) -> tuple[int, int]:
    """Return how much the words of a phrase take in (any word, a beginning, a class, a word), and its variants."""
    variants = pair[1]
    most = max(
        sum(3 * (atom == "*") or 2 * (atom[-1] == "*") or atom[0] == "<" for atom in atoms) for atoms in variants
    )
    return most, len(variants)


def _relation(classes: Iterable[str]) -> Callable[[str, str], bool]:
    """Return whether a word of a phrase matches nothing that another does not."""
    members = _group(classes)

    def is_within(narrow: str, wide: str) -> bool:
        if narrow == wide:
            return True
        words = members.get(narrow, {narrow})
        if wide in members:
            return words <= members[wide]
        return wide[-1] == "*" and words.isdisjoint(TURNING) and all(word.startswith(wide[:-1]) for word in words)

    return is_within
