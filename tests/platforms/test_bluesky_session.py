"""Sessions on Bluesky: kept in a file of our own, renewed in time, ended with the app password."""

import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from listener.errors import NotSent, ReadFailed
from listener.platforms.bluesky.session import FILE
from tests.fakes.bluesky.server import PUT
from tests.platforms.bluesky_world import LISTING, RENEWED, BlueskyWorld, planted, serving
from tests.platforms.contract import now, outgoing, walk
from tests.platforms.rounds import found

REFRESH, CREATE = "com.atproto.server.refreshSession", "com.atproto.server.createSession"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BlueskyWorld]:
    """A network and the platform."""
    with serving() as server:
        yield BlueskyWorld(server, tmp_path, search=())


def test_restart_does_not_sign_in_again(world: BlueskyWorld) -> None:
    """Bluesky allows some hundred sign-ins a day; the file is for our own eyes, and holds no password."""
    for _ in range(5):
        walk(world.again(), None)
    path = world.folder / FILE
    assert world.server.sessions.made == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert world.keys.values["EARSHOT_BLUESKY_APP_PASSWORD"] not in path.read_text()
    assert [one.name for one in world.folder.iterdir()] == [FILE]


def test_expired_access_token_is_renewed_on_the_way(world: BlueskyWorld) -> None:
    """400 ExpiredToken, not 401; the call is made again, and the new pair is in the file."""
    _, cursor = walk(world.platform, None)
    before = json.loads((world.folder / FILE).read_text())
    world.network.ahead += timedelta(hours=3)
    new = world.plant("after two hours")
    assert new in found(world, cursor)
    after = json.loads((world.folder / FILE).read_text())
    assert (world.server.sessions.made, world.server.sessions.renewed) == (1, 1)
    assert after["access"] != before["access"] and after["refresh"] != before["refresh"]


def test_token_that_expires_at_the_post_is_renewed_and_posts_once(world: BlueskyWorld) -> None:
    """A call refused for its token was not carried out."""
    prepared = world.platform.prepare(outgoing(world, planted(world)), now())
    world.server.fail_next(PUT, "expired")
    world.platform.post(prepared)
    assert len(world.posted()) == 1


def test_lost_answer_of_a_renewal_costs_nothing(world: BlueskyWorld) -> None:
    """The old refresh token stays good for two hours and gives the same next pair."""
    _, cursor = walk(world.platform, None)
    world.server.sessions.expire()
    world.server.fail_next(REFRESH, "cut", after=True)
    with pytest.raises(ReadFailed):
        world.platform.fetch(cursor, now())
    walk(world.again(), cursor)
    assert world.server.sessions.made == 1


def test_process_killed_before_the_new_pair_was_written_signs_in_at_the_latest(world: BlueskyWorld) -> None:
    """Its file holds the old pair; past the grace the app password makes a new one."""
    _, cursor = walk(world.platform, None)
    old = (world.folder / FILE).read_text()
    world.server.sessions.expire()
    walk(world.platform, cursor)
    (world.folder / FILE).write_text(old)
    world.network.ahead += timedelta(hours=5)
    walk(world.again(), cursor)
    assert world.server.sessions.made == 2


def test_session_renewed_by_another_process_is_taken_over(world: BlueskyWorld) -> None:
    """`check --online` beside `run`: the file is read before anything is renewed."""
    walk(world.platform, None)
    other = world.again()
    walk(other, None)
    world.server.sessions.expire()
    walk(other, None)
    walk(world.platform, None)
    assert (world.server.sessions.made, world.server.sessions.renewed) == (1, 1)


def test_revoked_refresh_token_signs_in_with_the_app_password(world: BlueskyWorld) -> None:
    """Sessions end on the server's side too."""
    _, cursor = walk(world.platform, None)
    world.server.sessions._refresh.clear()
    world.server.sessions.expire()
    walk(world.platform, cursor)
    assert world.server.sessions.made == 2


def test_replaced_app_password_counts_without_a_restart(world: BlueskyWorld) -> None:
    """Also while the old session is still good, so that `check --online` never praises a password that is wrong."""
    walk(world.platform, None)
    world.keys.values["EARSHOT_BLUESKY_APP_PASSWORD"] = "canary-of-another"
    with pytest.raises(ReadFailed) as caught:
        world.platform.whoami()
    assert caught.value.cause == "account"
    world.server.sessions.passwords["shop.test"] = RENEWED
    world.keys.values["EARSHOT_BLUESKY_APP_PASSWORD"] = RENEWED + " "  # a blank at the end of a mounted file
    assert world.platform.whoami().handle == "shop.test"


