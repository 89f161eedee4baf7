"""The states of a reply: the table that every move is checked against, and the groups that are made of it."""

import pytest

from listener.store import replies, states
from listener.store.states import TRANSITIONS
from tests.line import Line

GROUPS = {
    name: members
    for name, members in vars(states).items()
    if name.isupper() and isinstance(members, tuple) and name != "TRANSITIONS"
}


def test_every_state_can_be_reached_and_every_move_leads_to_a_state() -> None:
    """A word that is spelled wrong in the table stands alone."""
    targets = {after for afters in TRANSITIONS.values() for after in afters}
    assert targets == set(TRANSITIONS)


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_holds_states_each_once(name: str) -> None:
    """No misspelled state, no state twice."""
    members = GROUPS[name]
    assert set(members) <= set(TRANSITIONS)
    assert len(members) == len(set(members))


def test_the_groups_follow_from_the_table() -> None:
    """What may be edited can become a draft; what may be closed can be closed; nothing else."""
    assert set(states.NOT_GOING) == set(TRANSITIONS) - set(states.GOING)
    closable = {state for state, afters in TRANSITIONS.items() if "closed" in afters}
    assert set(states.CLOSABLE) == closable - set(states.UNDER_WAY)
    assert all("drafted" in TRANSITIONS[state] for state in states.EDITABLE)


def test_a_move_that_the_table_does_not_have_changes_nothing(line: Line) -> None:
    """A post that is out cannot be drafted again, whichever room asks for it."""
    reply = line.approved()
    line.send()
    with line.store.write() as connection:
        sent = replies.get(connection, reply.id)
        assert sent.state == "sent"
        with pytest.raises(ValueError, match="must not move from sent to drafted"):
            replies.transition(connection, sent, "drafted", by="ann", now=line.now)
        assert replies.get(connection, reply.id) == sent
