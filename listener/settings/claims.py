"""What may keep those who ask for an offer from getting it: an answer of another kind, or another offer's claim."""

from collections.abc import Iterator
from itertools import combinations, product

from listener.club_rules import Offer
from listener.letters import likeness, list_words
from listener.policy import Policy

MIXED_UP = 0.7  # likeness from which on two phrases are one with a typo


def claim_notes(policy: Policy) -> list[str]:
    """Note where who asks for an offer gets no answer, or that of another kind or offer."""
    asked = [offer for offer in policy.club.offers if offer.kind == "asked"]
    kinds = [responder.kind for responder in policy.responders]
    notes = [note for pair in combinations(asked, 2) for note in _compare(*pair)]
    if "claim" not in kinds:
        what = "is never answered: policy.toml has no [responders.claim]"
        return [*notes, *(f"club.toml offer {offer.name} {what}" for offer in asked)]
    if not asked or not (above := kinds[: kinds.index("claim")]):
        return notes
    what = f"policy.toml [responders.claim] stands below {', '.join(above)}: the first kind that fits answers"
    return [*notes, f"{what}, and most who ask for an offer make a request; move it to the top"]


def _compare(first: Offer, second: Offer) -> Iterator[str]:
    """Yield what is wrong with the claims of two offers that run on the same day; the first one is looked for first."""
    if first.from_ >= second.until or second.from_ >= first.until:
        return
    for ours, theirs in product(first.claim, second.claim):
        words, other = list_words(ours), list_words(theirs)
        if likeness(words, other) >= MIXED_UP:
            what = f"{ours!r} and {theirs!r} differ too little: nobody can tell who asks for which; choose other words"
            yield f"club.toml offers {first.name} and {second.name}: {what}"
        elif _has_within(other, words):
            what = f"gets offer {first.name}, whose phrase {ours!r} is in it"
            do = f"put {second.name} above {first.name}, or choose other words"
            yield f"club.toml offer {second.name}: who writes {theirs!r} {what}; {do}"


def _has_within(words: list[str], part: list[str]) -> bool:
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
