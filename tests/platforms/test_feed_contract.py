"""Feeds keep what they can of the contract, as XML and as JSON: they are read, and never answered."""

import subprocess
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile

import pytest

from listener.platforms.feed import parse
from tests import forked
from tests.fakes.feeds import Shape
from tests.platforms.contract import PlatformContract
from tests.platforms.feed_world import FeedWorld, serving


class ForkedParsing:
    """What `parse` takes from subprocess, its process forked; test_feed.py starts it for real."""

    TimeoutExpired = subprocess.TimeoutExpired

    @staticmethod
    def run(
        command: list[str], *, input: bytes, env: Mapping[str, str], timeout: float, capture_output: bool, check: bool
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run `python -I parse.py KIND URL` to its end."""
        with TemporaryFile() as body:
            body.write(input)
            body.seek(0)
            arguments, streams = command[3:], forked.Streams(stdin=body.fileno())
            process = forked.parent().start(*arguments, env=env, cwd=forked.ROOT, module=parse.__name__, **streams)
            out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(command, process.wait(), out.encode(), err.encode())


class TestRss(PlatformContract):
    """RSS 2.0."""

    kind: Shape = "rss"

    @pytest.fixture
    def world(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedWorld]:
        """A site and the platform."""
        monkeypatch.setattr(parse, "subprocess", ForkedParsing)
        with serving() as server:
            yield FeedWorld(server, self.kind)


class TestJsonFeed(TestRss):
    """JSON Feed 1.1."""

    kind = "json"
