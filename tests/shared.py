"""What is built once a process, because it is the same for all tests and takes longer than most: signal extractors."""

from listener.analysis import evaluate, replay
from listener.policy import Policy
from listener.triage import route
from listener.triage.signals import SignalExtractor

CACHE_SIZE = 20  # policies
_cache: list[tuple[Policy, SignalExtractor]] = []  # latest first


def extractor_of(policy: Policy) -> SignalExtractor:
    """Return a policy's extractor: it depends on brand, facts, words and cues alone, and remembers no mention."""
    for cached, extractor in _cache:
        if _key(cached) == _key(policy):
            return extractor
    extractor = SignalExtractor(policy)
    _cache.insert(0, (policy, extractor))
    del _cache[CACHE_SIZE:]
    return extractor


def _key(policy: Policy) -> tuple[object, ...]:
    return policy.brand, policy.facts, policy.lexicon, policy.cues


def share_extractors() -> None:
    """Let the program's modules in this process take their extractors from here."""
    for module in (route, replay, evaluate):
        setattr(module, SignalExtractor.__name__, extractor_of)
