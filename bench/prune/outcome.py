"""What becomes of a text under a policy without some phrases: all that a removed phrase may not change."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from bench.prune.lists import WrittenPhrase
from bench.prune.texts import Sample
from listener.intake.phrases import Matcher, tokenize
from listener.model import Decision, MentionSignals
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor
from tests.factories import NOW, policy, responders

Outcome = tuple[Hashable, ...]
Phrases = Mapping[WrittenPhrase, Sequence[str]]


class Judge:
    """Decides samples by the starter's policy, without these phrases."""

    def __init__(self, removed: Iterable[WrittenPhrase] = (), shipped: Iterable[WrittenPhrase] = ()) -> None:
        """shipped: all phrases; what another of them stands for as well is not lost."""
        removed = tuple(removed)
        cues = _without(policy().cues, removed, shipped) if removed else policy().cues
        self._policy = policy(cues=cues)
        self._extractor = SignalExtractor(self._policy)

    def extract(self, sample: Sample) -> MentionSignals:
        """Read a sample."""
        return self._extractor.extract(sample.mention, sample.history, NOW)

    def judge(self, sample: Sample) -> Outcome:
        """Return what becomes of a sample, and which cues it shows: a cue that is lost decides the next text."""
        signals = self.extract(sample)
        return (*_describe(decide(signals, self._policy, responders())), signals.suspected, frozenset(signals.cues))

    def find_phrases(self, phrases: Phrases, samples: Iterable[Sample]) -> dict[WrittenPhrase, set[int]]:
        """Return in which samples each phrase stands. phrases: what to look for."""
        met: dict[WrittenPhrase, set[int]] = {phrase: set() for phrase in phrases}
        known = {str(phrase): phrase for phrase in met}
        matcher = Matcher({name: phrases[phrase] for name, phrase in known.items()}, self._policy.cues["classes"])
        for place, sample in enumerate(samples):
            for text in {sample.mention.text, self.extract(sample).text, *sample.mention.attachments}:
                for match in matcher.find(tokenize(text)):
                    met[known[match.cue]].add(place)
        return met


def _describe(decision: Decision) -> Outcome:
    """Return what becomes of a mention: who does what, how soon, and what the first draft says."""
    acts = (decision.action, decision.kind, decision.rule, decision.urgency, decision.assign_to, decision.opt_out)
    draft = decision.draft
    return acts if draft is None else (*acts, draft.auto, draft.needs, draft.urgency, draft.texts[:1])


def _without(
    cues: Mapping[str, tuple[str, ...]], removed: Collection[WrittenPhrase], shipped: Iterable[WrittenPhrase]
) -> Mapping[str, tuple[str, ...]]:
    """Return the cues without what these phrases alone stand for."""
    kept = Counter((phrase.cue, entry) for phrase in shipped for entry in phrase.entries)
    kept.subtract((phrase.cue, entry) for phrase in removed for entry in phrase.entries)
    lost: dict[str, set[str]] = {}
    for cue, entry in (pair for pair, count in kept.items() if count <= 0):
        lost.setdefault(cue, set()).add(entry)
    left = {cue: tuple(text for text in cues[cue] if text not in gone) for cue, gone in lost.items()}
    return {**cues, **left}
