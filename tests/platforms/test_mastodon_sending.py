"""Sending on Mastodon: in kind, once, and each failed call in its sort."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.errors import NotSent, PlatformError, ReadFailed, Refused
from listener.model import Outgoing
from tests.fakes.mastodon import GOTOSOCIAL, MASTODON, SNAC, MastodonServer
from tests.platforms.mastodon_world import MastodonWorld, a_mention, a_reply, serving

POST = "POST statuses"
PLAIN = replace(MASTODON, filters=False)


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    """A fake with Mastodon's manners."""
    with serving(MASTODON) as one:
        yield one


@pytest.fixture
def world(server: MastodonServer) -> MastodonWorld:
    """The platform on it."""
    return MastodonWorld(server, hashtags=())


@pytest.mark.parametrize("seen_by", ["public", "unlisted", "private", "direct"])
def test_reply_is_seen_by_whom_the_mention_was(world: MastodonWorld, seen_by: str) -> None:
    """A direct mention is never answered in public."""
    world.platform.post(a_reply(world, a_mention(world, visibility=seen_by)))
    assert [reply["visibility"] for reply in world.server.posted] == [seen_by]


def test_what_only_the_author_may_read_is_whispered(world: MastodonWorld) -> None:
    """A code is a direct message in the thread of a public mention; it is found again, and names nobody else."""
    target = a_mention(world, visibility="public")
    reply = Outgoing(1, 1, world.preview("Your code is TEN-00001.", target).text, target, is_private=True)
    prepared = world.platform.prepare(reply, world.now())
    receipt = world.platform.post(prepared)
    assert [posted["visibility"] for posted in world.server.posted] == ["direct"]
    found = world.again().find_reply(prepared)
    assert found is not None and found.remote_id == receipt.remote_id
    others = replace(reply, text=f"{reply.text} @bo@far.example", reply_id=2)
    with pytest.raises(Refused, match="would also be sent to @bo@far"):
        world.platform.post(world.platform.prepare(others, world.now()))


def test_visibility_nobody_knows_is_answered_in_private(world: MastodonWorld) -> None:
    """A server may invent one: no answer is wider than the mention."""
    world.platform.post(a_reply(world, a_mention(world, visibility="guild")))
    assert [reply["visibility"] for reply in world.server.posted] == ["direct"]


def test_author_is_named_first_and_counted_without_the_server(world: MastodonWorld) -> None:
    """Without the @handle nobody is notified."""
    target = a_mention(world, by="bo@far.example")
    shown = world.preview("Thank you!", target)
    assert (shown.text, shown.length) == ("@bo@far.example Thank you!", len("@bo Thank you!"))
    assert world.preview("@bo@far.example.org is somebody else", target).text.startswith("@bo@far.example @bo@far")


def test_key_is_sent_and_a_server_that_keeps_to_it_posts_once(world: MastodonWorld) -> None:
    """Mastodon gives back the first post."""
    reply = a_reply(world, a_mention(world))
    assert world.platform.post(reply) == world.again().post(reply)
    assert [reply["key"] for reply in world.server.posted] == [reply.key]


FATES = [
    ("unauthorized", NotSent, "account"),
    ("scope", NotSent, "account"),
    ("moved", NotSent, "account"),
    ("rate", NotSent, "rate"),
    ("overload", NotSent, "rate"),
    ("missing-page", NotSent, "transient"),
    ("forbidden", Refused, "by_hand"),
    ("gone", Refused, "withdrawn"),
    ("too-long", Refused, "failed"),
    ("internal", PlatformError, ""),
    ("unavailable", PlatformError, ""),
    ("bad-gateway", PlatformError, ""),
    ("cut", PlatformError, ""),
    ("half", PlatformError, ""),
    ("stall", PlatformError, ""),
    ("drip", PlatformError, ""),
]


