"""Answers: answer a question with the one fact of the fact sheet that fits best, by a margin over the next.

A question that comes from trouble, two questions at once, or facts that fit about equally well go to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.triage.stance import is_small_word
from listener.wording import candidates

KIND = "answer"
USES_FACTS = True

_SOUR = ("duration", "swearing", "sarcasm", "threat_to_leave")  # a cheerful answer to one of these is an insult
# each of these keeps an answer from being sent without a person
_DISTRACTIONS = frozenset(
    ("profanity", "swearing", "sarcasm", "complaint", "problem", "threat_to_leave", "quote", "other_handles")
)


@dataclass(frozen=True, slots=True)
class Options:
    """min_words: words of a fact's question that must match; margin: how many more than the next fact's.

    The auto band needs auto_min_matches such words, in a mention of at most auto_max_words.
    """

    min_words: int = 2
    margin: int = 1
    auto_min_matches: int = 3
    auto_max_words: int = 30


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Answer a question from the fact sheet if one fact fits best."""
    question = _question_words(signals)
    if not question:
        return Pass("no question")
    matches = _match_facts(signals)
    if not matches:
        return Pass("question not covered by the fact sheet", question)
    best = min(matches, key=lambda fact: (-len(matches[fact]), fact))
    words = matches[best]
    if len(words) < options.min_words:
        return Pass(f"weak match with fact {best}", words)
    if rival := _find_rival(best, matches, options):
        return Escalate(KIND, f"facts {best} and {rival} both fit the question: staff decide", words)
    if sour := _trouble_words(signals, words):
        return Escalate(KIND, f"question about fact {best}, but it sounds like trouble: staff decide", sour)
    return _answer(best, words, signals, policy, options)


def _question_words(signals: MentionSignals) -> tuple[str, ...]:
    """Return the words of a question; without a question mark the fact sheet's words must be there too."""
    if words := signals.cues.get("question"):
        return words
    claims = tuple(claim.words for claim in signals.claims if claim.stance == "asked")
    return claims or (signals.cues.get("claim_asked", ()) if signals.topics else ())


def _match_facts(signals: MentionSignals) -> dict[str, tuple[str, ...]]:
    """Return fact -> the words of one of its questions, or of its claim that is asked about, whichever are more."""
    matches = dict(signals.topics)
    for claim in signals.claims:
        words = tuple(word for word in claim.words.split() if not is_small_word(word))
        if claim.stance == "asked" and len(words) > len(matches.get(claim.fact, ())):
            matches[claim.fact] = words
    return matches


def _find_rival(best: str, matches: Mapping[str, tuple[str, ...]], options: Options) -> str | None:
    """Return another fact too near to choose: within the margin, or matched by words of its own (a second question)."""
    words = set(matches[best])
    for fact, others in sorted(matches.items()):
        is_near = len(words) - len(others) < options.margin or len(set(others) - words) >= options.min_words
        if fact != best and is_near:
            return fact
    return None


def _trouble_words(signals: MentionSignals, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words of trouble beyond the question's own ("how long do I have to return it" complains of no wait)."""
    question = set(words) | {"how", "long"}
    for cue in _SOUR:
        if sour := tuple(phrase for phrase in signals.cues.get(cue, ()) if not question >= set(phrase.split())):
            return sour
    return ()


def _answer(
    fact_id: str, words: tuple[str, ...], signals: MentionSignals, policy: Policy, options: Options
) -> Draft | Escalate | Pass:
    fact = next((fact for fact in policy.facts if fact.id == fact_id), None)
    if fact is None:
        return Pass(f"fact {fact_id} is no longer in the fact sheet", words)
    if signals.now.date() >= fact.expires:
        return Escalate(KIND, f"fact {fact.id} expired on {fact.expires}; {fact.owner} must check it", words, 1)
    texts = candidates(KIND, signals, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for an answer", words)
    return Draft(texts, KIND, f"question that fact {fact.id} answers", words, _is_auto(words, signals, options))


def _is_auto(words: tuple[str, ...], signals: MentionSignals, options: Options) -> bool:
    is_brief = len(words) >= options.auto_min_matches and len(signals.text.split()) <= options.auto_max_words
    return is_brief and signals.compound >= -0.2 and not _DISTRACTIONS & signals.cues.keys()
