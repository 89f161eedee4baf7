"""The states of a reply: the table that every move is checked against, and the groups that are made of it."""

import ast
from pathlib import Path

import pytest

from listener.store import moves, replies, states
from listener.store.states import TRANSITIONS
from tests.line import Line

LISTENER = Path(states.__file__).parents[1]
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
            moves.transition(connection, sent, "drafted", by="ann", now=line.now)
        assert replies.get(connection, reply.id) == sent


def repeated_groups(text: str) -> list[int]:
    """Lines on which a named group of states is written out again."""
    groups = {frozenset(group) for group in GROUPS.values()}
    tuples = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Tuple) and len(node.elts) > 1]
    values = [(node.lineno, [part.value for part in node.elts if isinstance(part, ast.Constant)]) for node in tuples]
    return [line for line, parts in values if frozenset(map(str, parts)) in groups]


def test_a_group_of_states_stands_once() -> None:
    """A copy would stay behind when a state is added."""
    others = [path for path in LISTENER.rglob("*.py") if path.name != "states.py"]
    assert {path.name: lines for path in others if (lines := repeated_groups(path.read_text(encoding="utf-8")))} == {}
    assert repeated_groups('A = ("sending", "unconfirmed")') == [1]
