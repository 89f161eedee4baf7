"""A coupon follows its reply: reserved with the draft, given when sent, free again only if it surely never left."""

import itertools
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from listener.analysis.report import report
from listener.club_rules import Pool
from listener.codes import mask
from listener.desk import access, autonomy, members, offers, people, transitions
from listener.desk.forget import forget
from listener.errors import DeskError, NotSent, Refused
from listener.model import Outgoing
from listener.store import coupons, notices, reward_book, sqlite_file
from listener.store.contents import read_all
from listener.store.engine import open_store
from listener.store.tables import approval, event, reply
from tests import factories
from tests.club.shop import ADA, CLAIM, CLUB, COMPLAINT, Shop, numbers, offer, policy
from tests.databases import make_store, only_on_sqlite
from tests.desk.world import preview

CODE = "TEN-00001"
SHOWN = mask(CODE)
BO = {"author_id": "bo", "author_handle": "bo"}


def test_who_asks_with_the_claim_phrase_gets_a_draft_with_a_coupon(shop: Shop) -> None:
    """The code is nowhere but in its table; what is shown is as long as what will be sent."""
    number = shop.claim()
    reply_ = shop.world.reply(number)
    assert (reply_.kind, reply_.state, reply_.auto, reply_.revision) == ("claim", "drafted", False, 2)
    assert SHOWN in shop.text(number) and len(SHOWN) == len(CODE)
    assert (shop.stock().reserved, shop.stock().free) == (1, 4)
    with shop.world.store.read() as connection:
        told = [str(connection.execute(select(table)).all()) for table in (reply, event, approval)]
    assert not any(CODE in text for text in told)


def test_the_code_goes_out_whole_in_private_and_once(shop: Shop) -> None:
    """What is posted is what was approved, with the code in the place of its mask."""
    number = shop.claim()
    prepared: list[Outgoing] = []
    prepare = shop.platform.prepare
    shop.platform.prepare = lambda reply, now: prepared.append(reply) or prepare(reply, now)  # type: ignore[func-returns-value, method-assign]
    assert shop.approve(number) is None
    shop.send()
    shop.send()
    (post,) = shop.platform.posts
    assert CODE in post[2] and "****" not in post[2] and prepared[0].is_private
    assert shop.world.reply(number).state == "sent" and shop.stock().given == 1
    assert shop.stock().given_cents == 1000


def test_a_code_that_a_platform_would_show_to_everybody_does_not_leave(shop: Shop) -> None:
    """Approved while it could answer in private; a moment later it cannot: another module, another setting."""
    number = shop.claim()
    prepare = shop.platform.prepare
    public = lambda reply, now: replace(prepare(reply, now), is_private=False)  # noqa: E731 -- stands for a method
    shop.platform.prepare = public  # type: ignore[method-assign]
    assert shop.approve(number) is None
    shop.send()
    assert shop.platform.posts == [] and shop.world.reply(number).state == "drafted"
    assert shop.stock().reserved == 1


def test_where_nobody_can_whisper_a_person_posts_it(shop: Shop) -> None:
    """The public text has the mask; the code is shown to who posts it by hand, and that is logged."""
    number = shop.claim()
    with pytest.raises(DeskError, match="approve it first"):
        offers.show_code(shop.world.store, shop.desk(), number)
    assert shop.approve(number, whispers=False) is None
    assert shop.world.reply(number).state == "by_hand"
    assert CODE in offers.show_code(shop.world.store, shop.desk(), number)
    assert [one.what for one in shop.world.events(number)][-1] == "code_shown"
    shop.send()
    assert shop.platform.posts == []
    transitions.done(shop.world.store, shop.desk(), number, None)
    assert shop.stock().given == 1


def test_nobody_gets_an_offer_twice_and_no_member_by_another_account(shop: Shop) -> None:
    """C2, also once they were forgotten: a digest recognises them."""
    first = shop.claim()
    second = shop.claim()
    refused = shop.world.reply(second)
    assert (refused.state, refused.text) == ("escalated", None)
    assert refused.error == f"the author has offer autumn already, by reply {first}"
    shop.approve(first)
    shop.send()
    forget(shop.world.store, shop.desk(), "ada", factories.author_of)
    third = shop.claim(id="m99", interaction_id="m99", created_at=shop.world.after(minutes=1).now, **ADA)
    assert shop.world.reply(third).state == "escalated" and shop.stock().reserved == 0


