"""Replies on Facebook: the one right path, what each code means, and a reply of which nobody knows."""

from datetime import timedelta

import pytest

from listener.errors import Held, Indeterminate, NotSent, PlatformError, ReadFailed, Refused
from listener.model import Mention, Outgoing, Prepared, Receipt
from listener.platforms import facebook
from listener.platforms.facebook.api import Facebook
from listener.platforms.kit.http import HttpClient
from listener.settings import EnvSecrets
from tests.fakes.meta import PAGE_ID, Comment
from tests.platforms.meta_worlds import FacebookWorld, facebook_world, later, poll, read

__all__ = ["facebook_world"]


def said(world: FacebookWorld, text: str = "hello", **more: Comment) -> Mention:
    """Somebody comments, and it is read."""
    comment = world.server.say(text, world.server.first, **more)  # type: ignore[arg-type]
    return read(poll(world)[0])[comment.key]


def reply(world: FacebookWorld, target: Mention, text: str = "Thank you!", number: int = 1) -> Prepared:
    """A reply as it was approved."""
    return world.platform.prepare(Outgoing(number, 1, text, target), world.server.now())


def test_comments_are_answered_by_the_edge_below_them(world: FacebookWorld) -> None:
    """`POST /COMMENT` without the edge would change what the customer wrote."""
    top = said(world)
    below = said(world, parent=world.server.comments[top.interaction_id])
    for number, target in enumerate((top, below)):
        world.platform.post(reply(world, target, f"Thank you {number}!", number))
    assert [line["in_reply_to"] for line in world.server.posted] == [top.id, below.id]
    assert world.server.edited == []


def test_visitors_post_is_answered_below_itself(world: FacebookWorld) -> None:
    """And found there again."""
    post = world.server.write("Do you ship?", kind="visitor")
    target = read(poll(world)[0])[post.id.rpartition("_")[2]]
    assert world.platform.check_post(target).text == "Do you ship?"
    prepared = reply(world, target)
    receipt = world.platform.post(prepared)
    assert world.again().find_reply(prepared) == receipt


@pytest.mark.parametrize("mode", ["unknown", "service", "downtime", "internal", "portal", "odd", "cut", "success"])
def test_answer_that_proves_nothing_leaves_the_reply_unconfirmed(world: FacebookWorld, mode: str) -> None:
    """Codes 1, 2 and 341, a code that no page explains, 5xx, and any 2xx without an id."""
    prepared = reply(world, said(world))
    world.server.fail_next("POST comments", mode, after=True)
    with pytest.raises(PlatformError) as caught:
        world.platform.post(prepared)
    assert not isinstance(caught.value, (NotSent, Refused))
    assert world.again().find_reply(prepared) is not None


@pytest.mark.parametrize(
    ("mode", "cause"),
    [("rate", "rate"), ("app-rate", "rate"), ("unauthorized", "account"), ("permission", "account"),
     ("as-person", "account"), ("proxy-page", "transient")],
)  # fmt: skip
def test_refusal_of_all_sends_nothing(world: FacebookWorld, mode: str, cause: str) -> None:
    """Throttles are HTTP 400; a code decides, never a word."""
    prepared = reply(world, said(world))
    world.server.fail_next("POST comments", mode)
    with pytest.raises(NotSent) as caught:
        world.platform.post(prepared)
    assert caught.value.cause == cause


@pytest.mark.parametrize(("mode", "state"), [("invalid", "failed"), ("gone", "failed"), ("same", "drafted")])
def test_refusal_of_one_reply(world: FacebookWorld, mode: str, state: str) -> None:
    """506: the outbox looks for it if an answer was lost before, else staff write it anew."""
    prepared = reply(world, said(world))
    world.server.fail_next("POST comments", mode)
    with pytest.raises(Refused) as caught:
        world.platform.post(prepared)
    assert caught.value.next_state == state


@pytest.mark.parametrize("mode", ["abusive", "success"])
def test_block_lasts_a_day_also_for_another_process(world: FacebookWorld, mode: str) -> None:
    """368: sending more would make it worse. Reading goes on."""
    target = said(world)
    world.platform = world.at("same")
    prepared = reply(world, target)
    world.server.fail_next("POST comments", mode)
    with pytest.raises(PlatformError):
        world.platform.post(prepared)
    poll(world)
    for platform in (world.platform, world.at("same")):
        with pytest.raises(Held) as held:
            platform.prepare(Outgoing(2, 1, "Hello", target), world.server.now())
        assert held.value.reason == "account"
    later(world, hours=25)
    world.at("same").prepare(Outgoing(2, 1, "Hello", target), world.server.now())


def test_reply_that_is_not_listed_is_looked_for_twice_and_then_a_persons(world: FacebookWorld) -> None:
    """What is held back as spam is invisible: a second one would be one too many. Also across restarts."""
    target = said(world)
    world.platform, world.server.held = world.at("same"), True
    prepared = reply(world, target)
    world.server.fail_next("POST comments", "cut", after=True)
    with pytest.raises(PlatformError):
        world.platform.post(prepared)
    assert world.platform.find_reply(prepared) is None
    later(world, seconds=61)
    with pytest.raises(Indeterminate):
        world.at("same").find_reply(prepared)


def test_first_look_that_comes_late_is_followed_by_a_second(world: FacebookWorld) -> None:
    """A process that was dead for an hour looks twice as well, a minute apart; it never answers "absent"."""
    target = said(world)
    prepared = reply(world, target)
    later(world, hours=1)
    with pytest.raises(ReadFailed) as caught:
        world.platform.find_reply(prepared)
    assert caught.value.cause == "item"
    later(world, seconds=61)
    with pytest.raises(Indeterminate):
        world.platform.find_reply(prepared)