@pytest.mark.parametrize(("mode", "sort", "what"), FATES, ids=[mode for mode, _, _ in FATES])
def test_every_way_a_post_can_fail_is_sorted(
    server: MastodonServer, mode: str, sort: type[Exception], what: str
) -> None:
    """Surely not sent, refused for good, or nobody knows: and one line says which."""
    world = MastodonWorld(server, hashtags=(), seconds=0.4)
    reply = a_reply(world, a_mention(world))
    world.server.fail_next(POST, mode)
    with pytest.raises(sort) as caught:
        world.platform.post(reply)
    assert type(caught.value) is sort
    assert getattr(caught.value, "cause", getattr(caught.value, "next_state", "")) == what
    assert "Mastodon" in str(caught.value)
    assert world.server.posted == []


@pytest.mark.parametrize("body", ["", "[]", '{"id": 7}', "<html>welcome</html>"])
def test_success_without_an_id_is_unknown(world: MastodonWorld, body: str) -> None:
    """A captive portal answers 200 too."""
    reply = a_reply(world, a_mention(world))
    world.server.fail_next(POST, "body", text=body, after=True)
    with pytest.raises(PlatformError) as caught:
        world.platform.post(reply)
    assert type(caught.value) is PlatformError
    assert world.platform.find_reply(reply) is not None


def test_overload_is_waited_for_as_told(world: MastodonWorld) -> None:
    """GoToSocial's second kind of 429 has Retry-After and no rate headers; it stops reading too."""
    reply = a_reply(world, a_mention(world))
    world.server.fail_next(POST, "overload", headers={"Retry-After": "30"})
    with pytest.raises(NotSent) as caught:
        world.platform.post(reply)
    assert caught.value.retry_at is not None
    assert timedelta(seconds=28) < caught.value.retry_at - world.now() < timedelta(seconds=45)
    with pytest.raises(ReadFailed):
        world.round(None)
    world.ahead(timedelta(seconds=46))
    assert world.platform.post(reply).remote_id


def test_mention_that_cannot_be_looked_at_is_not_answered(world: MastodonWorld) -> None:
    """Who may see it is unknown, so nothing is said yet."""
    reply = a_reply(world, a_mention(world))
    world.server.fail_next("GET status", "unavailable", times=2)
    with pytest.raises(NotSent):
        world.platform.post(reply)
    assert world.server.posted == []


def test_missing_token_is_told_before_any_call(world: MastodonWorld) -> None:
    """Also one that no header can carry."""
    for token in ("", "ends in a line\nend", "töken"):
        world.env["EARSHOT_MASTODON_TOKEN"] = token
        world.server.calls.clear()
        with pytest.raises(ReadFailed) as caught:
            world.again().fetch(None, world.now())
        assert (caught.value.cause, world.server.calls) == ("account", [])


@pytest.mark.parametrize(
    ("manners", "most"), [(GOTOSOCIAL, 5000), (SNAC, 500), (replace(MASTODON, filters=False), 500)]
)
def test_check_tells_where_the_limits_differ(manners: Any, most: int) -> None:
    """`preview` is pure and knows the section's limit: an operator is told the server's."""
    with serving(manners) as server:
        message = MastodonWorld(server, characters=400).platform.whoami().remarks
        assert message == (f"this server takes {most} characters and not 400: longer replies are possible; "
                        f"set characters = {most}",)  # fmt: skip
        assert MastodonWorld(server, characters=most).platform.whoami().remarks == ()


def test_text_beyond_the_servers_limit_is_refused_with_what_to_do(world: MastodonWorld) -> None:
    """The operator said 5,000, the server takes 500."""
    world = MastodonWorld(world.server, hashtags=(), characters=5000)
    with pytest.raises(Refused) as caught:
        world.platform.post(a_reply(world, a_mention(world), "w" * 600))
    assert (caught.value.next_state, "check --online" in caught.value.do) == ("failed", True)


def test_token_that_may_not_write_still_reads(world: MastodonWorld) -> None:
    """Sending stops and an operator is told; no mention waits for that."""
    reply = a_reply(world, a_mention(world))
    world.server.fail_next(POST, "scope")
    with pytest.raises(NotSent):
        world.platform.post(reply)
    assert a_mention(world)
