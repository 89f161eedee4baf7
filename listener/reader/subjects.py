"""Learn to name what a complaint is about, from files that give the reason of each complaint."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from listener.model import ABOUT
from listener.reader.regression import fit, number_features
from listener.reader.samples import Sample, vocabulary
from listener.reader.score import OTHER, Subjects

# the reasons of the airline file -> the subjects that the cues about_* name
REASONS = {
    "Customer Service Issue": "staff",
    "Flight Attendant Complaints": "staff",
    "Late Flight": "delivery",
    "Cancelled Flight": "delivery",
    "Lost Luggage": "delivery",
    "Bad Flight": "quality",
    "Damaged Luggage": "damage",
}
LEAST = 0.2  # a feature that adds less than this to every subject is dropped
DIGITS = 2  # of a weight
MIN_RIGHT = 0.75  # of the subjects named in complaints of an unseen brand that no cue names: those that are right
MIN_COMPLAINTS = 500  # with a reason; fewer teach no subjects
STEPS = tuple(step / 100 for step in range(30, 100))
NONE = Subjects((OTHER,), (0.0,), {}, 1.0)


def learn_subjects(samples: Sequence[Sample]) -> Subjects:
    """Return what samples teach of subjects, with the share from which a subject is sure; NONE where few have one."""
    with_reason = [sample for sample in samples if sample.row.row.reason]
    if len(with_reason) < MIN_COMPLAINTS:
        return NONE
    return replace(_learn(samples), sure_from=_choose_bound(samples))


def _learn(samples: Sequence[Sample]) -> Subjects:
    """Fit a head for each subject on complaints with a reason; words must be met as for the other weights."""
    allowed, complaints = vocabulary(samples), [sample for sample in samples if sample.row.row.reason]
    rows, numbers = number_features(filter(allowed.__contains__, subject_features(sample)) for sample in complaints)
    labels = [_subject(sample) for sample in complaints]
    names = tuple(sorted({*labels}))
    heads = [fit(rows, [label == name for label in labels], len(numbers)) for name in names]
    pairs = ((name, tuple(round(weights[at], DIGITS) for weights, _ in heads)) for name, at in sorted(numbers.items()))
    kept = {name: weights for name, weights in pairs if max(map(abs, weights)) >= LEAST}
    return Subjects(names, tuple(round(bias, DIGITS) for _, bias in heads), kept, 0.0)


def subject_features(sample: Sample) -> list[str]:
    """Return what a subject is read from: the words alone, since it is asked for where no cue names one."""
    return [word for word in sample.words if word[0] != "="]


def _subject(sample: Sample) -> str:
    return REASONS.get(sample.row.row.reason or "", OTHER)


def _choose_bound(samples: Sequence[Sample]) -> float:
    """Return the lowest share at which enough named subjects are right, each brand read by what the others teach."""
    named = list(read_unseen(samples))
    return next((bound for bound in STEPS if _is_right_enough(named, bound)), 1.0)


def read_unseen(samples: Sequence[Sample]) -> Iterable[tuple[float, bool]]:
    """Yield the share of each subject named where no cue names one, and whether it is right."""
    for brand in sorted({sample.brand for sample in samples if sample.row.row.reason}):
        others = [sample for sample in samples if sample.brand != brand]
        if any(sample.row.row.reason for sample in others):
            yield from _read_brand(_learn(others), [sample for sample in samples if sample.brand == brand])


def _read_brand(subjects: Subjects, samples: Sequence[Sample]) -> Iterable[tuple[float, bool]]:
    for sample in samples:
        if sample.row.row.reason and not any(cue.startswith(ABOUT) for cue in sample.row.signals.cues):
            name, share = subjects.find(subject_features(sample))
            if name != OTHER:
                yield share, name == _subject(sample)


def _is_right_enough(named: Sequence[tuple[float, bool]], bound: float) -> bool:
    above = [is_right for share, is_right in named if share >= bound]
    return sum(above) >= MIN_RIGHT * len(above)
