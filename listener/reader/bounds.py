"""Choose the bounds from which the second reader speaks up: each brand is read by weights learned from the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from listener.intake.phrases import tokenize
from listener.model import Reading
from listener.policy import Reader
from listener.reader.fit import learn
from listener.reader.opinion import KIND, find_kind_words
from listener.reader.samples import Sample
from listener.reader.score import SecondReader

STEPS = tuple(step / 100 for step in range(100))
MAX_LOST = 0.01  # of a file's happy customers thanked: those that a doubt may cost
MAX_HELD = 0.03  # of those in the auto band: those that may be held for a person
MAX_FALSE = 0.001  # of a file's complaints: those that may be proposed a thank-you; none in a file of few
MAX_HEARD = 0.015  # of a file's mentions: those that may be heard as complaints though they are none


@dataclass(frozen=True, slots=True)
class Unseen:
    """A sample, read by weights learned from other brands."""

    sample: Sample
    reading: Reading

    @property
    def label(self) -> str:
        """The label of its row."""
        return self.sample.row.row.label

    @property
    def is_proposable(self) -> bool:
        """True if the second reader may propose a thank-you for it."""
        return bool(find_kind_words(self.sample.row.decision, self.sample.row.signals))


def read_unseen(samples: Sequence[Sample]) -> list[Unseen]:
    """Read each brand's mentions by what the other brands teach."""
    unseen: list[Unseen] = []
    for brand in sorted({sample.brand for sample in samples}):
        reader = SecondReader(learn([sample for sample in samples if sample.brand != brand]))
        unseen += [Unseen(sample, read(reader, sample)) for sample in samples if sample.brand == brand]
    return unseen


def read(reader: SecondReader, sample: Sample) -> Reading:
    """Read a sample as a mention is read."""
    signals = sample.row.signals
    return reader.read(tokenize(signals.text), signals.cues, signals.compound, min(signals.sentences))


def choose(unseen: Sequence[Unseen]) -> Reader:
    """Return the bounds that keep within the shares above in every file."""
    files = [
        [mention for mention in unseen if mention.sample.file == file]
        for file in sorted({mention.sample.file for mention in unseen})
    ]
    return replace(
        Reader(),
        doubt_below=min(map(_doubt_below, files)),
        auto_from=min(map(_auto_from, files)),
        propose_from=max(map(_propose_from, files)),
        hear_from=max(map(_hear_from, files)),
    )


def _doubt_below(rows: Sequence[Unseen]) -> float:
    happy = [
        mention.reading.balance
        for mention in rows
        if mention.label == "positive" and mention.sample.row.outcome == KIND
    ]
    return _highest(lambda bound: sum(balance < bound for balance in happy) <= MAX_LOST * len(happy))


def _auto_from(rows: Sequence[Unseen]) -> float:
    thanked = [mention for mention in rows if mention.sample.row.is_auto and mention.sample.row.outcome == KIND]
    happy = [mention.reading.balance for mention in thanked if mention.label == "positive"]
    return _highest(lambda bound: sum(balance < bound for balance in happy) <= MAX_HELD * len(happy))


def _propose_from(rows: Sequence[Unseen]) -> float:
    allowed = MAX_FALSE * sum(mention.label == "negative" for mention in rows)
    false = [mention.reading.balance for mention in rows if mention.label == "negative" and mention.is_proposable]
    return _lowest(lambda bound: sum(balance >= bound for balance in false) <= allowed)


def _hear_from(rows: Sequence[Unseen]) -> float:
    calm = [
        mention.reading.complaint
        for mention in rows
        if mention.label != "negative" and mention.sample.row.decision.rule == "no_action_needed"
    ]
    return _lowest(lambda bound: sum(chance >= bound for chance in calm) <= MAX_HEARD * len(rows))


def _highest(is_within: Callable[[float], bool]) -> float:
    return max(filter(is_within, STEPS), default=0.0)


def _lowest(is_within: Callable[[float], bool]) -> float:
    return min(filter(is_within, STEPS), default=1.0)
