"""How angry people are: decided mentions and negative ones, counted in stretches of ten minutes a platform.

A count kept as mentions are decided: asking for the last week's share reads a thousand rows, however many mentions.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from listener.store.dialect import upsert
from listener.store.loading import columns, load_all
from listener.store.operation_records import SentimentBucket
from listener.store.tables import sentiment_bucket as mood

STRETCH = timedelta(minutes=10)
NEGATIVE = -0.3  # a compound score at or under it


def add(connection: Connection, decided: Iterable[tuple[str, float]], now: datetime) -> None:
    """Count mentions decided now, each as its platform and compound score."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for platform, compound in decided:
        counts[platform][0] += 1
        counts[platform][1] += compound <= NEGATIVE
    for platform, (number, negative) in counts.items():
        row = upsert(connection, mood).values(
            platform=platform, at=_start_of_bucket(now), heard=number, negative=negative
        )
        sums = {"heard": mood.c.heard + row.excluded.heard, "negative": mood.c.negative + row.excluded.negative}
        connection.execute(row.on_conflict_do_update(index_elements=["platform", "at"], set_=sums))


def _start_of_bucket(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 10, seconds=at.second, microseconds=at.microsecond)


def list_buckets(connection: Connection, platform: str, since: datetime) -> list[SentimentBucket]:
    """List the stretches that begin at or after a time, oldest first."""
    query = select(*columns(SentimentBucket, mood)).where(mood.c.platform == platform, mood.c.at >= since)
    return load_all(SentimentBucket, connection.execute(query.order_by(mood.c.at)))


def count_between(connection: Connection, platform: str, since: datetime, until: datetime) -> tuple[int, int]:
    """Count the mentions between two times, and the negative ones of them."""
    query = select(func.coalesce(func.sum(mood.c.heard), 0), func.coalesce(func.sum(mood.c.negative), 0))
    row = connection.execute(query.where(mood.c.platform == platform, mood.c.at >= since, mood.c.at < until)).one()
    return row[0], row[1]
