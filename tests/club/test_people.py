"""Who writes to us, counted from real mentions: what counts, what does not, and what staff correct."""

from datetime import timedelta

import pytest

from listener.club.roles import Role
from listener.desk import people, roles
from listener.desk.forget import forget
from listener.desk.roles import PeopleFilter
from listener.errors import DeskError
from listener.store import standing
from tests import factories
from tests.desk.world import World

PRAISE = "I love the smooth paper, thank you so much!"
COMPLAINT = "my parcel is two weeks late and nobody answers"
ADA = {"author_id": "ada", "author_handle": "ada"}


def names(found: tuple[Role, ...]) -> list[str]:
    """The names of roles."""
    return [role.name for role in found]


def test_praise_on_three_days_makes_an_advocate_and_time_unmakes_her(world: World) -> None:
    """On three days, not three times a day; ninety days later she is none."""
    world.said(PRAISE, PRAISE, PRAISE, **ADA)
    assert "advocate" not in names(people.person(world.store, "ada", world.now).roles)
    for _ in range(2):
        world.after(days=20).said(PRAISE, **ADA)
    (role, *_) = people.person(world.store, "ada", world.now).roles
    assert role.message == "praised us unasked on 3 of the last 180 days, last today; 0 complaints"
    world.after(days=61)
    assert "advocate" not in names(people.person(world.store, "ada", world.now).roles)


def test_thanks_below_our_answer_and_irony_are_no_unasked_praise(world: World) -> None:
    """Who thanks for an answer is polite; who says "great job, two weeks late" is not pleased."""
    for day in range(4):
        answered = world.said("do you ship to Canada?", conversation_id=f"c{day}x", **ADA)
        world.sent(answered[0])
        world.after(days=1).said(PRAISE, conversation_id=f"c{day}x", **ADA)
        world.said("oh great, late again, thanks for nothing", **ADA)
    with world.store.read() as connection:
        (figures,) = standing.read_figures(connection, world.now, ("memory", "ada"))
    assert figures.praise_days == 0 and figures.mentions == 12


def test_complaints_count_by_conversation_and_claims_only_where_they_are_made(world: World) -> None:
    """Three posts in a thread are one complaint; who asks or denies a rumour does not spread it."""
    world.said(COMPLAINT, COMPLAINT, conversation_id="c9", **ADA)
    world.said("you don't ship to Canada", "everybody knows you don't ship to Canada", **ADA)
    world.said("is it true that you don't ship to Canada?", **ADA)
    with world.store.read() as connection:
        (figures,) = standing.read_figures(connection, world.now, ("memory", "ada"))
    assert (figures.complaints, figures.claims) == (1, 2)


def test_a_search_hit_and_a_forgotten_person_are_not_counted(world: World) -> None:
    """Who never addressed us is no person of ours; who was forgotten stays so."""
    world.said(PRAISE, is_addressed=False, **ADA)
    world.said(PRAISE, author_id="bo", author_handle="bo")
    assert [line.handle for line in roles.list_people(world.store, PeopleFilter(), world.now)] == ["bo"]
    forget(world.store, world.desk(), "bo", factories.author_of)
    assert roles.list_people(world.store, PeopleFilter(), world.now) == []


def test_people_are_listed_by_role_and_silence(world: World) -> None:
    """Who last wrote first, with what waits for a person."""
    world.said(COMPLAINT, author_id="bo", author_handle="bo")
    world.after(days=70).said(COMPLAINT, **ADA)

    def listed(**wanted: object) -> list[tuple[str | None, int]]:
        found = roles.list_people(world.store, PeopleFilter(**wanted), world.now)  # type: ignore[arg-type]
        return [(line.handle, line.open) for line in found]

    assert listed() == [("ada", 1), ("bo", 1)] and listed(limit=1) == [("ada", 1)]
    assert listed(role="new") == [("ada", 1)] and listed(role="critic") == []
    assert listed(silent=timedelta(days=60)) == [("bo", 1)]


def test_staff_correct_a_role_with_a_reason(world: World) -> None:
    """The list follows, the log knows who did it, and forgetting takes the mark."""
    world.said(COMPLAINT, **ADA)
    roles.mark_role(world.store, world.desk(), "ada", "critic", "asked us to call", None)
    roles.mark_role(world.store, world.desk(), "ada", "new", "old customer", None, is_set=False)
    assert names(people.person(world.store, "ada", world.now).roles) == ["critic"]
    with pytest.raises(DeskError, match="a reason is needed"):
        roles.mark_role(world.store, world.desk(), "ada", "critic", " ", None)
    assert forget(world.store, world.desk(), "ada", factories.author_of).erased["marks"] == 2


def test_help_is_marked_once_and_with_a_mention_of_that_person(world: World) -> None:
    """Nobody is praised for what somebody else wrote."""
    world.said(COMPLAINT, "@fernhill you can track it on their page", **ADA)
    world.said(COMPLAINT, author_id="bo", author_handle="bo")
    roles.mark_helped(world.store, world.desk(), "ada", ("memory", "m2"), "told bo", None)
    with pytest.raises(DeskError, match="marked as help already"):
        roles.mark_helped(world.store, world.desk(), "ada", ("memory", "m2"), "again", None)
    with pytest.raises(DeskError, match="by somebody else"):
        roles.mark_helped(world.store, world.desk(), "ada", ("memory", "m3"), "bo", None)
    with pytest.raises(DeskError, match="there is no mention memory:m9"):
        roles.mark_helped(world.store, world.desk(), "ada", ("memory", "m9"), "?", None)
