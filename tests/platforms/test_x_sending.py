"""Sending on X: the three outcomes of every failure, and finding out afterwards."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from requests.exceptions import ConnectionError, ConnectTimeout, ReadTimeout, SSLError
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.exceptions import SSLError as UrllibSSLError

from listener.errors import Held, Indeterminate, NotSent, ReadFailed, Refused
from listener.model import Outgoing
from listener.platforms import x
from listener.platforms.x.wire import is_before_writing
from tests.fakes.x import XServer
from tests.platforms.contract import now
from tests.platforms.x_world import Bill, Keys, XWorld, a_mention, connected, prepared, serving

POST = "POST /2/tweets"


def test_reply_goes_out_by_the_public_door(server: XServer, tmp_path: Path) -> None:
    """connect, prepare, post: signed for the host that is called, billed, its id kept."""
    world = XWorld(server)
    platform = connected(world, tmp_path)
    ready = prepared(world)
    receipt = platform.post(ready)
    assert world.posted() == [("Thank you!", ready.request["in_reply_to"])]
    assert receipt.remote_id == server.x.ledger.posted[0]["id"]
    assert world.bill.lines == [(POST, 1, 0.01)]
    assert server.x.ledger.count("GET /2/users/me") == 1


@pytest.mark.parametrize(
    ("mode", "cause"),
    [
        ("rate", "rate"),
        ("rate-88", "rate"),
        ("usage-capped", "billing"),
        ("credits", "billing"),
        ("credits-depleted", "billing"),
        ("unauthorized", "account"),
        ("feature", "account"),
        ("read-only-app", "account"),
        ("suspended", "account"),
        ("no-reason", "item"),
        ("list-body", "transient"),
        ("proxy-refuses", "transient"),
        ("missing-page", "transient"),
    ],
)
def test_refusal_that_concerns_more_than_this_reply_is_not_sent(server: XServer, mode: str, cause: str) -> None:
    """Each with its cause and a time; nothing is billed."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, mode)
    with pytest.raises(NotSent) as caught:
        world.platform.post(ready)
    assert caught.value.cause == cause
    assert caught.value.retry_at is not None and caught.value.retry_at > now()
    assert world.bill.usd == 0


@pytest.mark.parametrize(
    ("mode", "then"),
    [
        ("not-summoned-old", "by_hand"),
        ("not-summoned", "by_hand"),
        ("who-can-reply", "by_hand"),
        ("target-gone", "withdrawn"),
    ],
)
def test_refusal_of_this_reply_is_its_own_fate(server: XServer, mode: str, then: str) -> None:
    """Both wordings of the summoned rule, the author's own limit, a target that is gone: the next reply goes out."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, mode)
    with pytest.raises(Refused) as caught:
        world.platform.post(ready)
    assert caught.value.next_state == then
    assert world.platform.post(prepared(world, reply_id=2)).remote_id


def test_reply_that_x_calls_invalid_is_refused(server: XServer) -> None:
    """A 400 will be one again."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, "body", status=400, text='{"type": "https://api.x.com/2/problems/invalid-request"}')
    with pytest.raises(Refused) as caught:
        world.platform.post(ready)
    assert caught.value.next_state == "failed"


def test_ledger_that_fails_neither_hides_a_post_nor_lets_one_out(server: XServer) -> None:
    """Before the call it is surely not sent; after it the receipt counts."""
    world = XWorld(server)
    ready = prepared(world)
    with full_disk(world.bill, "reserve"), pytest.raises(NotSent, match="was not called"):
        world.platform.post(ready)
    assert world.posted() == []
    world.ahead(timedelta(minutes=1))
    with full_disk(world.bill, "charge"):
        assert world.platform.post(ready).remote_id


def test_connection_refused_is_surely_not_sent(server: XServer) -> None:
    """Nothing was written."""
    world = XWorld(server)
    ready = prepared(world)
    world.platform.whoami()
    server.stop()
    with pytest.raises(NotSent) as caught:
        world.platform.post(ready)
    assert caught.value.cause == "transient"
    assert world.bill.usd == 0