def test_a_members_accounts_have_one_coupon_together(shop: Shop) -> None:
    """By the member, whatever the account."""
    store, desk = shop.world.store, shop.desk()
    shop.world.said("@fernhill join the club, and I am @bo too", **ADA)
    shop.world.said("@fernhill I am @ada elsewhere", **BO)
    members.join(store, desk, "ada", ("memory", "m1"))
    members.add_account(store, desk, "ada", "bo", [("memory", "m1"), ("memory", "m2")])
    mine, other = shop.claim(**ADA), shop.claim(**BO)
    assert shop.world.reply(mine).state == "drafted" and shop.world.reply(other).state == "escalated"
    shop.give(other, "autumn", again=True)
    assert len(shop.holders()) == 2


def test_only_members_get_what_is_for_members(shop: Shop) -> None:
    """And who joins may have it."""
    number = shop.world.said(COMPLAINT, "@fernhill I join the club, but my parcel is late", **ADA)[0]
    with pytest.raises(DeskError, match="offer thanks is for members"):
        shop.give(number, "thanks")
    members.join(shop.world.store, shop.desk(), "ada", ("memory", "m2"))
    shop.give(number, "thanks")
    assert shop.text(number).endswith("Not with other offers.") and shop.stock().reserved == 1


def test_goodwill_needs_a_reason_and_goes_behind_the_apology(shop: Shop) -> None:
    """The draft stays what it was; the rest is the offer's text."""
    number = shop.world.said(COMPLAINT, **ADA)[0]
    before = shop.text(number)
    with pytest.raises(DeskError, match="a reason is needed"):
        shop.give(number, reason=" ")
    shop.give(number)
    assert shop.text(number).startswith(f"{before} Your code is {SHOWN}") and shop.world.reply(number).kind == "support"
    with pytest.raises(DeskError, match=f"reply {number} has a coupon of offer sorry"):
        shop.give(number)
    (given,) = people.person(shop.world.store, "ada", shop.world.now).rewards
    assert (given.offer, given.reply_id, given.state, given.code) == ("sorry", number, "drafted", SHOWN)
    offers.drop(shop.world.store, shop.desk(), number)
    assert shop.text(number) == before and shop.stock().free == 5


def end_by_desk(shop: Shop, number: int, name: str) -> None:
    """What a person at the desk does with a claim's draft."""
    store, desk = shop.world.store, shop.desk()
    if name == "rejected":
        transitions.reject(store, desk, number, "no")
    elif name == "edited without it":
        transitions.edit(store, desk, number, "Sorry, the offer is over.")
    elif name == "edited around it":
        transitions.edit(store, desk, number, f"Here: {SHOWN}")
    elif name == "escalated":
        transitions.escalate(store, desk, number)
    elif name == "opted out":
        people.opt_out(store, desk, "ada", None)
    elif name == "forgotten":
        forget(store, desk, "ada", factories.author_of)
    elif name == "approved and undone":
        shop.approve(number)
        transitions.undo(store, desk, number)
    elif name == "by hand, then closed":
        shop.approve(number, whispers=False)
        transitions.close(store, desk, number, "told on the phone")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rejected", "free"),
        ("edited without it", "free"),
        ("edited around it", "reserved"),
        ("escalated", "free"),
        ("opted out", "free"),
        ("forgotten", "free"),
        ("approved and undone", "reserved"),
        ("by hand, then closed", "void"),
    ],
)
def test_a_coupon_follows_what_staff_do(shop: Shop, name: str, expected: str) -> None:
    """Free again only where the words surely never left; else it stays this person's, or is void."""
    end_by_desk(shop, shop.claim(), name)
    assert getattr(shop.stock(), expected) == (5 if expected == "free" else 1)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (None, "given"),
        (NotSent("busy"), "reserved"),
        (Refused("no", "failed"), "reserved"),
        (ConnectionResetError("cut"), "in_doubt"),
    ],
)
def test_a_coupon_follows_what_sending_does(shop: Shop, trouble: Exception | None, expected: str) -> None:
    """What surely was not sent stays this person's; rejected then, it is void: it was on its way once."""
    number = shop.claim()
    shop.platform.script = [trouble] if trouble else []
    shop.approve(number)
    shop.send()
    assert getattr(shop.stock(), expected) == 1
    if expected == "reserved":
        transitions.reject(shop.world.store, shop.desk(), number, "no")
        assert shop.stock().void == 1


