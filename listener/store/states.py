"""The states of a reply, which may follow which, and the groups of states that the rooms ask about.

Claim, snooze, assignee and due time are columns of a reply, not states. Standard library only: every room reads this.
"""

from collections.abc import Mapping

TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    # No text of ours: a person writes one, or closes it. To itself: the mention edited, and decided again.
    "escalated": ("drafted", "escalated", "closed"),
    # A text that waits for approval. To itself: edited, the first of two approvals revoked, the mention edited.
    # To escalated: staff hand it on, or the mention was edited and a person must answer the new words.
    "drafted": ("drafted", "approved", "by_hand", "escalated", "closed"),
    # Goes out in the next round. Back to drafted: undone, edited, the mention edited, a hold without an end.
    "approved": ("sending", "drafted", "by_hand", "escalated", "closed"),
    # A call is under way in the process that holds the lock. To approved: surely not sent, not before a time.
    # To drafted: the platform has these words already.
    "sending": ("sent", "approved", "drafted", "failed", "by_hand", "closed", "unconfirmed"),
    # Nobody knows whether it arrived: it is looked for, then a person settles it.
    "unconfirmed": ("sent", "approved"),
    # Approved, but the platform takes no reply: a person posts it there. To escalated: decided again, for a person.
    "by_hand": ("sent", "drafted", "escalated", "closed"),
    # It is out; nothing follows.
    "sent": (),
    # The platform refused it: a person tries again, or closes it. To escalated: decided again, for a person.
    "failed": ("drafted", "escalated", "closed"),
    # Ended, closed_as rejected, expired, withdrawn or handled. Reopened by a person: without a text escalated.
    "closed": ("drafted", "escalated"),
}

WAITING = ("drafted", "escalated", "by_hand", "unconfirmed")  # what the queue of staff lists
QUEUED = (*WAITING, "failed")  # waits for a person, listed or not
OPEN = (*QUEUED, "approved")  # may be claimed and assigned
EDITABLE = ("drafted", "escalated", "approved", "failed")
CLOSABLE = ("drafted", "approved", "escalated", "by_hand", "failed")
DECIDED_AGAIN = CLOSABLE  # follows its mention's words: neither out, nor on its way, nor over
STANDING = ("drafted", "approved")  # can still go out through the platform's API
WATCHED = (*STANDING, "by_hand")  # has a text that is not out yet: a person's own answer would double it
WITHDRAWABLE = (*WATCHED, "escalated")  # closed when a person answers on the platform itself
PERSONAL = ("escalated", "by_hand", "unconfirmed")  # only a person can bring it further
UNDER_WAY = ("sending", "unconfirmed")  # its outcome is not known: the text is needed to find it out
ON_THE_WAY = ("approved", *UNDER_WAY)
GOING = (*ON_THE_WAY, "sent")  # its approval stands
NOT_GOING = ("drafted", "escalated", "by_hand", "failed", "closed")  # every state but those of GOING
OVER = ("sent", "closed")


def require_transition(before: str, after: str) -> None:
    """Raise ValueError when no reply may move from the one state to the other: a fault of the program."""
    if after not in TRANSITIONS.get(before, ()):
        raise ValueError(f"a reply must not move from {before} to {after}; see TRANSITIONS in store/states.py")
