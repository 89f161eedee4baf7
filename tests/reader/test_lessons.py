"""What a decision of staff says about a mention, as decision 0048 has it, and how far one of many may count."""

from dataclasses import replace
from typing import Any

import pytest

from listener.reader.adapt import Measure, find_faults
from listener.reader.lessons import PER_AUTHOR, PER_STAFF, Lesson, bound, judge, teach
from listener.store.operation_records import StaffDecision
from listener.triage.signals import pack
from tests.factories import NOW, facts, mention

TEXT = "the parcel from the shop was late"


def decided(what: str, kind: str | None, drafted: str | None, **changes: Any) -> StaffDecision:
    """A decision of Ann's."""
    rule = drafted or "unanswered_problem"
    signals = pack(facts(TEXT)) | {"cues": changes.pop("cues", {})}
    action = "draft" if drafted else "escalate"
    made: dict[str, Any] = {"event_id": 1, "at": NOW, "by": "ann", "what": what, "kind": kind, "drafted": drafted}
    made |= {"action": action, "rule": rule, "platform": "memory", "author_id": "u1", "signals": signals}
    return StaffDecision(**made | {"mention": mention(TEXT)} | changes)


TROUBLE, PRAISE = {"problem": ["late"]}, {"praise": ["lovely"]}


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (decided("approved", "thank_you", "thank_you"), (True, False, 1.0)),
        (decided("approved", "thank_you", None), (True, False, 1.0)),
        (decided("approved", "thank_you", "support"), (True, False, 1.0)),
        (decided("approved", "support", "support", cues=TROUBLE), (False, True, 1.0)),
        (decided("approved", "support", "support"), (False, None, 1.0)),  # a mere request
        (decided("approved", "support", "thank_you"), (False, True, 0.5)),
        (decided("approved", "support", None, cues=TROUBLE), (False, True, 1.0)),
        (decided("approved", "support", None), None),  # the kind that nobody chose
        (decided("approved", "support", None, cues=TROUBLE | PRAISE), None),
        (decided("approved", "support", None, rule="reader_complaint"), (False, True, 1.0)),
        (decided("approved", "answer", "answer"), None),
        (decided("rejected", "thank_you", "thank_you"), (False, None, 0.5)),
        (decided("rejected", "support", "support"), (None, False, 0.5)),
        (decided("rejected", None, None, rule="reader_complaint"), (None, False, 0.5)),
        (decided("rejected", None, None), None),
        (decided("escalated", None, "thank_you"), (False, None, 0.5)),
        (decided("escalated", None, "support"), None),
        (decided("escalated", None, None, action="ignore"), (None, True, 0.5)),
    ],
)
def test_what_a_decision_says(decision: StaffDecision, verdict: tuple[bool | None, bool | None, float] | None) -> None:
    """The table of decision 0048, row by row."""
    said = judge(decision)
    assert (said and (said.praise, said.complaint, said.weight)) == verdict


def test_signals_of_another_version_teach_nothing() -> None:
    """Whatever an older version stored, learning goes on without it."""
    packed = pack(facts(TEXT))
    assert teach(decided("approved", "thank_you", "thank_you", signals={"cues": {}})) is None
    assert teach(decided("approved", "thank_you", "thank_you", signals=packed | {"sentences": []})) is None


def lessons(*made: tuple[str, str, int]) -> list[Lesson]:
    """So many lessons of an author, taught by a member of staff."""
    rows = []
    for author, by, number in made:
        decision = decided("approved", "thank_you", "thank_you", author_id=author, by=by)
        lesson = teach(decision)
        assert lesson is not None
        rows += [lesson] * number
    return rows


def test_an_author_counts_as_three_mentions() -> None:
    """However much they write."""
    counted = bound(lessons(("loud", "ann", 300), ("calm", "ann", 1)))
    assert sum(lesson.weight for lesson in counted if lesson.author[1] == "loud") == pytest.approx(PER_AUTHOR)
    assert counted[-1].weight == 1.0


def test_a_member_of_staff_counts_no_more_than_all_the_others() -> None:
    """But a person who is alone can teach."""
    many = [lesson for number in range(900) for lesson in lessons((f"a{number}", "ann", 1))]
    few = [lesson for number in range(300) for lesson in lessons((f"b{number}", "bo", 1))]
    assert sum(lesson.weight for lesson in bound(many) if lesson.by == "ann") == pytest.approx(PER_STAFF)
    counted = bound([*many, *few])
    assert sum(lesson.weight for lesson in counted if lesson.by == "ann") == pytest.approx(300)
    assert sum(lesson.weight for lesson in counted if lesson.by == "bo") == pytest.approx(300)


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        ({}, None),
        ({"loss": 0.31}, "the newest decisions would be read worse"),
        ({"without": {"ann": 0.2, "bo": 0.41}}, "it leans on bo"),
        ({"false_praise": 3}, "more praise would be read"),
        ({"missed": 2}, "complaints be missed"),
        ({"missed": 0, "false_praise": 3}, None),  # no more mistakes in all
    ],
)
def test_weights_that_make_anything_worse_are_not_adopted(after: dict[str, Any], fault: str | None) -> None:
    """Overall, without any member of staff, or in mistakes."""
    before = Measure(0.3, 2, 1, {"ann": 0.2, "bo": 0.4})
    faults = find_faults(before, replace(before, **after))
    assert (fault is None and faults == []) or (fault is not None and fault in faults[0])
