"""The labelled mentions that weights are learned from, and which words they may be learned for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from listener.analysis.evaluate import evaluate, read_rows
from listener.analysis.tally import EvaluatedRow
from listener.intake.phrases import tokenize
from listener.reader.features import own_features, word_features
from listener.settings import load_policy, load_responders, starter

AUTHORS = 5  # that a word or pair must be met in
PLACES = 2  # brands, and files where there are several, that it must be met in


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled mention as the rules decide it. file: where it is from; words, own: its features."""

    file: str
    brand: str
    row: EvaluatedRow
    words: tuple[str, ...]
    own: tuple[str, ...]


def load(paths: Iterable[Path], hold_out: Collection[str]) -> list[Sample]:
    """Read CSV files as `earshot evaluate` does, without the held-out brands, and decide each row by the rules alone.

    Raises InputError, ConfigError.
    """
    policy = load_policy(starter())[0]
    policy = replace(policy, reader=replace(policy.reader, enabled=False))
    responders, now = load_responders(policy), datetime.now(UTC)
    samples: list[Sample] = []
    for path in paths:
        rows = [row for row in read_rows(path) if (row.brand or "") not in hold_out]
        samples += [_sample(path.stem, row) for row in evaluate(rows, policy, responders, now)[1]]
    return samples


def _sample(file: str, row: EvaluatedRow) -> Sample:
    signals = row.signals
    tokens = tokenize(signals.text)
    own = own_features(signals.cues, signals.compound, min(signals.sentences), len(tokens))
    return Sample(file, row.row.brand or file, row, tuple(word_features(tokens)), tuple(own))


def vocabulary(samples: Sequence[Sample]) -> frozenset[str]:
    """Return the words and pairs of at least AUTHORS authors, in at least PLACES brands and files.

    Without a column `author` each different text counts as an author of its own.
    """
    authors, brands, files = (defaultdict[str, set[str]](set) for _ in range(3))
    for sample in samples:
        for word in sample.words:
            authors[word].add(sample.row.row.author or sample.row.signals.text)
            brands[word].add(sample.brand)
            files[word].add(sample.file)
    places = min(PLACES, len({sample.file for sample in samples}))
    return frozenset(
        word for word in authors
        if len(authors[word]) >= AUTHORS and len(brands[word]) >= PLACES and len(files[word]) >= places
    )  # fmt: skip
