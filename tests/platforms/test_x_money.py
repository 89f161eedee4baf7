"""What X costs: reckoned as X bills it, reserved before, never past the budget."""

from datetime import timedelta

import pytest

from listener.errors import NotSent, OverBudget, ReadFailed
from listener.model import Outgoing
from tests.fakes.x import XServer
from tests.platforms.contract import now, walk
from tests.platforms.x_world import XWorld, a_mention, one_round

ME = "GET /2/users/me"


@pytest.mark.parametrize("owned", [False, True])
def test_ledger_agrees_with_the_bill(server: XServer, owned: bool) -> None:
    """Owned reads or not, searches, users, own posts, a reply: the sum X would bill."""
    server.x.account.owns_app = owned
    world = XWorld(server, app_owned_by_brand=owned, search=("teapot",), look_up_authors="always")
    posts = [server.mention(f"@shop teapot {n}", author_id=str(7000 + n % 3)) for n in range(130)]
    _, cursor = walk(world.platform, None)
    world.platform.post(world.platform.prepare(Outgoing(1, 1, "Thanks", a_mention(id=posts[0].id)), now()))
    walk(world.platform, cursor)
    assert world.bill.usd == server.x.ledger.usd() > 0


def test_what_was_billed_today_is_free_until_midnight(server: XServer) -> None:
    """X bills a post once a UTC day; the overlap across midnight is billed again."""
    world = XWorld(server)
    world.ahead(timedelta(days=1) + server.x.posts.now().replace(hour=12) - server.x.posts.now())
    server.mention("@shop hello")
    cursor = None
    for _ in range(3):
        cursor = world.platform.fetch(cursor, server.x.posts.now()).cursor
    assert (world.bill.usd, server.x.ledger.usd()) == (0.001, 0.001)
    world.ahead(timedelta(days=1))
    for _ in range(3):
        cursor = world.platform.fetch(cursor, server.x.posts.now()).cursor
    assert world.bill.usd == server.x.ledger.usd()


def test_authors_are_looked_up_only_where_something_new_may_stand(server: XServer) -> None:
    """Not again for the overlap below known ground, and never our own."""
    world = XWorld(server, look_up_authors="always")
    for n in range(350):
        server.mention(f"@shop {n}", author_id=str(7000 + n))
    cursor = one_round(world, None)[1]
    assert server.x.ledger.usd("user") == 3.5
    world.ahead(timedelta(days=1))
    server.mention("@shop new", author_id="9000")
    told = one_round(world, cursor)[0]
    assert next(mention.author_handle for page in told for mention in page.mentions) == "user9000"
    asked = ["author_id" in params.get("expansions", "") for _, name, _, params in server.x.ledger.calls if name != ME]
    assert asked[-5:] == [True, True, False, False, False]
    assert server.x.ledger.usd("user") == 3.5 + 2.0
    assert world.bill.usd == server.x.ledger.usd()


def test_reading_stops_before_the_budget_is_passed(server: XServer) -> None:
    """Smaller pages towards its end, then nothing until midnight UTC; never a cent over."""
    world = XWorld(server)
    world.platform.set_own_posts_needed(False)
    world.bill.budget = 0.150
    for n in range(400):
        server.mention(f"@shop {n}")
    cursor = None
    with pytest.raises(ReadFailed) as caught:
        while True:
            cursor = world.platform.fetch(cursor, server.x.posts.now()).cursor
    assert caught.value.cause == "billing"
    until = caught.value.retry_at
    assert until is not None and (until.hour, until.minute) == (0, 0)
    assert 0.140 < server.x.ledger.usd() <= 0.150


def test_budget_of_nothing_makes_no_billed_call(server: XServer) -> None:
    """`daily_budget_usd = 0`."""
    world = XWorld(server)
    world.bill.budget = 0
    with pytest.raises(ReadFailed):
        world.platform.fetch(None, server.x.posts.now())
    assert [name for _, name, _, _ in server.x.ledger.calls] == ["GET /2/users/me"]


def test_reply_beyond_the_budget_is_held_alone(server: XServer) -> None:
    """With a link the high price is reserved; the others go out, until not even the cheapest can be paid for."""
    world = XWorld(server)
    world.bill.budget = 0.015
    post = a_mention(id=server.mention("@shop hello").id)
    ready = [
        world.platform.prepare(Outgoing(n, 1, text, post), now())
        for n, text in ((1, "See example.com"), (2, "Thanks"), (3, "Bye"))
    ]
    with pytest.raises(OverBudget):
        world.platform.post(ready[0])
    assert world.platform.post(ready[1]).remote_id
    with pytest.raises(NotSent) as caught:
        world.platform.post(ready[2])
    assert caught.value.cause == "billing"
    assert len(world.posted()) == 1