def _stand_still(world: BlueskyWorld) -> None:
    """The platform's clock stops: however slow the machine is, no pause ends."""
    moment = now()
    world.clock = lambda: moment
    world.platform = world.again()


def test_refused_password_is_not_tried_again_and_again(world: BlueskyWorld) -> None:
    """A stop with growing pauses: trying wears out the day's sign-ins, and locks accounts."""
    world.server.sessions.revoke("shop.test")
    _stand_still(world)
    for _ in range(20):
        with pytest.raises(ReadFailed) as caught:
            world.platform.fetch(None, now())
        assert caught.value.cause == "account" and caught.value.do
    assert sum(name == CREATE for name, _ in world.server.calls) == 1


@pytest.mark.parametrize("mode", ["invalid", "unauthorized", "takedown"])
def test_sign_in_that_is_refused_for_whatever_reason_waits_for_a_person(world: BlueskyWorld, mode: str) -> None:
    """A handle that Bluesky cannot read is a 400, and would use up the day's sign-ins as well."""
    world.server.fail_next(CREATE, mode)
    _stand_still(world)
    for _ in range(3):
        with pytest.raises(ReadFailed) as caught:
            world.platform.fetch(None, now())
        assert caught.value.cause == "account" and caught.value.do
    assert sum(name == CREATE for name, _ in world.server.calls) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"proof": 1}', '{"proof": "x", "did": "y"}', "\ud800"])
def test_session_file_that_is_broken_is_as_good_as_none(world: BlueskyWorld, text: str) -> None:
    """A disk that was full, a hand that slipped."""
    (world.folder / FILE).write_text(text, errors="surrogatepass")
    walk(world.platform, None)
    assert world.server.sessions.made == 1
    assert json.loads((world.folder / FILE).read_text())["did"] == world.server.us.did


def test_session_that_cannot_be_kept_is_not_used(tmp_path: Path) -> None:
    """A pair that is used and lost could not be renewed: one line says what is wrong."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path / "gone", search=())
        with pytest.raises(ReadFailed, match="cannot be kept") as caught:
            world.platform.fetch(None, now())
        assert caught.value.do.startswith("make the data folder writable") and server.calls[-1][0] == CREATE


@pytest.mark.parametrize("missing", ["EARSHOT_BLUESKY_HANDLE", "EARSHOT_BLUESKY_APP_PASSWORD"])
def test_missing_secret_is_named_and_nothing_is_called(world: BlueskyWorld, missing: str) -> None:
    """For reading and for sending."""
    prepared = world.platform.prepare(outgoing(world, planted(world)), now())
    del world.keys.values[missing]
    before = len(world.server.calls)
    with pytest.raises(ReadFailed, match=missing):
        world.platform.fetch(None, now())
    with pytest.raises(NotSent, match=missing):
        world.platform.post(prepared)
    assert len(world.server.calls) == before


def test_calls_go_to_the_server_that_keeps_the_account(world: BlueskyWorld, tmp_path: Path) -> None:
    """service_url is only where one signs in: the DID document names the server, if it is safe to go there."""
    with serving() as entryway:
        entryway.sessions = world.server.sessions
        entryway.sessions.home = world.server.url
        elsewhere = BlueskyWorld(entryway, tmp_path / "data", search=())
        (tmp_path / "data").mkdir()
        walk(elsewhere.platform, None)
        assert {name for name, _ in entryway.calls} == {CREATE}
        assert LISTING in {name for name, _ in world.server.calls}
        (tmp_path / "data" / FILE).unlink()
        entryway.sessions.home = "http://pds.example"
        walk(elsewhere.again(), None)
        assert LISTING in {name for name, _ in entryway.calls}


def test_empty_answer_to_a_sign_in_is_told(world: BlueskyWorld) -> None:
    """200 and nothing of use."""
    world.server.fail_next(CREATE, "body", text='{"did": 5}')
    with pytest.raises(ReadFailed, match="cannot be read"):
        world.platform.fetch(None, now())
