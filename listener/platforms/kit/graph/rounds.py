"""Rounds of reading: the feeds in turn, the day's calls, and half the pace when Meta's limits are near."""

from dataclasses import replace
from datetime import datetime, timedelta

from listener.feed_page import FeedPage
from listener.model import Json
from listener.platforms.kit import cursor as cursors
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.listing import stamp
from listener.platforms.kit.graph.pace import Pace
from listener.platforms.kit.graph.reading import FeedReader
from listener.platforms.kit.graph.scan import FeedState
from listener.platforms.kit.graph.section import GraphSection
from listener.platforms.kit.values import object_in


class Rounds:
    """feeds: all that are read in a round, in their order."""

    def __init__(
        self, section: GraphSection, graph: Graph, pace: Pace, reader: FeedReader, feeds: tuple[str, ...]
    ) -> None:
        self._section, self._graph, self._pace, self._reader, self._feeds = section, graph, pace, reader, feeds

    def pause(self, cursor: Json | None, now: datetime) -> FeedPage | None:
        """Return an empty page if this round is left out; else note that a round begins."""
        budget = self._graph.budget
        budget.load(dict(object_in((cursor or {}).get("calls"))), now)
        if cursor is not None and cursor.get("todo"):
            return None  # a round is under way
        if cursor is not None and budget.is_pausing(now, timedelta(seconds=self._section.poll_seconds)):
            return FeedPage(self._stored(cursor), feed="")
        budget.round_at = now
        return None

    def fetch(self, cursor: Json | None, owner: str, began: datetime, now: datetime) -> FeedPage:
        """Return ONE page of one feed; one that alone fails is left out. Raises ReadFailed.

        owner: whose ids these are; began: when the first run began.
        """
        start = cursors.start_time(self._section, began)
        begin = FeedState(begin=stamp(start) if start else "")
        state = cursors.load_cursor(cursor, self._feeds, FeedState.load, lambda _: begin, owner=owner)
        page = cursors.read_next(
            state,
            lambda state, feed: self._reader.read(state, feed, now),
            lambda _, error: cursors.is_alone(state, error),
            self._graph.name.lower(),
        )
        return replace(page, cursor=self._stored(page.cursor))

    def _stored(self, cursor: Json) -> Json:
        """Return the cursor with what `status` shows."""
        return {**cursor, "calls": self._graph.budget.dump(), "first": self._pace.first_reply()}
