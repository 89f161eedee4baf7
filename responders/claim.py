"""Claims: who writes the claim phrase of an offer that runs gets its text as a draft, never sent without a person.

The coupon is reserved when the draft is kept; where it cannot be, a person is called with the reason.
"""

from dataclasses import dataclass
from datetime import date

from listener.club.offers import find_claimed
from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Fact, Policy
from listener.wording import candidates

KIND = "claim"
USES_FACTS = True  # the text of an offer is its statement
NEVER_AUTO = True


@dataclass(frozen=True, slots=True)
class Options:
    """max_words: a longer mention says more than the claim phrase, and goes to a person."""

    max_words: int = 40


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Draft the text of the offer that is asked for."""
    if not policy.club.offers:
        return Pass("there are no offers")
    claimed = find_claimed(signals.text, policy.club, signals.now.date())
    if claimed is None:
        return Pass("no claim phrase of an offer that runs")
    offer, words = claimed[0], (claimed[1],)
    if len(signals.text.split()) > options.max_words:
        return Escalate(KIND, f"asks for offer {offer.name} in a longer text: staff decide", words)
    fact = Fact(f"offer:{offer.name}", offer.text, "", offer.owner, date.min, offer.until)
    texts = candidates(KIND, signals, policy, fact)
    if not texts:
        return Escalate(KIND, "no wording for an offer", words)
    return Draft(texts, KIND, f"asks for offer {offer.name}", words)
