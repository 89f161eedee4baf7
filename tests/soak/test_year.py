"""Some days of unattended operation; `make soak` lives through a day by the minute, `make soak-year` through a year."""

from datetime import timedelta
from pathlib import Path

from tests.soak import year
from tests.soak.world import Report


def test_days_of_misfortunes_lose_and_double_nothing(tmp_path: Path) -> None:
    """Outages, lost answers, a database that is held, deaths; at the end every notice has ended."""
    world = year.Year(tmp_path, days=5, per_day=60, seed=3, step=timedelta(hours=1), misfortune=6)
    for _ in world.run():
        pass
    report = Report("five days")
    year.judge(world, report, [1.0] * 5, [1.0] * 5)
    world.store.close()
    assert not report.wrong, report.lines
    assert world.outages and world.locks and world.deaths, "the seed brings every misfortune"
    assert len(world.platform.times) > 20 and world.opened
