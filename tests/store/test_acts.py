"""What Earshot does by itself is no act of the staff: it wakes nothing, and nobody seems to be at work."""

from sqlalchemy import select

from listener.store import alert_causes, events
from listener.store.exchange_tables import MACHINES
from listener.store.tables import event
from tests.line import COMPLAINT, Line, line
from tests.triage.test_route import Fragile, stages

__all__ = ["line"]


def names(line: Line) -> dict[str, str]:
    """Map what happened to who did it last."""
    with line.store.read() as connection:
        return {row.what: row.by for row in connection.execute(select(event.c.what, event.c.by).order_by(event.c.id))}


def test_looking_for_a_lost_reply_and_a_crash_are_nobodys_work(line: Line) -> None:
    """The alert `unattended` and the daemon ask when staff last did anything."""
    line.approved()
    with line.store.read() as connection:
        approved = events.read_newest_act(connection)
        approved_at = alert_causes.last_act_of_staff(connection)
    line.platform.script = ["lost"]
    for _ in range(3):
        line.send()
        line.wait(minutes=30)
    line.say("the marker: " + COMPLAINT)
    line.stages.poll("memory")
    stages(line, Fragile()).route()
    done = names(line)
    assert {done["arrival_checked"], done["quarantined"]} <= {*MACHINES}
    with line.store.read() as connection:
        assert events.read_newest_act(connection) == approved
        assert alert_causes.last_act_of_staff(connection) == approved_at


def test_a_check_that_a_person_must_make_is_asked_for_by_nobody_of_the_staff(line: Line) -> None:
    """The platform cannot say whether it arrived."""
    line.approved()
    line.platform.script, line.platform.tells = ["lost"], False
    line.send()
    line.send()
    assert names(line)["manual_check_needed"] in MACHINES
