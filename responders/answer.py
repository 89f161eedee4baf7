"""Answers: a question that one topic of the fact sheet answers, by a margin over the next topic."""

from dataclasses import dataclass

from listener.model import Draft, Escalate, Facts, Pass
from listener.policy import Fact, Policy
from responders.wording import candidates

KIND = "answer"


@dataclass(frozen=True, slots=True)
class Options:
    """min_words: words of a topic's question that must hit; margin: how many more than the next topic's.

    auto_words: as many must hit for the auto band; max_words: nor is the text longer there.
    """

    min_words: int = 2
    margin: int = 1
    auto_words: int = 3
    max_words: int = 30


def respond(facts: Facts, policy: Policy) -> Draft | Escalate | Pass:
    """Answer from the fact sheet when a question is asked and one topic fits best."""
    asked = _asked(facts)
    if not asked:
        return Pass("asks no question")
    scores = _scores(facts)
    if not scores:
        return Pass("a question, but none that the fact sheet answers", asked)
    options = _options(policy)
    ranked = sorted(scores, key=lambda fact: (-scores[fact], fact))
    best, second = ranked[0], scores[ranked[1]] if len(ranked) > 1 else 0
    words = facts.topics.get(best, asked)
    if scores[best] < options.min_words:
        return Pass(f"a question that touches {best!r} too lightly to answer", words)
    if scores[best] - second < options.margin:
        return Escalate(KIND, f"a question that both {best!r} and {ranked[1]!r} would answer: a person", words)
    return _answer(best, words, scores[best], facts, policy, options)


def _asked(facts: Facts) -> tuple[str, ...]:
    """The words of a question; without a question mark the fact sheet's words must be there too."""
    if words := facts.cues.get("question"):
        return words
    claims = tuple(claim.words for claim in facts.claims if claim.manner == "asked")
    return claims or (facts.cues.get("claim_asked", ()) if facts.topics else ())


def _options(policy: Policy) -> Options:
    responding = policy.responding(KIND)
    return responding.options if responding and isinstance(responding.options, Options) else Options()


def _scores(facts: Facts) -> dict[str, int]:
    """Fact -> how many words of one of its questions hit; a claim that is asked about counts by its words."""
    scores = {fact: len(words) for fact, words in facts.topics.items()}
    for claim in facts.claims:
        if claim.manner == "asked":
            scores[claim.fact] = max(scores.get(claim.fact, 0), len(claim.words.split()))
    return scores


def _answer(
    topic: str, words: tuple[str, ...], score: int, facts: Facts, policy: Policy, options: Options
) -> Draft | Escalate | Pass:
    fact: Fact | None = next((one for one in policy.facts if one.id == topic), None)
    if fact is None:
        return Pass(f"the fact {topic!r} is no longer in the fact sheet", words)
    if facts.now.date() >= fact.expires:
        return Escalate(KIND, f"the fact {fact.id!r} expired on {fact.expires}: {fact.owner} checks it", words, 1)
    texts = candidates(KIND, facts, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for an answer", words)
    noisy = {"profanity", "swearing", "sarcasm", "complaint", "problem", "threat_to_leave", "quote", "other_handles"}
    brief = score >= options.auto_words and len(facts.text.split()) <= options.max_words
    auto = brief and facts.compound >= -0.2 and not noisy & facts.cues.keys()
    return Draft(texts, KIND, f"a question that the fact {topic!r} answers", words, auto)
