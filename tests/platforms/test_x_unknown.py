"""Posts on X of which nobody knows whether they went out, and finding out afterwards."""

import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from listener.errors import Indeterminate, NotSent, ReadFailed, Refused
from tests.fakes.x import XServer
from tests.platforms.x_world import XWorld, prepared, serving

POST = "POST /2/tweets"
OWN = "GET /2/users/:id/tweets"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("mode", ["cut", "stall", "half", "unavailable", "internal"])
def test_lost_answer_means_nobody_knows(server: XServer, mode: str, after: bool) -> None:
    """Neither sent nor refused; the own timeline tells, and it is billed as if it had arrived."""
    world = XWorld(server, seconds=1.5)
    ready = prepared(world)
    server.fail_next(POST, mode, after=after)
    with pytest.raises(Exception, match="may have been posted") as caught:
        world.platform.post(ready)
    assert not isinstance(caught.value, (NotSent, Refused))
    server.faults.lift()
    arrived = [post.id for post in server.x.posts.by_id.values() if post.author_id == "100"]
    found = world.again().find_reply(ready)
    assert ([found.remote_id] if found else []) == arrived
    assert bool(arrived) == after
    assert (POST, 1, 0.01) in world.bill.lines


@pytest.mark.parametrize("text", ["", "[]", "null", '{"data": {}}', '{"data": {"id": 5}}', "<html>", "[" * 100_000])
def test_success_that_cannot_be_read_means_nobody_knows(server: XServer, text: str) -> None:
    """201 without an id."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, "body", status=201, text=text)
    with pytest.raises(Exception, match="may have been posted") as caught:
        world.platform.post(ready)
    assert not isinstance(caught.value, (NotSent, Refused))


def test_dripping_server_is_given_up_on(server: XServer) -> None:
    """The deadline is total: a byte now and then does not hold the call."""
    world = XWorld(server, seconds=0.6)
    ready = prepared(world)
    server.fail_next(POST, "drip", after=True)
    began = time.monotonic()
    with pytest.raises(Exception, match="may have been posted"):
        world.platform.post(ready)
    assert time.monotonic() - began < 2


def test_name_looked_up_too_long_posts_nothing_later(server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call given up on before it was connected never writes, however late the resolver answers."""
    world = XWorld(server, seconds=0.3)
    ready = prepared(world)
    world.platform.whoami()
    look_up, held, done = socket.getaddrinfo, threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        held.wait(20)
        try:
            return look_up(*args, **kwargs)
        finally:
            done.set()

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(Exception, match="may have been posted"):
        world.platform.post(ready)
    held.set()
    assert done.wait(20)
    for thread in threading.enumerate():
        if thread.name == "earshot-call":
            thread.join(20)
    assert server.x.ledger.count(POST) == 0


def test_redirect_is_not_followed_with_credentials(server: XServer) -> None:
    """Another host never sees the signature; nobody knows what the first one did."""
    world = XWorld(server)
    ready = prepared(world)
    with serving() as other:
        server.fail_next(POST, "body", status=307, headers={"Location": f"{other.url}/2/tweets"})
        with pytest.raises(Exception, match="307"):
            world.platform.post(ready)
        assert other.x.ledger.calls == []


def test_duplicate_that_is_listed_was_sent(server: XServer) -> None:
    """The answer was lost, a second try was told "duplicate": the timeline has it."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, "cut", after=True)
    with pytest.raises(Exception, match="may have been posted") as caught:
        world.platform.post(ready)
    assert not isinstance(caught.value, (NotSent, Refused))
    with pytest.raises(Refused, match="went out today") as refused:
        world.platform.post(ready)
    assert refused.value.next_state == "drafted"  # the outbox knows of the lost answer
    assert world.platform.find_reply(ready) is not None
    assert len(world.posted()) == 1


def test_duplicate_that_is_not_listed_is_for_a_person(server: XServer) -> None:
    """X says it has it, the timeline says it has not: never a blind retry."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, "duplicate")
    with pytest.raises(Refused, match="went out today"):
        world.platform.post(ready)
    with pytest.raises(Indeterminate):
        world.platform.find_reply(ready)


def test_own_posts_listed_late_are_found_later(server: XServer) -> None:
    """The timeline lags: absent first, then there."""
    world = XWorld(server)
    server.x.own_lag = 60
    ready = prepared(world)
    world.platform.post(ready)
    assert world.platform.find_reply(ready) is None
    world.ahead(timedelta(seconds=61))
    assert world.platform.find_reply(ready) is not None


def test_answer_in_a_colleagues_words_is_not_taken_for_ours(server: XServer) -> None:
    """Ours may be listed later than hers; when it never is, a person says which it was, and nothing goes out twice."""
    world = XWorld(server)
    server.x.own_lag = 100
    ready = prepared(world)
    remote = world.platform.post(ready).remote_id
    server.own("I have written to you.", ready.request["in_reply_to"])
    with pytest.raises(ReadFailed, match="another answer"):
        world.platform.find_reply(ready)
    world.ahead(timedelta(seconds=101))
    found = world.platform.find_reply(ready)
    assert found is not None and found.remote_id == remote


def test_answer_in_a_colleagues_words_alone_is_for_a_person(server: XServer) -> None:
    """Twice the lag has passed and ours is not there."""
    world = XWorld(server)
    ready = prepared(world)
    hers = server.own("I have written to you.", ready.request["in_reply_to"])
    world.ahead(timedelta(seconds=121))
    with pytest.raises(Indeterminate, match=hers.id):
        world.platform.find_reply(ready)


def test_links_that_x_shortened_do_not_hide_our_reply(server: XServer) -> None:
    """With a scheme or bare, each becomes a t.co link; @handles come first."""
    world = XWorld(server)
    ready = prepared(world, "See example.com/help, or https://example.com/b.")
    listed = server.own("@user See https://t.co/AbCdEf1234, or https://t.co/AbCdEf1235.", ready.request["in_reply_to"])
    found = world.platform.find_reply(ready)
    assert found is not None and found.remote_id == listed.id


def test_reply_below_hundreds_of_own_posts_is_found(server: XServer) -> None:
    """The timeline is paged down to the target."""
    world = XWorld(server)
    ready = prepared(world)
    remote = world.platform.post(ready).remote_id
    for n in range(250):
        server.own(f"chatter {n}")
    found = world.again().find_reply(ready)
    assert found is not None and found.remote_id == remote


def test_timeline_that_hides_what_posts_answer_tells_nothing(server: XServer) -> None:
    """An absence counts only where X gives the references."""
    world = XWorld(server)
    ready = prepared(world)
    item = (
        '{"id": "9", "text": "a", "author_id": "100", "created_at": "2026-11-22T04:00:00Z", "conversation_id": "9"%s}'
    )
    text = '{"data": [' + item % ', "in_reply_to_user_id": "7001"' + '], "meta": {}}'
    server.fail_next(OWN, "body", text=text)
    with pytest.raises(Indeterminate):
        world.platform.find_reply(ready)


def test_timeline_that_fails_leaves_the_outcome_open(server: XServer) -> None:
    """Unavailable, not absent."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(OWN, "missing-page")
    with pytest.raises(ReadFailed):
        world.platform.find_reply(ready)
