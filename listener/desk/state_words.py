"""Say in words where a reply stands, and what a person can do with it."""

from listener.store.records import Exchange, Reply
from listener.store.settled import SETTLED

PHRASES = {
    "drafted": "is a draft",
    "escalated": "is escalated and has no text yet",
    "approved": "is approved",
    "sending": "is being sent",
    "sent": "was sent",
    "unconfirmed": "is unconfirmed: it may have been sent",
    "by_hand": "is to be posted by hand",
    "failed": "failed to be sent",
    "closed": "was closed",
}  # what follows "reply 17"
APPROVED = ("approved", "sending", "sent", "by_hand")  # states in which it counts who approved it


def describe(reply: Reply) -> str:
    """Return where a reply stands, as it follows `reply 17`: `was sent (approved by dana)`, `was closed (rejected)`."""
    approval = f"approved by {reply.approved_by}" if reply.approved_by and reply.state in APPROVED else ""
    if reply.state == "approved" and approval:
        return f"is {approval}"
    more = reply.closed_as or approval
    return f"{PHRASES[reply.state]} ({more})" if more else PHRASES[reply.state]


def advise(item: Exchange, reply: Reply) -> str:
    """Return what a person can do with a reply in this state."""
    number, name = reply.id, f"{item.mention.platform}:{item.mention.id}"
    reopen = f"reopen it: `earshot undo {number}`"
    answer = f"to answer all the same: `earshot escalate {name}`"
    advice = {
        "drafted": f"look at it with `earshot show {number}`",
        "escalated": f"write a text first: `earshot edit {number}`",
        "approved": f"`earshot undo {number}` takes the approval back",
        "sending": "wait until the call has ended",
        "sent": "it cannot be changed any more",
        "failed": f"put it back in the queue: `earshot retry {number}`",
        "by_hand": f"post it on the platform, then run `earshot done {number}`",
        "unconfirmed": "check the platform, then run "
        f"`earshot resolve {number} --sent REMOTE_ID` or `earshot resolve {number} --not-sent`",
        "closed": reopen if is_reopenable(reply.closed_as, reply.reason) else answer,
    }
    return advice[reply.state]


def is_reopenable(closed_as: str | None, reason: str | None) -> bool:
    """Return True for a closed reply that staff closed, or that was withdrawn because its trouble seemed to be over."""
    return closed_as in ("rejected", "handled") or (reason or "").startswith(SETTLED)


def look_again(reply_id: int) -> str:
    """Return what to do when a reply has changed meanwhile."""
    return f"look at it again with `earshot show {reply_id}`, then repeat the command"