def test_host_without_an_address_is_surely_not_sent() -> None:
    """A name that cannot be resolved, or no connection in time, comes before the first byte; a reset does not."""
    pool = HTTPConnectionPool("nowhere.invalid")
    gone = NameResolutionError("nowhere.invalid", HTTPConnection("nowhere.invalid"), socket.gaierror())
    assert is_before_writing(ConnectionError(MaxRetryError(pool, "/", gone)))
    assert is_before_writing(ConnectTimeout(MaxRetryError(pool, "/", ConnectTimeoutError())))
    untrusted = SSLError(MaxRetryError(pool, "/", UrllibSSLError(ssl.SSLCertVerificationError("self-signed"))))
    assert is_before_writing(untrusted)
    assert not is_before_writing(SSLError(MaxRetryError(pool, "/", UrllibSSLError(ssl.SSLError("bad record mac")))))
    assert not is_before_writing(ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError())))
    assert not is_before_writing(ReadTimeout(ReadTimeoutError(pool, "/", "late")))


def test_missing_secret_is_told_by_name_and_nothing_is_called(server: XServer) -> None:
    """No call without all four."""
    world = XWorld(server)
    ready = prepared(world)
    del world.keys.values["EARSHOT_X_ACCESS_TOKEN"]
    with pytest.raises(NotSent, match="EARSHOT_X_ACCESS_TOKEN not set") as caught:
        world.platform.post(ready)
    assert caught.value.cause == "account"
    assert server.x.ledger.calls == []


def test_new_secret_ends_the_stop_without_a_restart(server: XServer) -> None:
    """Revoked: no further call before its time; replaced: the next call goes out."""
    world = XWorld(server)
    ready = prepared(world)
    server.secrets = {name: value + "-new" for name, value in server.secrets.items()}
    for _ in range(3):
        with pytest.raises(NotSent):
            world.platform.post(ready)
    assert len(server.x.ledger.calls) == 1
    world.keys.values = dict(server.secrets)
    assert world.platform.post(ready).remote_id


def test_refusal_without_a_reason_is_tried_once_more_then_a_persons(server: XServer) -> None:
    """X refuses now and then for nothing; three in a row pause sending."""
    world = XWorld(server)
    ready = prepared(world)
    server.fail_next(POST, "no-reason", times=9)
    with pytest.raises(NotSent):
        world.platform.post(ready)
    with pytest.raises(Refused) as caught:
        world.platform.post(ready)
    assert caught.value.next_state == "by_hand"
    with pytest.raises(NotSent, match="in a row") as paused:
        world.platform.post(prepared(world, reply_id=2))
    assert paused.value.cause == "account"


def test_sending_is_held_until_somebody_attests() -> None:
    """Not on loopback; on X the operator must have read the rules."""
    with serving() as server:
        world = XWorld(server)
        world.section = replace(world.section, api_url="https://api.x.com")
        with pytest.raises(Held) as caught:
            world.again().prepare(Outgoing(1, 1, "t", a_mention()), now())
        assert caught.value.reason == "attestation"


def test_wrong_account_neither_reads_nor_speaks(server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of another account stop everything but a test server's."""
    world = XWorld(server, handle="other")
    ready = prepared(world)
    assert world.platform.whoami().handle == "shop"
    monkeypatch.setattr(x.Section, "loopback", property(lambda _: False))
    with pytest.raises(NotSent, match="belong to @shop"):
        world.again().post(ready)
    with pytest.raises(ReadFailed, match="belong to @shop"):
        world.again().fetch(None, now())
    assert world.posted() == []


def test_a_look_costs_and_is_not_taken(server: XServer) -> None:
    """X bills it."""
    with pytest.raises(Indeterminate):
        XWorld(server).platform.check_post(a_mention())


def test_secrets_are_read_from_the_callers_hand_alone(server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no netrc of the environment."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_closed_port()}")
    assert XWorld(server).platform.whoami().id == "100"
    assert Keys().get("EARSHOT_X_BEARER_TOKEN") is None


@contextmanager
def full_disk(bill: Bill, method: str) -> Iterator[None]:
    """A ledger whose disk is full."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bill, method, full)
        yield


def _closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_reply_goes_to_the_newest_edit(server: XServer) -> None:
    """Each edit has an id of its own, and X takes no reply to one that was replaced."""
    world = XWorld(server)
    first = server.mention("@shop helo")
    edit = server.edit(first.id, "@shop hello")
    mention = a_mention(id=first.id, version_id=edit.id)
    world.platform.post(world.platform.prepare(Outgoing(1, 1, "Hello!", mention), now()))
    assert world.posted() == [("Hello!", edit.id)]
    assert world.preview("Hello!", mention).link == f"https://x.com/intent/post?in_reply_to={edit.id}"
