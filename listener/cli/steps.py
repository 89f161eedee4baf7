"""Name for people what may be done with a reply next: every command as it can be typed."""

from typing import TYPE_CHECKING

from listener.cli import output, render
from listener.codes import MASK

if TYPE_CHECKING:
    from listener.desk.views import ReplyView


def status_line(view: "ReplyView", *, is_idle: bool = False) -> str:
    """Return one line on where a reply stands, and what may be done next. is_idle: nothing polls or sends now."""
    kind = f" ({view.kind})" if view.kind else ""
    return output.safe(
        f"{view.id} {view.state}{kind} to {view.mention.author.label}: {next_step(view, is_idle=is_idle)}"
    )


def next_step(view: "ReplyView", *, is_idle: bool = False) -> str:
    """Return which command comes next, by state."""
    number, name = view.id, f"{view.platform}:{view.mention.id}"
    approvals = f"{render.name_missing_approval(view)}: " if view.approvals else ""
    can_reopen = view.closed_as in ("rejected", "handled")
    again = f"reopen it: `earshot undo {number}`" if can_reopen else f"to answer: `earshot escalate {name}`"
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
        "closed": f"{view.closed_as}: {view.reason or 'no reason kept'}; {again}",
    }
    return steps[view.state]


def _describe_code(view: "ReplyView") -> str:
    """Return how to get at the code of a coupon that cannot be sent in private."""
    has_code = MASK.search(view.text or "") is not None
    return f"its code must stay private: `earshot offer {view.id} --show`, send it as a direct message; " * has_code


def price(view: "ReplyView") -> str:
    """Return what is reserved for a reply, where it costs anything."""
    return f" for {view.cost_usd:.3f} USD" if view.cost_usd else ""


def _describe_sending(view: "ReplyView", is_idle: bool) -> str:
    """Return when it is sent; a daemon that runs sends at once, which leaves hardly time to undo it."""
    if any(warning.name == "paused" for warning in view.warnings):
        when = "when sending is resumed"
    elif view.not_before is not None:
        when = f"not before {render.moment(view.not_before)} ({view.hold or 'held'})"
    elif is_idle:
        when = "when `earshot run` (or `earshot once`) runs"
    else:
        when = "at once, or by the next `earshot once`"
    return f"will be sent {when}{price(view)}; `earshot undo {view.id}` cancels"
