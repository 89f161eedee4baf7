"""Acts of applause in the figures: counted where they belong, and in no figure of replies."""

from datetime import timedelta

from listener.analysis import digest
from listener.analysis.digest_text import compose
from listener.desk import applause
from listener.errors import Refused
from listener.metrics.figures import Figures
from listener.metrics.process import ProcessFigures
from tests.applauding import desk, fans, liked, said
from tests.line import Line, line

__all__ = ["fans", "line"]


def applauded(line: Line) -> None:
    """A like is done, one failed, a quote is to be made by hand, a repost waits, and one was withdrawn."""
    liked(line)
    line.send()
    line.platform.script = [Refused("blocked", "failed")]
    liked(line)
    line.send()
    applause.applaud(line.store, desk(line), said(line), ["quote"])
    applause.withdraw(line.store, desk(line), liked(line, "repost"))
    applause.applaud(line.store, desk(line), said(line), ["repost"], wait=timedelta(seconds=10))


def test_the_digest_says_what_was_applauded_and_what_waits(fans: Line) -> None:
    """In a line of its own, where there is something; no reply is counted."""

    def gather() -> digest.Digest:
        since, until = fans.now - timedelta(days=1), fans.now + timedelta(seconds=1)
        with fans.store.read() as connection:
            return digest.gather(connection, fans.policy, since, until, fans.now, quotes=False)

    assert "Applauded" not in compose("", gather())[1]
    applauded(fans)
    gathered = gather()
    assert (gathered.applauded, gathered.applause_waiting, gathered.by_staff) == ({"like": 1}, 2, 0)
    assert "Applauded: like 1; waiting for a person now: 2" in compose("", gathered)[1]


def test_the_metrics_have_their_states_calls_and_events(fans: Line) -> None:
    """By platform, as those of replies and announcements."""
    figures = Figures(fans.store, fans.clock, ProcessFigures())
    applauded(fans)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in figures.collect()
        for sample in metric.samples
        if sample.name in ("earshot_applause", "earshot_sends_total", "earshot_events_total")
    }
    states = {key[1]: value for key, value in samples.items() if key[0] == "earshot_applause"}
    assert states == {"sent": 1, "failed": 1, "by_hand": 1, "closed": 1, "approved": 1}
    assert samples["earshot_sends_total", "memory", "sent"] == 1
    assert samples["earshot_sends_total", "memory", "failed"] == 1
    assert samples["earshot_events_total", "memory", "applause_sent"] == 1
