"""Support: a problem, a complaint or a request gets empathy, a next step and a way to reach us in private.

An apology goes only to who is not praising us: clear praise that merely names a problem goes to a person.
"""

from dataclasses import dataclass

from listener.model import Draft, Escalate, Facts, Pass
from listener.policy import Policy
from responders.wording import candidates

KIND = "support"

TROUBLE = ("complaint", "problem", "threat_to_leave")
TURNED = ("negation", "duration", "swearing", "sarcasm", "overcome")  # a question with one of these is about trouble


@dataclass(frozen=True, slots=True)
class Options:
    """happy: praise at or above this score gets no apology; negative: at or under it a text complains without a cue.

    followers: from here on an author's trouble is urgent; repeat: so many earlier exchanges make it so too.
    """

    happy: float = 0.3
    negative: float = -0.3
    followers: int = 10_000
    repeat: int = 2


def respond(facts: Facts, policy: Policy) -> Draft | Escalate | Pass:
    """Offer help for trouble or a request; pass on what holds neither."""
    options = _options(policy)
    cues = facts.cues
    trouble = tuple(word for name in TROUBLE for word in cues.get(name, ()))
    wanted = cues.get("request", ()) + cues.get("wish", ())
    angry = (facts.compound <= options.negative and "warm" not in cues) or _troubled_question(facts)
    if not trouble and not wanted and not angry:
        return Pass("names no problem, no complaint and no request")
    if _praises(facts, options):
        return Pass(
            "kind words on the whole: an apology would be out of tone", cues.get("praise", ()) + cues.get("thanks", ())
        )
    if not trouble and not angry and "question" in cues and not wanted:
        return Pass("a question, no problem", cues["question"])
    texts = candidates(KIND, facts, policy)
    if not texts:
        return Escalate(KIND, "no wording for support", trouble)
    says = f"a problem or complaint ({facts.compound:+.2f})" if trouble or angry else "a request"
    return Draft(texts, KIND, says, trouble or wanted or cues.get("question", ()), False, _urgency(facts, options))


def _options(policy: Policy) -> Options:
    responding = policy.responding(KIND)
    return responding.options if responding and isinstance(responding.options, Options) else Options()


def _troubled_question(facts: Facts) -> bool:
    """A question that turns on something amiss, and that the fact sheet does not answer."""
    if "question" not in facts.cues or facts.topics or facts.claims:
        return False
    return any(name in facts.cues for name in TURNED)


def _praises(facts: Facts, options: Options) -> bool:
    """Kind on the whole: by the score, or by thanks that no sentence and no complaint takes back."""
    cues = facts.cues
    if "complaint" in cues and "thanks" not in cues:
        return False
    kind = "praise" in cues or "thanks" in cues or not any(name in cues for name in TROUBLE)
    if facts.compound >= options.happy:
        return kind
    return "thanks" in cues and "complaint" not in cues and facts.compound > 0 and "question" not in cues


def _urgency(facts: Facts, options: Options) -> int:
    """Anger, reach and repeated contact bring it forward."""
    many = (facts.mention.author_followers or 0) >= options.followers
    again = facts.history.exchanges >= options.repeat
    return int(many or again or facts.compound <= -0.75 or "threat_to_leave" in facts.cues)
