"""What the fork server of the runs does once, so that its children need not: build the ears of the runs' policies."""

from listener import settings
from listener.model import History, Preview
from listener.triage import route
from tests.factories import NOW, mention
from tests.faults.policy import texts
from tests.shared import share_extractors


def prepare() -> None:
    """Build the ears of the runs' policies, and let what loads at first use load."""
    share_extractors()
    for auto in (False, True):
        policy = settings.read_policy(texts(auto=auto))
        triage = route.Triage(
            policy, settings.load_responders(policy), lambda text, _: Preview(text, len(text), 280), "warm"
        )
        triage.decide(mention("Thank you so much for the lovely notebook!", lang=None), History(), NOW)
