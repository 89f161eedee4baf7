"""Corrections: answer a claim of the fact sheet that is stated as true with what is true, and its source.

The reply never repeats the error and blames nobody. A claim that is asked about is left to `answer`; a claim that is
hedged, said of somebody else, or made beside a problem of the author's own goes to a person.
"""

from dataclasses import dataclass

from listener.model import Claim, Draft, Escalate, MentionSignals, Pass
from listener.policy import Fact, Policy
from listener.wording import candidates

KIND = "correction"
USES_FACTS = True

_OWN = frozenset(("my", "mine", "our", "me", "us"))
_TROUBLE = ("problem", "duration", "threat_to_leave")
# each of these keeps a correction from being sent without a person
_DISTRACTIONS = frozenset(_TROUBLE) | {
    "profanity", "swearing", "sarcasm", "question", "request", "quote", "complaint", "other_handles",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """Bounds of the auto band. auto_min_score: lowest compound score; auto_max_words: longest mention, in words."""

    auto_min_score: float = -0.3
    auto_max_words: int = 40


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Correct the claim if exactly one is plainly stated; call a person in doubt."""
    claims = signals.claims
    if not claims:
        return Pass("no claim of the fact sheet")
    stated = _select(claims, "stated")
    if hedged := _select(claims, "hedged"):
        return Escalate(KIND, "false claim, but hedged or about others: staff decide", _words(hedged))
    if not stated:
        return _pass(claims)
    facts = {claim.fact for claim in stated}
    if facts & {claim.fact for claim in claims if claim.stance == "denied"}:
        return Escalate(KIND, "false claim stated and denied: staff decide", _words(stated))
    corrected = [fact for fact in policy.facts if fact.id in facts]
    if len(corrected) != 1:
        return Escalate(KIND, "several false claims at once: staff decide", _words(stated))
    if trouble := _own_trouble(signals):
        return Escalate(KIND, "false claim beside a problem of the author's own: staff decide", trouble)
    return _correct(corrected[0], _words(stated), signals, policy, options)


def _select(claims: tuple[Claim, ...], stance: str) -> tuple[Claim, ...]:
    """Return the claims of this stance; a fact that is asked about as well is not stated."""
    asked = {claim.fact for claim in claims if claim.stance == "asked"} if stance == "stated" else set()
    return tuple(claim for claim in claims if claim.stance == stance and claim.fact not in asked)


def _words(claims: tuple[Claim, ...]) -> tuple[str, ...]:
    return tuple(claim.words for claim in claims)


def _pass(claims: tuple[Claim, ...]) -> Pass:
    is_denied = all(claim.stance == "denied" for claim in claims)
    return Pass(f"claim of the fact sheet is {'denied' if is_denied else 'only asked about'}", _words(claims))


def _own_trouble(signals: MentionSignals) -> tuple[str, ...]:
    """Return words of a problem of the author's own, beyond the claim's: general facts will not help there."""
    if not _OWN.intersection(signals.text.lower().split()):
        return ()
    return next((signals.cues[name] for name in _TROUBLE if name in signals.cues), ())


def _correct(
    fact: Fact, words: tuple[str, ...], signals: MentionSignals, policy: Policy, options: Options
) -> Draft | Escalate:
    if signals.now.date() >= fact.expires:
        return Escalate(KIND, f"fact {fact.id} expired on {fact.expires}; {fact.owner} must check it", words, 1)
    texts = candidates(KIND, signals, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for a correction", words)
    return Draft(texts, KIND, f"states a false claim; fact {fact.id} corrects it", words, _is_auto(signals, options))


def _is_auto(signals: MentionSignals, options: Options) -> bool:
    is_brief = len(signals.text.split()) <= options.auto_max_words
    return is_brief and signals.compound >= options.auto_min_score and not _DISTRACTIONS & signals.cues.keys()
