"""Corrections: a claim of the fact sheet stated as true is answered with what is true and its source.

The reply never repeats the error and blames nobody. A claim that is asked about is left to `answer`; one that is denied
needs nothing; one that is hedged, or said of somebody else, goes to a person.
"""

from dataclasses import dataclass

from listener.model import Claim, Draft, Escalate, Facts, Pass
from listener.policy import Fact, Policy
from responders.wording import candidates

KIND = "correction"


@dataclass(frozen=True, slots=True)
class Options:
    """auto_negative: inside the auto band the text scores at least this; max_words: nor is it longer than this."""

    auto_negative: float = -0.3
    max_words: int = 40


def respond(facts: Facts, policy: Policy) -> Draft | Escalate | Pass:
    """Correct the one claim that is stated as true; call a person where it is not that plain."""
    if not facts.claims:
        return Pass("states no claim of the fact sheet")
    stated = tuple(claim for claim in facts.claims if claim.manner == "stated")
    if not stated:
        return _not_stated(facts.claims)
    words = tuple(claim.words for claim in stated)
    about = {claim.fact: fact for claim in stated for fact in policy.facts if fact.id == claim.fact}
    if len(about) != 1:
        return Escalate(KIND, "states several claims of the fact sheet at once: a person", words)
    ((_, fact),) = about.items()
    return _correct(fact, words, facts, policy)


def _not_stated(claims: tuple[Claim, ...]) -> Escalate | Pass:
    words = tuple(claim.words for claim in claims)
    if any(claim.manner == "hedged" for claim in claims):
        return Escalate(KIND, "a claim of the fact sheet, but hedged or said of others: a person", words)
    if all(claim.manner == "denied" for claim in claims):
        return Pass("a claim of the fact sheet, but denied", words)
    return Pass("a claim of the fact sheet, but asked about", words)


def _correct(fact: Fact, words: tuple[str, ...], facts: Facts, policy: Policy) -> Draft | Escalate:
    if facts.now.date() >= fact.expires:
        return Escalate(KIND, f"the fact {fact.id!r} expired on {fact.expires}: {fact.owner} checks it", words, 1)
    texts = candidates(KIND, facts, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for a correction", words)
    auto = _auto(facts, policy)
    return Draft(texts, KIND, f"states what the fact {fact.id!r} corrects", words, auto)


def _auto(facts: Facts, policy: Policy) -> bool:
    responding = policy.responding(KIND)
    options = responding.options if responding and isinstance(responding.options, Options) else Options()
    noisy = {"profanity", "swearing", "sarcasm", "question", "quote", "complaint", "threat_to_leave", "other_handles"}
    short = len(facts.text.split()) <= options.max_words
    return short and facts.compound >= options.auto_negative and not noisy & facts.cues.keys()
