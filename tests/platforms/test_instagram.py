"""Instagram: numbers that tell of comments, answers in threads, and a token that lives 60 days."""

import pytest

from listener.errors import PlatformError, ReadFailed, Refused
from listener.model import Mention, Outgoing, Prepared
from listener.platforms import instagram
from tests.fakes.meta import ACCOUNT_ID
from tests.platforms.meta_worlds import InstagramWorld, endpoints, instagram_world, later, poll, read

__all__ = ["instagram_world"]


def reply(world: InstagramWorld, target: Mention, text: str = "Thank you!", number: int = 1) -> Prepared:
    """A reply as it was approved."""
    return world.platform.prepare(Outgoing(number, 1, world.preview(text, target).text, target), world.server.now())


def test_a_quiet_round_asks_for_numbers_alone(world: InstagramWorld) -> None:
    """Comments are read where the number moved."""
    world.server.say("hello", world.server.first)
    cursor = poll(world)[1]
    endpoints(world)
    cursor = poll(world, cursor)[1]
    assert endpoints(world) == ["GET media", "GET tags"]
    new = world.server.say("hello again", world.server.first)
    assert new.id in read(poll(world, cursor)[0])


@pytest.mark.parametrize("counted", [True, False])
def test_answer_to_an_old_comment_is_found(world: InstagramWorld, counted: bool) -> None:
    """Whether or not answers count: by the next full round where they do, within a day where they do not."""
    world.server.counted = counted
    old = world.server.say("first", world.server.first)
    for number in range(120):
        world.server.say(f"comment {number}", world.server.first)
    cursor = poll(world)[1]
    answer = world.server.say("still broken", world.server.first, parent=old)
    later(world, **({"minutes": 31} if counted else {"hours": 25}))
    assert answer.id in read(poll(world, cursor)[0])


def test_answer_that_no_number_tells_of_is_found_below_a_lively_medium(world: InstagramWorld) -> None:
    """Where answers do not count: a full round looks at the newest comments of media that somebody spoke below."""
    world.server.counted = False
    top = world.server.say("first", world.server.first)
    cursor = poll(world)[1]
    answer = world.server.say("still broken", world.server.first, parent=top)
    later(world, minutes=31)
    assert answer.id in read(poll(world, cursor)[0])


def test_more_answers_than_stand_inside_a_comment_are_read(world: InstagramWorld) -> None:
    """They have a list of their own."""
    world.server.inside = 2
    top = world.server.say("Who else?", world.server.first)
    answers = {world.server.say(f"me {number}", world.server.first, parent=top).id for number in range(7)}
    assert answers <= set(read(poll(world)[0]))


def test_answers_in_a_list_of_their_own_are_said_to_whom_they_answer(world: InstagramWorld) -> None:
    """Ours in a long thread below our comment, with a link for staff; theirs below somebody else's."""
    world.server.inside = 1
    ours = world.server.say("What shall we print next?", world.server.first, author=world.server.me)
    theirs = world.server.say("Who else?", world.server.first, by="ada")
    to_us = [world.server.say(f"trees {n}", world.server.first, by=f"a{n}", parent=ours).id for n in range(4)]
    to_ada = [world.server.say(f"me {n}", world.server.first, by=f"b{n}", parent=theirs).id for n in range(4)]
    mentions = read(poll(world)[0])
    assert [mentions[one].is_addressed for one in (*to_us, *to_ada)] == [True] * 4 + [False] * 4
    assert len({mentions[one].url for one in (*to_us, *to_ada)}) == 1


def test_comment_without_an_id_costs_itself_alone(world: InstagramWorld) -> None:
    """Also one with a long thread."""
    fine, broken = (world.server.say(text, world.server.first) for text in ("hello", "?"))
    broken.raw = {"text": "?", "replies": {"data": [], "paging": {"cursors": {"after": "x"}, "next": "https://x"}}}
    pages = poll(world)[0]
    assert fine.id in read(pages)
    assert [len(page.quarantined_items) for page in pages if page.quarantined_items] == [1]


def test_number_without_a_list_is_a_trouble_and_not_silence(world: InstagramWorld) -> None:
    """Reported of apps in Development mode: eight comments, and an empty list with cursors."""
    poll(world)
    world.server.say("hello", world.server.first)
    world.server.is_page = False
    troubles = [page.error for page in poll(world)[0] if page.error]
    assert troubles and "Development mode" in troubles[0].message
    world.server.is_page = True


def test_tagged_media_are_a_persons(world: InstagramWorld) -> None:
    """Pages without `next`; no comment is allowed there."""
    media = {world.server.write(f"with @fernhill {n}", kind="tagged").id for n in range(40)}
    mentions = read(poll(world)[0])
    assert media <= set(mentions)
    assert not any(mentions[one].can_reply for one in media)