def test_a_free_coupon_goes_to_the_next_and_a_void_one_to_nobody(shop: Shop) -> None:
    """The first code again, and never the one that may be known."""
    transitions.reject(shop.world.store, shop.desk(), shop.claim(), "no")
    number = shop.claim(**BO)
    assert SHOWN in shop.text(number)
    shop.approve(number, whispers=False)
    transitions.close(shop.world.store, shop.desk(), number, "told on the phone")
    assert mask("TEN-00002") in shop.text(shop.claim(author_id="cy", author_handle="cy"))
    shop.give(shop.world.said(COMPLAINT, **BO)[0], "autumn", again=True)
    assert sorted(code for code, _ in shop.holders()) == ["TEN-00001", "TEN-00002", "TEN-00003"]


def test_a_reply_that_is_reopened_has_no_coupon_any_more(shop: Shop) -> None:
    """Its text still shows a mask: it cannot be approved until that is gone."""
    number = shop.claim()
    transitions.reject(shop.world.store, shop.desk(), number, "no")
    transitions.reopen(shop.world.store, shop.desk(), number)
    assert "is not a coupon of this reply" in str(shop.approve(number))
    transitions.edit(shop.world.store, shop.desk(), number, "Sorry, the offer is over.")
    assert shop.approve(number) is None


def test_a_code_that_somebody_typed_is_refused(shop: Shop) -> None:
    """In an edit, in any case, also with a comma behind it; and so is a variable that nobody filled in."""
    number = shop.world.said(COMPLAINT, **ADA)[0]
    for text in (
        f"Use {CODE}, please",
        "use ten-00003!",
        f"Use {SHOWN} please",
        "Use {coupon} please",
    ):
        with pytest.raises(DeskError):
            transitions.edit(shop.world.store, shop.desk(), number, text)


def test_a_reply_with_a_coupon_names_nobody_else(shop: Shop) -> None:
    """Whom it names could read it."""
    number = shop.claim()
    transitions.edit(shop.world.store, shop.desk(), number, f"Here: {SHOWN} says @bo")
    assert "@bo could read it" in str(shop.approve(number))


def test_caps_budget_and_an_empty_pool_refuse_with_the_reason(tmp_path: Path, shop: Shop) -> None:
    """And an offer that does not run, is for another platform, or for who was known."""

    def refused(number: int = 0, **changes: object) -> str:
        club = replace(CLUB, offers=(offer("sorry", "goodwill", **changes),))
        shop.world.policy = policy(club)
        try:
            shop.give(shop.world.said(COMPLAINT, author_id=f"u{number}", author_handle=f"u{number}")[0])
        except DeskError as error:
            return error.what
        return ""

    people_ = itertools.count(100)
    assert refused(next(people_)) == ""
    assert "1 times today" in refused(next(people_), per_day=1)
    assert "budget of 15.00 EUR" in refused(next(people_), budget_cents=1500)
    assert "runs from" in refused(next(people_), from_=date(2026, 11, 23))
    assert "runs from" in refused(next(people_), until=date(2026, 11, 22))
    assert "is not for memory" in refused(next(people_), platforms=("mastodon",))
    assert "with the tier gold" in refused(next(people_), tiers=("gold",))
    for _ in range(4):
        assert refused(next(people_)) == ""
    assert refused(next(people_)) == "pool ten is empty"


def test_who_was_not_known_before_the_offer_began_does_not_get_it_for_asking(shop: Shop) -> None:
    """Sock puppets are made when a coupon is to be had."""
    shop.world.policy = policy(
        replace(CLUB, offers=(offer("autumn", "asked", claim=("my autumn code",), known_days=30),))
    )
    number = shop.claim()
    assert "not known for 30 days" in str(shop.world.reply(number).error)
    old = factories.NOW - timedelta(days=40)
    shop.world.said("hello", author_id="bo", author_handle="bo", created_at=old, age_start_at=old)
    assert shop.world.reply(shop.claim(**BO)).state == "drafted"


def test_a_low_pool_opens_a_notice_until_there_are_more(shop: Shop) -> None:
    """At its cause and at its end."""

    def kinds() -> list[str]:
        with shop.world.store.read() as connection:
            return [one.kind for one in notices.list_open(connection)]

    assert kinds() == []
    for name in ("a", "b", "c", "d"):
        shop.claim(author_id=name, author_handle=name)
    assert kinds() == ["coupons_low"]
    offers.import_codes(shop.world.store, shop.desk(), "ten", numbers(9), None)
    assert kinds() == [] and shop.stock().imported == 9


