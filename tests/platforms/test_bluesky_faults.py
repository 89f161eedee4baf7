"""What real networks did: passing absences, limits of a day, firewalls, accounts that moved, echoed secrets."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from listener.errors import NotSent, PlatformError, ReadFailed, Refused
from listener.model import Mention
from listener.platforms.kit.gate import LONGEST_WAIT
from tests.fakes.bluesky.server import PUT
from tests.platforms.bluesky_world import LISTING, BlueskyWorld, planted, serving
from tests.platforms.contract import now, outgoing, walk
from tests.platforms.rounds import found

CREATE, POSTS, THREAD = "com.atproto.server.createSession", "app.bsky.feed.getPosts", "app.bsky.feed.getPostThread"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BlueskyWorld]:
    """A network and the platform."""
    with serving() as server:
        yield BlueskyWorld(server, tmp_path, search=())


@pytest.fixture
def mention(world: BlueskyWorld) -> Mention:
    """One to answer."""
    return planted(world)


def limit_sign_in(world: BlueskyWorld) -> None:
    """429 whose reset is 24 hours away, and no session."""
    end = world.network.now() + timedelta(hours=24)
    world.server.fail_next(CREATE, "rate", headers={"ratelimit-reset": str(int(end.timestamp()))}, times=99)


def test_sign_in_limit_of_a_day_is_tested_within_minutes_and_names_its_end(world: BlueskyWorld) -> None:
    """It silenced Bluesky for 25 hours; the limit had long been over."""
    limit_sign_in(world)
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(None, now())
    error = caught.value
    assert error.cause == "rate" and error.retry_at is not None and error.ends_at is not None
    assert error.retry_at - now() < LONGEST_WAIT < error.ends_at - now()
    assert f"{error.ends_at:%Y-%m-%d %H:%M} UTC" in error.message
    world.server.faults.lift()
    assert world.platform.fetch({}, error.retry_at + timedelta(seconds=1)).feed == "mentions"


def test_new_app_password_ends_a_sign_in_limit_at_once(world: BlueskyWorld) -> None:
    """It may be another account's."""
    limit_sign_in(world)
    with pytest.raises(ReadFailed):
        world.platform.fetch(None, now())
    assert not world.platform.has_new_secret()
    world.server.faults.lift()
    world.renew()
    assert world.platform.has_new_secret()
    walk(world.platform, None)


@pytest.mark.parametrize("method", [POSTS, THREAD])
def test_passing_absence_closes_no_reply(world: BlueskyWorld, mention: Mention, method: str) -> None:
    """One empty getPosts, one 400 NotFound: absent now, there again in a moment; nothing is refused for good."""
    prepared = world.platform.prepare(outgoing(world, mention), now())
    world.server.fail_next(method, "nothing" if method == POSTS else "missing")
    if method == THREAD:
        assert not world.platform.check_post(mention).is_present
    else:
        with pytest.raises(NotSent) as caught:
            world.platform.post(prepared)
        assert caught.value.cause == "item"
    assert world.platform.check_post(mention).is_present
    world.platform.post(prepared)
    assert len(world.posted()) == 1


@pytest.mark.parametrize(("others", "cause"), [(True, "item"), (False, "transient")])
@pytest.mark.parametrize("mode", ["internal", "unavailable", "upstream", "invalid"])
def test_look_that_fails_is_the_posts_fault_only_while_others_can_be_read(
    world: BlueskyWorld, mention: Mention, mode: str, others: bool, cause: str
) -> None:
    """A look that fails for all stops sending with backoff; one post alone must not."""
    world.server.fail_next(THREAD, mode)
    if not others:
        world.server.fail_next(LISTING, mode)
    with pytest.raises(ReadFailed) as caught:
        world.platform.check_post(mention)
    assert caught.value.cause == cause


@pytest.mark.parametrize("mode", ["internal", "upstream", "unavailable", "cut", "rate", "firewall", "nothing"])
def test_page_in_hand_is_stored_though_nobody_says_who_may_answer(world: BlueskyWorld, mode: str) -> None:
    """Unjudged, as if we might: it is looked at again before sending, and in the next round."""
    uri = world.plant("hello")
    world.network.gates[uri] = []
    world.server.fail_next(POSTS, mode, times=1 + (mode == "cut"))  # a read that is cut is made once more
    page = world.platform.fetch(None, now())
    (unjudged,) = page.mentions
    assert (unjudged.id, unjudged.can_reply) == (uri, True)
    with pytest.raises((Refused, NotSent)):
        world.platform.post(world.platform.prepare(outgoing(world, unjudged), now()))
    assert world.posted() == []
    world.network.ahead += timedelta(hours=2)
    if mode != "rate":
        assert not found(world, page.cursor)[uri].can_reply


@pytest.mark.parametrize("endpoint", [LISTING, CREATE, PUT])
def test_page_of_a_firewall_says_nothing_about_the_account(
    world: BlueskyWorld, mention: Mention, endpoint: str
) -> None:
    """403 with HTML: no new app password would help."""
    prepared = world.platform.prepare(outgoing(world, mention), now())
    (world.folder / "bluesky-session.json").unlink()
    world.server.fail_next(endpoint, "firewall")
    platform = world.again()
    with pytest.raises((ReadFailed, NotSent)) as caught:
        platform.post(prepared) if endpoint == PUT else platform.fetch(None, now())
    assert (getattr(caught.value, "cause", ""), "proxy" in caught.value.do) == ("transient", True)


