"""Name for people what may be done with a reply next: every command as it can be typed."""

from typing import TYPE_CHECKING

from listener.cli import output, render
from listener.codes import MASK
from listener.desk.approve import UNDO
from listener.desk.state_words import is_reopenable

if TYPE_CHECKING:
    from listener.desk.views import ReplyView


def status_line(view: "ReplyView", *, is_idle: bool = False) -> str:
    """Return one line on where a reply stands, and what may be done next. is_idle: nothing polls or sends now."""
    kind = f" ({view.kind})" if view.kind else ""
    return output.safe(
        f"{view.id} {view.state}{kind} to {view.mention.author.label}: {next_step(view, is_idle=is_idle)}"
    )


def report(view: "ReplyView", done: str, *, is_idle: bool = False) -> str:
    """Return one line on what was done to a reply, and what may be done next."""
    step = _describe_return(view) if view.state == "closed" else next_step(view, is_idle=is_idle)
    return output.safe(f"reply {view.id} to {view.mention.author.label}: {done}; next: {step}")


def next_step(view: "ReplyView", *, is_idle: bool = False) -> str:
    """Return which command comes next, by state."""
    number, name = view.id, f"{view.platform}:{view.mention.id}"
    approvals = f"{render.name_missing_approval(view)}: " if view.approvals else ""
    steps = {
        None: f"no reply; to put it in the queue: `earshot escalate {name}`",
        "drafted": f"{approvals}`earshot approve {number}@{view.revision}`, `earshot edit {number}`, "
        f"or `earshot reject {number} --reason TEXT`",
        "escalated": f"write a reply: `earshot edit {number}`, or end it: `earshot close {number} --reason TEXT`",
        "approved": _describe_sending(view, is_idle),
        "sending": "being sent now",
        "unconfirmed": "Earshot is checking the platform; if you know: "
        f"`earshot resolve {number} --sent REMOTE_ID` or `earshot resolve {number} --not-sent`",
        "by_hand": f"{_describe_code(view)}post it at {view.reply_url or 'the platform'} yourself, then run "
        f"`earshot done {number}`",
        "failed": f"{view.error or 'it failed'}; `earshot retry {number}` or `earshot edit {number}`",
        "sent": f"sent as {view.remote_id or 'a post of unknown id'} on {render.moment(view.sent_at)}",
        "closed": f"{view.closed_as}: {view.reason or 'no reason kept'}; {_describe_return(view)}",
    }
    return steps[view.state]


def _describe_code(view: "ReplyView") -> str:
    """Return how to get at the code of a coupon that cannot be sent in private."""
    has_code = MASK.search(view.text or "") is not None
    return f"its code must stay private: `earshot offer {view.id} --show`, send it as a direct message; " * has_code


def _describe_return(view: "ReplyView") -> str:
    """Return how a closed reply, or its mention, comes back into the queue."""
    if view.mention.deleted_at is not None:
        return "the mention is deleted: there is nothing left to answer"
    if is_reopenable(view.closed_as, view.reason):
        return f"to reopen it with its text: `earshot undo {view.id}`"
    return f"to answer all the same: `earshot escalate {view.platform}:{view.mention.id}`"


def price(view: "ReplyView") -> str:
    """Return what is reserved for a reply, where it costs anything."""
    return f" for {view.cost_usd:.3f} USD" if view.cost_usd else ""


def _describe_sending(view: "ReplyView", is_idle: bool) -> str:
    """Return when it is sent, and until when it can be undone."""
    undo = f"`earshot undo {view.id}`"
    is_held = view.not_before is not None and view.hold != UNDO
    if any(warning.name == "paused" for warning in view.warnings):
        when = "when sending is resumed"
    elif is_held:
        when = f"not before {render.moment(view.not_before)} ({view.hold or 'held'})"
    elif is_idle:
        when = "when `earshot run` (or `earshot once`) runs"
    elif view.not_before is not None:
        return f"will be sent at {view.not_before:%H:%M:%S} UTC{price(view)}; until then {undo} cancels"
    else:
        when = "at once"
    return f"will be sent {when}{price(view)}; {undo} cancels"
