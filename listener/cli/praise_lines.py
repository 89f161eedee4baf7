"""Lines about applause: where an act stands, what fits a mention, and what to do next."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from listener.cli.lines import clock

if TYPE_CHECKING:
    from listener.desk.praise_views import ActView


def describe_act(act: "ActView") -> str:
    """Return where an act stands, in words, and what to do next."""
    why = f": {act.error or act.reason}" if act.error or act.reason else ""
    held = f" until {clock(act.not_before)} ({act.hold})" if act.not_before else ""
    post = f"{act.platform}:{act.mention_id}"
    words = {
        "approved": f"waits{held}, chosen by {act.by}",
        "sending": "is being done",
        "unconfirmed": f"may not have been done{why}; Earshot is checking the platform",
        "by_hand": f"do it at {act.url or act.platform}{why}; then `earshot applaud {post} --{act.what} --by-hand`",
        "failed": f"failed{why}",
        "sent": f"done, chosen by {act.by}",
        "closed": f"withdrawn{why}",
    }
    return f"{act.what}: {words.get(act.state, act.state)}"


def describe_fit(acts: Iterable[str]) -> str:
    """Return which applause fits a mention."""
    return f"worth applause: {', '.join(acts)}"