def test_an_import_adds_each_code_once_and_names_bad_lines(shop: Shop) -> None:
    """In any case, with a heading, as CSV; repeatable."""
    lines = ["Code,value", "ten-00001,10", "NEW-00001;x", '"NEW-00002"', "", "no", "a code with blanks", "NEW-00001"]
    done = offers.import_codes(shop.world.store, shop.desk(), "ten", lines, None)
    assert (done.new, done.known, [bad.line for bad in done.bad]) == (2, 1, [6, 7])
    assert offers.import_codes(shop.world.store, shop.desk(), "ten", lines, None).new == 0
    with pytest.raises(DeskError, match="there is no pool 'tin'"):
        offers.import_codes(shop.world.store, shop.desk(), "tin", lines, None)


def test_free_codes_are_voided_and_expired_ones_are_not_given(shop: Shop) -> None:
    """A leaked list, and codes that end."""
    number = shop.claim()
    assert offers.void(shop.world.store, shop.desk(), "ten", "TEN-00005", "seen on a forum") == 1
    with pytest.raises(DeskError, match="not a free one"):
        offers.void(shop.world.store, shop.desk(), "ten", CODE, "is reserved")
    assert offers.void(shop.world.store, shop.desk(), "ten", None, "leaked") == 3
    offers.import_codes(shop.world.store, shop.desk(), "ten", ["END-00001"], shop.world.now + timedelta(days=1))
    ending = shop.claim(author_id="cy", author_handle="cy")
    shop.world.after(days=2)
    assert "ended on 2026-11-23" in str(shop.approve(ending))
    assert "pool ten is empty" in str(shop.world.reply(shop.claim(**BO)).error)
    assert shop.world.reply(number).state == "drafted"


def test_an_export_has_no_codes(shop: Shop) -> None:
    """Neither the table nor the request that was stored for sending."""
    number = shop.claim()
    shop.approve(number)
    shop.send()
    with shop.world.store.read() as connection:
        rows = {contents.name: list(contents.rows) for contents in read_all(connection)}
    assert rows["coupon"] and rows["reward"] and not any("TEN-0" in str(row) for name in rows for row in rows[name])


def test_an_access_request_has_the_coupons_and_why(shop: Shop) -> None:
    """Masked: the code itself is in the reply that they got."""
    shop.give(shop.world.said(COMPLAINT, **ADA)[0], reason="three late parcels")
    (account,) = access.export_person(shop.world.store, "ada", shop.world.now).accounts
    assert [(kept.offer, kept.code, kept.why) for kept in account.rewards] == [("sorry", SHOWN, "three late parcels")]


def test_no_automatic_approval_ever_has_a_coupon(shop: Shop) -> None:
    """Whatever the policy says of the kind that it was put into."""
    number = shop.world.said("I love the smooth paper, thank you so much!", **ADA)[0]
    shop.give(number)
    always = replace(
        shop.world.policy, responders=tuple(replace(one, auto="always") for one in shop.world.policy.responders)
    )
    autonomy.approve_automatically(shop.world.store, always, preview, "memory", shop.world.now)
    assert shop.world.reply(number).state == "drafted"


def give_of_another_pool(shop: Shop, count: int) -> None:
    """Give so many coupons of a pool that is not frozen."""
    five = Pool("five", 500, "EUR")
    bonus = offer("bonus", "goodwill", pool=five)
    shop.world.policy = policy(replace(CLUB, pools=(*CLUB.pools, five), offers=(*CLUB.offers, bonus)))
    offers.import_codes(shop.world.store, shop.desk(), "five", [f"FIVE-{number:04}" for number in range(count)], None)
    for number in range(count):
        shop.give(shop.world.said(COMPLAINT, author_id=f"f{number}", author_handle=f"f{number}")[0], "bonus")


@only_on_sqlite("a backup of the file, and the book beside it")
def test_a_restored_backup_gives_no_code_twice(shop: Shop, tmp_path: Path) -> None:
    """Codes that were given since the backup look free in it: the pool is frozen, and then they are void."""
    store = shop.world.store
    backup = tmp_path / "backup.db"
    sqlite_file.copy_database(store.path, backup)
    for name in ("a", "b"):
        number = shop.claim(author_id=name, author_handle=name)
        shop.approve(number)
        shop.send()
    posts = [post[2] for post in shop.platform.posts]
    store.close()
    for path in store.path.parent.glob("earshot.db-*"):
        path.unlink()
    shutil.copy(backup, store.path)
    restored = Shop.open(open_store(store.path), 0)
    refused = restored.claim()
    assert "the database is older than its rewards: 2 codes of pool ten" in str(restored.world.reply(refused).error)
    give_of_another_pool(restored, 2)  # their rewards get the ids that the book has
    assert "is older than its rewards" in str(restored.world.reply(restored.claim(**BO)).error)
    offers.import_used(restored.world.store, restored.desk(), "ten", ["TEN-00001"])
    with restored.world.store.read() as connection:
        ten = coupons.list_stock(connection)[1]
    assert (ten.pool, ten.void, ten.free, ten.used) == ("ten", 2, 3, 1)
    number = restored.claim(**BO)
    restored.approve(number)
    restored.send()
    codes = [
        word
        for post in [*posts, restored.platform.posts[-1][2]]
        for word in post.replace(",", "").split()
        if "TEN-" in word
    ]
    assert len(codes) == len(set(codes)) == 3
    restored.world.store.close()