def test_answer_to_an_answer_names_whom_it_is_for(world: InstagramWorld) -> None:
    """Only first comments take answers."""
    top = world.server.say("first", world.server.first, by="ada")
    below = world.server.say("me too", world.server.first, by="bo", parent=top)
    target = read(poll(world)[0])[below.id]
    prepared = reply(world, target)
    receipt = world.platform.post(prepared)
    assert world.posted() == [("@bo Thank you!", top.id)]
    assert world.again().find_reply(prepared) == receipt
    assert not target.is_addressed, "it was said to ada"


@pytest.mark.parametrize("mode", ["publish", "unknown", "internal", "cut", "success"])
def test_answer_that_proves_nothing_leaves_the_reply_unconfirmed(world: InstagramWorld, mode: str) -> None:
    """Also Instagram's own codes of publishing, which are below zero."""
    comment = world.server.say("hello", world.server.first)
    prepared = reply(world, read(poll(world)[0])[comment.id])
    world.server.fail_next("POST replies", mode, after=True)
    with pytest.raises(PlatformError) as caught:
        world.platform.post(prepared)
    assert type(caught.value) is PlatformError
    assert world.again().find_reply(prepared) is not None


@pytest.mark.parametrize("text", ["#a #b #c #d #e", "https://a.example https://b.example", "THANK YOU"])
def test_what_instagram_may_refuse_is_not_sent(world: InstagramWorld, text: str) -> None:
    """Rules of its older API: staff change the words."""
    comment = world.server.say("hello", world.server.first)
    prepared = reply(world, read(poll(world)[0])[comment.id], text)
    with pytest.raises(Refused) as caught:
        world.platform.post(prepared)
    assert caught.value.next_state == "failed" and world.posted() == []


def test_token_is_renewed_and_written_down_before_it_is_used(world: InstagramWorld) -> None:
    """A day after it is first seen, for nobody knows how old it is; then at half its life. Another process knows it."""
    world.server.made_at, world.platform = world.server.now(), world.at("same")
    cursor = poll(world)[1]
    for days in (1, 31, 31, 31):
        later(world, days=days)
        world.platform = world.at("same")
        cursor = poll(world, cursor)[1]
    assert world.server.renewals == 4
    kept = world.folder / "same" / "instagram-token.json"
    assert kept.stat().st_mode & 0o077 == 0 and "fake-meta-token" not in kept.read_text()
    world.env["EARSHOT_INSTAGRAM_TOKEN"] = world.server.token = "made by hand"
    poll(world, cursor)


def test_token_that_is_not_renewed_is_an_alarm_from_day_45(world: InstagramWorld) -> None:
    """Reading goes on while it lives; the last call says that it is dead."""
    world.server.made_at, world.platform = world.server.now(), world.at("same")
    cursor, alarms = poll(world)[1], []
    world.server.fail_next("GET renewal", "unknown", times=1_000)
    for day in range(1, 60):
        later(world, hours=23.9)
        pages, cursor = poll(world, cursor)
        alarms += [day for page in pages if page.error and page.feed == "token renewal"]
    assert alarms[0] in (45, 46) and alarms == list(range(alarms[0], 60))
    later(world, days=2)
    with pytest.raises(ReadFailed) as caught:
        poll(world, cursor)
    assert caught.value.cause == "account"


def test_token_of_a_facebook_login_is_not_renewed_here(world: InstagramWorld) -> None:
    """A Page's token does not end; a person's is renewed by that login."""
    world.section = instagram.Section(account_id=ACCOUNT_ID, api_url=world.server.url, login="facebook")
    world.platform = world.again()
    cursor = poll(world)[1]
    later(world, days=40)
    poll(world, cursor)
    assert world.server.renewals == 0 and "GET renewal" not in endpoints(world)


def test_account_that_the_token_does_not_show_stops_everything(world: InstagramWorld) -> None:
    """Nothing is read, and nothing moves."""
    world.section = instagram.Section(account_id="17840000000000009", api_url=world.server.url)
    world.platform = world.again()
    with pytest.raises(ReadFailed) as caught:
        poll(world)
    assert caught.value.cause == "account" and caught.value.do


def test_hosts_of_the_two_logins() -> None:
    """One key chooses; an address of one's own wins."""
    hosts = [instagram.Section(account_id=ACCOUNT_ID, login=login).host for login in ("instagram", "facebook")]
    assert hosts == ["https://graph.instagram.com", "https://graph.facebook.com"]
    assert instagram.Section(account_id=ACCOUNT_ID, api_url="http://127.0.0.1:1").host == "http://127.0.0.1:1"


def test_status_says_what_cannot_be_seen(world: InstagramWorld) -> None:
    """In one sentence, with the day's calls."""
    cursor = poll(world)[1]
    lines = world.section.status_lines(cursor, world.server.now())
    assert "mentions in other people's captions" in " ".join(lines) and "calls on" in lines[0]
    assert "mentions in other people's captions" in " ".join(world.section.notes())
