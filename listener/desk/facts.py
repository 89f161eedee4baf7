"""The texts that state the fact which a mention may be about, for staff to choose from."""

from listener.desk.approve import DeskContext
from listener.desk.showing import find_suspected
from listener.errors import DeskError
from listener.policy import Fact
from listener.store import items
from listener.store.engine import Store
from listener.store.records import Exchange
from listener.wording import render_kind, rotate

WORDINGS = 3  # of each kind that are offered at a time


def list_texts(store: Store, desk: DeskContext, reply_id: int, turn: int = 0) -> list[tuple[str, str]]:
    """Return (kind, text) of some wordings that state the suspected fact and fit.

    turn: 0 for the first ones, 1 for the ones after them, and so on; after the last come the first. Raises DeskError
    where there is none, or the fact has to be checked first.
    """
    with store.read() as connection:
        item = items.item(connection, reply_id=reply_id)
    fact = _require_fact(desk, item, reply_id)
    kinds = [config.kind for config in desk.policy.responders if config.uses_facts]
    texts = [(kind, text) for kind in kinds for text in _choose(_list_fitting(desk, item, kind, fact), turn)]
    if not texts:
        raise DeskError(f"no wording of the fact {fact.id} fits reply {reply_id}", "write a text")
    return texts


def _require_fact(desk: DeskContext, item: Exchange, reply_id: int) -> Fact:
    suspected = find_suspected(desk.policy.facts, item.decided)
    if suspected is None:
        raise DeskError(f"reply {reply_id} is not suspected to be about a fact", "write a text")
    fact = next((fact for fact in desk.policy.facts if fact.id == suspected.fact), None)
    if fact is None:
        raise DeskError(f"the fact {suspected.fact} is no longer in the fact sheet", "write a text")
    if not fact.has_begun(desk.clock().date()):
        raise DeskError(f"the fact {fact.id} is not true before {fact.from_}", "write a text")
    if desk.clock().date() >= fact.expires:
        raise DeskError(f"the fact {fact.id} expired on {fact.expires}", f"{fact.owner} must check it")
    return fact


def _list_fitting(desk: DeskContext, item: Exchange, kind: str, fact: Fact) -> list[str]:
    """Return the first form that fits of each wording of a kind: which comes first, the mention's id selects."""
    rendered = render_kind(kind, desk.policy, fact, item.mention.is_private)
    fitting = (
        next((form.text for form in forms if desk.preview(desk.signed(form.text), item.mention).fits), None)
        for group in rendered
        for forms in rotate(group.texts, item.mention.id)
    )
    return [text for text in fitting if text is not None]


def _choose(texts: list[str], turn: int) -> list[str]:
    """Return the wordings of this turn."""
    start = turn * WORDINGS % max(len(texts), 1)
    return [*texts[start:], *texts[:start]][:WORDINGS]