@only_on_sqlite("a backup of the file, and the book beside it")
def test_a_backup_from_between_draft_and_sending_frees_no_code(shop: Shop, tmp_path: Path) -> None:
    """It has the draft, but not that it was sent: rejected there, the code is void."""
    store = shop.world.store
    number = shop.claim()
    sqlite_file.copy_database(store.path, tmp_path / "backup.db")
    shop.approve(number)
    shop.send()
    store.close()
    for path in store.path.parent.glob("earshot.db-*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", store.path)
    restored = Shop.open(open_store(store.path), 0)
    transitions.reject(restored.world.store, restored.desk(), number, "sent before the restore")
    assert (restored.stock().void, restored.stock().free) == (1, 4)
    assert mask("TEN-00002") in restored.text(restored.claim(**BO))
    restored.world.store.close()


@only_on_sqlite("the book beside the file")
def test_a_half_line_in_the_book_is_no_entry(shop: Shop) -> None:
    """A crash while it was written: the code has not left."""
    number = shop.claim()
    shop.approve(number)
    shop.send()
    with (shop.world.store.path.parent / "earshot.db.rewards").open("a") as book:
        book.write("17 ten abc")
    with shop.world.store.read() as connection:
        assert reward_book.list_missing(connection) == []


def test_whatever_they_think_of_us_the_same_people_get_the_same(tmp_path: Path) -> None:
    """C6 through the whole line: praise and complaints permuted among the same people, who ask in the same words."""
    moods = ["I love the smooth paper, thank you!", COMPLAINT, "this is the worst shop ever", "going to the shop"]
    outcomes = set()
    for place, order in enumerate(itertools.permutations(moods)):
        if place % 6:
            continue
        folder = tmp_path / str(place)
        folder.mkdir()
        shop = Shop.open(make_store(folder), 3)
        for number, mood in enumerate(order):
            shop.world.said(mood, mood, author_id=f"p{number}", author_handle=f"p{number}")
        states = []
        for number in range(4):
            reply_ = shop.claim(author_id=f"p{number}", author_handle=f"p{number}")
            states.append((shop.world.reply(reply_).state, shop.text(reply_)))
        outcomes.add(tuple(states))
        shop.world.store.close()
    assert len(outcomes) == 1 and [state for state, _ in next(iter(outcomes))] == ["drafted"] * 3 + ["escalated"]


def test_asking_again_after_an_edit_keeps_the_coupon(shop: Shop) -> None:
    """The mention is edited and decided again: the same person, the same code, no second one."""
    number = shop.claim()
    mention = shop.world.item(number).mention
    later = shop.world.after(minutes=1).now
    shop.world.heard(replace(mention, text=CLAIM + " thanks", created_at=later))
    assert (shop.stock().reserved, len(shop.holders())) == (1, 1)
    shop.world.heard(replace(mention, text="never mind", created_at=shop.world.after(minutes=1).now))
    assert (shop.stock().free, shop.holders()) == (5, [])


def test_the_report_counts_people_and_coupons(shop: Shop) -> None:
    """By role and tier at the end of the period; who last wrote before it is not counted."""
    shop.world.said("hello", author_id="old", author_handle="old")
    since = shop.world.after(days=8).now - timedelta(days=1)
    number = shop.claim()
    shop.approve(number)
    shop.send()
    shop.claim(**BO)
    with shop.world.store.read() as connection:
        figures = report(connection, shop.world.policy, since, shop.world.after(minutes=1).now).club
    assert (figures.people, figures.roles, figures.tiers) == (2, {"new": 2}, {})
    (pool,) = figures.coupons
    assert (pool.given, pool.given_cents, pool.reserved, pool.free) == (1, 1000, 1, 3)
