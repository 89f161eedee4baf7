"""What the fork server of the runs does once, so that its children need not: build the ears of the runs' policies."""

from collections.abc import Callable

from listener import settings
from listener.model import History, Preview
from listener.policy import Policy
from listener.triage import route
from listener.triage.facts import Ears
from tests.factories import NOW, mention
from tests.faults.policy import texts


def prepare() -> None:
    """Build the ears of the runs' policies, and let what loads at first use load."""
    vars(route)["Ears"] = _remembered(Ears)
    for auto in (False, True):
        policy = settings.read_policy(texts(auto=auto))
        triage = route.Triage(
            policy, settings.load_responders(policy), lambda text, _: Preview(text, len(text), 280), "warm"
        )
        triage.decide(mention("Thank you so much for the lovely notebook!", lang=None), History(), NOW)


def _remembered(build: Callable[[Policy], Ears]) -> Callable[[Policy], Ears]:
    """The ears of a policy are the same whenever they are built, and cost more than all the rest of a command."""
    known: dict[str, Ears] = {}

    def ears(policy: Policy) -> Ears:
        if policy.hash not in known:
            known[policy.hash] = build(policy)
        return known[policy.hash]

    return ears
