"""Corrections: a claim of the fact sheet stated as true is answered with what is true and its source.

The reply never repeats the error and blames nobody. A claim that is asked about is left to `answer`; one that is denied
needs nothing; one that is hedged, said of somebody else, or told beside trouble of one's own goes to a person.
"""

from dataclasses import dataclass

from listener.model import Claim, Draft, Escalate, MentionSignals, Pass
from listener.policy import Fact, Policy
from listener.wording import candidates

KIND = "correction"

_OWN = frozenset(("my", "mine", "our", "me", "us"))
_TROUBLE = ("problem", "duration", "threat_to_leave")
# each of these keeps a correction from going out without a person
_NOISY = frozenset(_TROUBLE) | {
    "profanity", "swearing", "sarcasm", "question", "request", "quote", "complaint", "other_handles",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """auto_negative: inside the auto band the text scores at least this; max_words: nor is it longer than this."""

    auto_min_score: float = -0.3
    auto_max_words: int = 40


def respond(facts: MentionSignals, policy: Policy) -> Draft | Escalate | Pass:
    """Correct the one claim that is stated as true; call a person where it is not that plain."""
    if not facts.claims:
        return Pass("states no claim of the fact sheet")
    stated = _of(facts.claims, "stated")
    if hedged := _of(facts.claims, "hedged"):
        return Escalate(KIND, "a claim of the fact sheet, but hedged or said of others: a person", _words(hedged))
    if not stated:
        return _not_stated(facts.claims)
    if {claim.fact for claim in stated} & {claim.fact for claim in facts.claims if claim.stance == "denied"}:
        return Escalate(KIND, "states a claim of the fact sheet and denies it too: a person", _words(stated))
    about = [fact for fact in policy.facts if fact.id in {claim.fact for claim in stated}]
    if len(about) != 1:
        return Escalate(KIND, "states several claims of the fact sheet at once: a person", _words(stated))
    if trouble := _own_trouble(facts):
        return Escalate(KIND, "a claim of the fact sheet beside trouble of their own: a person", trouble)
    return _correct(about[0], _words(stated), facts, policy)


def _of(claims: tuple[Claim, ...], manner: str) -> tuple[Claim, ...]:
    """The claims made in this manner; a fact that is asked about as well is not stated."""
    asked = {claim.fact for claim in claims if claim.stance == "asked"} if manner == "stated" else set()
    return tuple(claim for claim in claims if claim.stance == manner and claim.fact not in asked)


def _words(claims: tuple[Claim, ...]) -> tuple[str, ...]:
    return tuple(claim.words for claim in claims)


def _not_stated(claims: tuple[Claim, ...]) -> Pass:
    denied = all(claim.stance == "denied" for claim in claims)
    return Pass(f"a claim of the fact sheet, but {'denied' if denied else 'asked about'}", _words(claims))


def _own_trouble(facts: MentionSignals) -> tuple[str, ...]:
    """Something went wrong for the author, beyond the claim's own words: what is true in general will not help."""
    if not _OWN.intersection(facts.text.lower().split()):
        return ()
    return next((facts.cues[name] for name in _TROUBLE if name in facts.cues), ())


def _correct(fact: Fact, words: tuple[str, ...], facts: MentionSignals, policy: Policy) -> Draft | Escalate:
    if facts.now.date() >= fact.expires:
        return Escalate(KIND, f"the fact {fact.id!r} expired on {fact.expires}: {fact.owner} checks it", words, 1)
    texts = candidates(KIND, facts, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for a correction", words)
    auto = _auto(facts, policy)
    return Draft(texts, KIND, f"states what the fact {fact.id!r} corrects", words, auto)


def _auto(facts: MentionSignals, policy: Policy) -> bool:
    responding = policy.responder_config(KIND)
    options = responding.options if responding and isinstance(responding.options, Options) else Options()
    short = len(facts.text.split()) <= options.auto_max_words
    return short and facts.compound >= options.auto_min_score and not _NOISY & facts.cues.keys()
