"""Choose another wording for a draft, of those that today's policy has for it."""

from collections.abc import Callable, Sequence

from listener.desk import transitions
from listener.desk.approve import DeskContext, reply_of
from listener.errors import DeskError
from listener.model import CandidateText, Mention
from listener.store import items
from listener.store.engine import Store
from listener.store.records import Exchange, StoredDecision

Candidates = Callable[[StoredDecision, Mention], Sequence[CandidateText]]


def use_next_wording(store: Store, desk: DeskContext, reply_id: int, revision: int, candidates: Candidates) -> None:
    """Replace the draft by the next wording that fits, after the last by the first. Raises DeskError."""
    with store.read() as connection:
        item = items.item(connection, reply_id=reply_id)
    present, kind = reply_of(item).text, reply_of(item).kind
    if kind is None and item.decided is not None:  # escalated by staff: the wordings are of the kind it was
        kind = item.decided.kind
    fitting = _list_fitting(desk, item, candidates)
    at = fitting.index(present) + 1 if present in fitting else 0
    others = [text for text in (*fitting[at:], *fitting[:at]) if text != present]
    if not others:
        raise DeskError(f"there is no other wording for reply {reply_id}", "edit its text")
    transitions.edit(store, desk, reply_id, others[0], kind, revision)


def _list_fitting(desk: DeskContext, item: Exchange, candidates: Candidates) -> list[str]:
    """Return the first form that fits of each variant."""
    fitting: dict[str, str] = {}
    for candidate in candidates(item.decided, item.mention) if item.decided else ():
        if desk.preview(desk.signed(candidate.text), item.mention).fits:
            fitting.setdefault(candidate.variant, candidate.text)
    return list(fitting.values())
