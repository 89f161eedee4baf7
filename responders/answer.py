"""Answers: a question that one topic of the fact sheet answers, by a margin over the next topic.

A question that comes out of trouble, two questions at once, or topics near each other go to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Fact, Policy
from listener.triage.stance import small
from listener.wording import candidates

KIND = "answer"

_SOUR = ("duration", "swearing", "sarcasm", "threat_to_leave")  # a cheerful answer to one of these is an insult


@dataclass(frozen=True, slots=True)
class Options:
    """min_words: words of a topic's question that must hit; margin: how many more than the next topic's.

    auto_words: as many must hit for the auto band; max_words: nor is the text longer there.
    """

    min_words: int = 2
    margin: int = 1
    auto_min_matches: int = 3
    auto_max_words: int = 30


def respond(facts: MentionSignals, policy: Policy) -> Draft | Escalate | Pass:
    """Answer from the fact sheet when a question is asked and one topic fits best."""
    asked = _asked(facts)
    if not asked:
        return Pass("asks no question")
    met = _met(facts)
    if not met:
        return Pass("a question, but none that the fact sheet answers", asked)
    options = _options(policy)
    best = min(met, key=lambda fact: (-len(met[fact]), fact))
    words = met[best]
    if len(words) < options.min_words:
        return Pass(f"a question that touches {best!r} too lightly to answer", words)
    if rival := _rival(best, met, options):
        return Escalate(KIND, f"a question that both {best!r} and {rival!r} would answer: a person", words)
    if sour := _complaint_words(facts, words):
        return Escalate(KIND, f"a question that {best!r} answers, but it sounds like trouble: a person", sour)
    return _answer(best, words, facts, policy, options)


def _asked(facts: MentionSignals) -> tuple[str, ...]:
    """The words of a question; without a question mark the fact sheet's words must be there too."""
    if words := facts.cues.get("question"):
        return words
    claims = tuple(claim.words for claim in facts.claims if claim.stance == "asked")
    return claims or (facts.cues.get("claim_asked", ()) if facts.topics else ())


def _options(policy: Policy) -> Options:
    responding = policy.responder_config(KIND)
    return responding.options if responding and isinstance(responding.options, Options) else Options()


def _met(facts: MentionSignals) -> dict[str, tuple[str, ...]]:
    """Fact -> the words of one of its questions, or of its claim that is asked about, whichever are more."""
    met = dict(facts.topics)
    for claim in facts.claims:
        words = tuple(word for word in claim.words.split() if not small(word))
        if claim.stance == "asked" and len(words) > len(met.get(claim.fact, ())):
            met[claim.fact] = words
    return met


def _rival(best: str, met: Mapping[str, tuple[str, ...]], options: Options) -> str | None:
    """Another topic too near to choose: within the margin, or met by words of its own (a second question)."""
    words = set(met[best])
    return next(
        (
            fact
            for fact, its in sorted(met.items())
            if fact != best and (len(words) - len(its) < options.margin or len(set(its) - words) >= options.min_words)
        ),
        None,
    )


def _complaint_words(facts: MentionSignals, words: tuple[str, ...]) -> tuple[str, ...]:
    """Words of trouble beyond the question's own ("how long do I have to return it" is no complaint of a wait)."""
    own = set(words) | {"how", "long"}
    found = {name: [one for one in facts.cues.get(name, ()) if not own >= set(one.split())] for name in _SOUR}
    return next((tuple(left) for left in found.values() if left), ())


def _answer(
    best: str, words: tuple[str, ...], facts: MentionSignals, policy: Policy, options: Options
) -> Draft | Escalate | Pass:
    fact: Fact | None = next((one for one in policy.facts if one.id == best), None)
    if fact is None:
        return Pass(f"the fact {best!r} is no longer in the fact sheet", words)
    if facts.now.date() >= fact.expires:
        return Escalate(KIND, f"the fact {fact.id!r} expired on {fact.expires}: {fact.owner} checks it", words, 1)
    texts = candidates(KIND, facts, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for an answer", words)
    auto = _auto(words, facts, options)
    return Draft(texts, KIND, f"a question that the fact {fact.id!r} answers", words, auto)


def _auto(words: tuple[str, ...], facts: MentionSignals, options: Options) -> bool:
    noisy = {"profanity", "swearing", "sarcasm", "complaint", "problem", "threat_to_leave", "quote", "other_handles"}
    brief = len(words) >= options.auto_min_matches and len(facts.text.split()) <= options.auto_max_words
    return brief and facts.compound >= -0.2 and not noisy & facts.cues.keys()