def test_account_that_moved_is_signed_in_anew_once(world: BlueskyWorld) -> None:
    """The old server says it is deactivated; signing in names the new one. An account that is off stays off."""
    _, cursor = walk(world.platform, None)
    new = world.plant("after the move")
    world.server.fail_next(LISTING, "moved")
    assert new in found(world, cursor)
    assert world.server.sessions.made == 2
    world.server.fail_next(LISTING, "moved", times=99)
    for _ in range(3):
        with pytest.raises(ReadFailed) as caught:
            world.platform.fetch(cursor, now())
        assert caught.value.cause == "account"
    assert world.server.sessions.made <= 3


@pytest.mark.parametrize("endpoint", [LISTING, CREATE, PUT, "com.atproto.server.refreshSession"])
def test_secret_that_the_server_gives_back_is_in_no_error(
    world: BlueskyWorld, mention: Mention, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Access token, refresh token, app password: a message reaches screens, notices, the database and logs."""
    prepared = world.platform.prepare(outgoing(world, mention), now())
    session = json.loads((world.folder / "bluesky-session.json").read_text())
    secrets = {session["access"], session["refresh"], *world.keys.values.values()} - {"shop.test"}
    if endpoint == CREATE:
        (world.folder / "bluesky-session.json").unlink()
    if endpoint.endswith("refreshSession"):
        world.server.sessions.expire()
        world.server.fail_next(CREATE, "echo")
    world.server.fail_next(endpoint, "echo")
    with pytest.raises(PlatformError) as caught:
        world.again().post(prepared) if endpoint == PUT else world.again().fetch(None, now())
    shown = f"{caught.value.message} {caught.value.do} {caplog.text}"
    assert "[secret]" in shown and not any(secret in shown for secret in secrets)


def test_post_dated_back_before_the_first_run_is_read_by_its_key(tmp_path: Path) -> None:
    """Its author claims 2020; its key was made after the start, and what counts is when it was written."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path, search=(), start="now")
        _, cursor = walk(world.platform, None)
        old = world.server.mention("dated back", created=now() - timedelta(days=2000))
        world.plant("in time")
        mention = found(world, cursor)[old.uri]
        assert now() - mention.created_at < timedelta(minutes=5) and now() - mention.age_start_at < timedelta(minutes=5)


def test_what_hangs_on_a_post_is_part_of_what_was_said(world: BlueskyWorld) -> None:
    """A picture without a word may be the whole complaint."""
    picture = world.server.mention("")
    picture.value["embed"] = {"images": [{"alt": "a torn seam"}, {"alt": ""}, 7]}
    film = world.server.mention("look")
    film.value["embed"] = {"video": {"ref": 1}, "alt": "it smokes"}
    link = world.server.mention("read")
    link.value["embed"] = {"external": {"uri": "https://a.example/x", "title": "A review"}}
    ours = world.server.own("We open at nine.").uri
    quote = world.network.post("bo.test", "no", quotes=ours)
    both = world.network.post("cy.test", "no", names=world.server.us.did)
    both.value["embed"] = {"record": {"record": {"uri": ours}}, "media": {"images": [{"alt": "a closed door"}]}}
    read = found(world)
    assert read[picture.uri].attachments == ("picture: a torn seam", "picture: no description")
    assert read[film.uri].attachments == ("video: it smokes",)
    assert read[link.uri].attachments == ("link: A review https://a.example/x",)
    assert read[quote.uri].attachments == ("quote: @shop.test: We open at nine.",)
    assert read[both.uri].attachments == ("picture: a closed door", "quote: @shop.test: We open at nine.")


def test_labels_of_author_and_moderators_are_kept(world: BlueskyWorld) -> None:
    """Each once; those that say nothing of the content are left."""
    post = world.server.mention("look at this")
    post.labels = ["graphic-media", "porn"]
    values = [{"val": "porn"}, {"val": "!no-unauthenticated"}]
    post.value["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    assert found(world)[post.uri].labels == ("porn", "graphic-media")


def test_a_record_of_odd_embeds_and_labels_is_read(world: BlueskyWorld) -> None:
    """Whatever an author's program wrote."""
    post = world.server.mention("hello")
    post.value |= {"embed": {"images": {"alt": 1}, "external": [], "media": 3, "record": []}, "labels": [1]}
    assert (found(world)[post.uri].attachments, found(world)[post.uri].labels) == ((), ())


def test_lost_answer_may_be_repeated_at_once(world: BlueskyWorld, mention: Mention) -> None:
    """The outbox need not hold all others: a put under our key, where nothing stands, makes no second post."""
    assert world.platform.repeat_is_safe
    prepared = world.platform.prepare(outgoing(world, mention), now())
    world.server.fail_next(PUT, "cut", after=True)
    with pytest.raises(PlatformError):
        world.platform.post(prepared)
    assert world.platform.post(prepared) == world.platform.find_reply(prepared)
    assert len(world.posted()) == 1