def test_answer_to_another_comment_of_the_thread_is_not_ours(world: FacebookWorld) -> None:
    """Both stand below the first comment, and may have the same words."""
    top = said(world)
    below = said(world, "and you?", parent=world.server.comments[top.interaction_id])
    world.platform.post(reply(world, top))
    assert world.platform.find_reply(reply(world, below, number=2)) is None
    assert world.platform.check_post(below).answer_post_id is None


def test_colleagues_answer_is_seen_before_ours_goes_out(world: FacebookWorld) -> None:
    """In the app, below the comment."""
    target = said(world)
    own = world.plant_own("I have written to you.", target.id)
    assert world.platform.check_post(target).answer_post_id == own


@pytest.mark.parametrize("change", ["hidden", "closed", "deleted"])
def test_comment_that_changed_since_takes_no_reply(world: FacebookWorld, change: str) -> None:
    """Hidden on the Page, closed by Meta, or gone."""
    target = said(world)
    prepared, comment = reply(world, target), world.server.comments[target.interaction_id]
    comment.hidden, comment.can_comment, comment.deleted = change == "hidden", change != "closed", change == "deleted"
    with pytest.raises(Refused) as caught:
        world.platform.post(prepared)
    assert caught.value.next_state == ("withdrawn" if change == "deleted" else "by_hand")
    assert world.server.posted == []


def test_lost_rights_are_not_taken_for_a_deleted_comment(world: FacebookWorld) -> None:
    """Meta answers the same: then it answers nothing about ourselves either."""
    target = said(world)
    world.server.fail_next("GET object", "gone")
    world.server.fail_next("GET me", "unauthorized")
    with pytest.raises(ReadFailed) as caught:
        world.platform.check_post(target)
    assert caught.value.cause == "account"


def live(world: FacebookWorld, name: str, **keys: object) -> Facebook:
    """The platform as it is where Meta is not on this machine."""

    class Real(facebook.Section):
        is_trial = False

    section = Real(page_id=PAGE_ID, api_url=world.server.url, **keys)  # type: ignore[arg-type]
    folder = world.folder / name
    folder.mkdir(exist_ok=True)
    web, secrets = HttpClient(seconds=5.0), EnvSecrets(world.env)
    return Facebook(section, secrets, folder, web=web, clock=world.server.now)


def test_nothing_is_sent_before_somebody_attests_that_the_app_is_live(world: FacebookWorld) -> None:
    """In Development mode a reply is seen by people with a role alone, and the API answers 200."""
    target = said(world)
    with pytest.raises(Held) as held:
        live(world, "a").prepare(Outgoing(1, 1, "Hello", target), world.server.now())
    assert held.value.reason == "attestation"
    before = len(world.server.calls)
    with pytest.raises(Held):
        live(world, "a").check_post(target)
    assert len(world.server.calls) == before, "replies that wait use up no calls"
    live(world, "a", app_is_live=True).prepare(Outgoing(1, 1, "Hello", target), world.server.now())


def test_first_reply_is_shown_to_staff_before_others_follow(world: FacebookWorld) -> None:
    """A quarter of an hour in which somebody can look at it logged out, and pause."""
    target, again = said(world), said(world, "me too")
    platform = live(world, "b", app_is_live=True, reply_spacing_seconds=0.0)
    first = platform.post(platform.prepare(Outgoing(1, 1, "Thank you!", target), world.server.now()))
    with pytest.raises(Held) as held:
        platform.prepare(Outgoing(2, 1, "Glad to hear it.", again), world.server.now())
    with pytest.raises(ReadFailed) as waiting:
        platform.check_post(again)
    assert (waiting.value.cause, waiting.value.retry_at) == ("rate", held.value.until)
    assert "logged out" in held.value.message and first.url and first.url in held.value.message
    later(world, minutes=16)
    platform.post(platform.prepare(Outgoing(2, 1, "Glad to hear it.", again), world.server.now()))


TEXTS = ("Thank you so much for your kind words!", "thank you so much for your  kind words", "We ship to Canada.")


def test_near_equal_texts_are_counted_for_the_page(world: FacebookWorld) -> None:
    """Canned thank-yous are what Meta takes for spam; other words go out."""
    target = said(world)
    platform = live(world, "c", app_is_live=True, alike_per_day=1, reply_spacing_seconds=0.0)
    world_now = world.server.now
    platform.post(platform.prepare(Outgoing(1, 1, TEXTS[0], target), world_now()))
    later(world, minutes=16)
    with pytest.raises(Held) as held:
        platform.prepare(Outgoing(2, 1, TEXTS[1], target), world_now())
    assert held.value.reason == "duplicate"
    platform.prepare(Outgoing(2, 1, TEXTS[2], target), world_now())


def test_replies_keep_a_distance_and_a_cap_an_hour(world: FacebookWorld) -> None:
    """With jitter; a new process knows what another has sent."""
    target, keys = said(world), {"app_is_live": True, "replies_per_hour": 2}
    receipts: list[Receipt] = []
    for number in range(2):
        platform = live(world, "d", **keys)
        receipts.append(
            platform.post(platform.prepare(Outgoing(number, 1, TEXTS[number * 2], target), world.server.now()))
        )
        with pytest.raises(Held):
            live(world, "d", **keys).prepare(Outgoing(9, 1, "Other words", target), world.server.now())
        later(world, minutes=16)
    with pytest.raises(Held) as held:
        live(world, "d", **keys).prepare(Outgoing(9, 1, "Other words", target), world.server.now())
    assert held.value.reason == "cap" and len(receipts) == 2
    later(world, minutes=46)
    live(world, "d", **keys).prepare(Outgoing(9, 1, "Other words", target), world.server.now() + timedelta(seconds=1))
