"""Which item of a feed is which: the same again, an edit, or another that bears the same name."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from listener.feed_page import FeedPage
from listener.intake.text import plain
from listener.model import Json, Mention
from listener.platforms.feed import parse
from listener.platforms.feed.identity import REMEMBERED, mention_id
from listener.platforms.feed.links import identifying_uri, normalized
from tests.platforms.feed_world import CASES, REVIEWS, Document, FeedWorld, ForkedParsing, rss, serving

NIB = "<title>Broken nib</title><guid>p7</guid><description>My pen arrived broken.</description>"
PEN = "<title>Nice</title><guid>p7</guid><description>Lovely pen, thank you!</description>"
EIGHT, NINE = (f"<pubDate>Sun, 29 Nov 2026 0{hour}:00:00 GMT</pubDate>" for hour in (8, 9))


class Reader:
    """One feed, and all that is read of it. said: the mentions by interaction, newest words last."""

    def __init__(self, world: FeedWorld) -> None:
        self.world = world
        self.cursor: Json | None = None
        self.said: dict[str, list[str]] = {}
        self.page = FeedPage({})

    def read(self, text: str) -> list[str]:
        """Read this document; return the ids of its mentions in the order of their words."""
        self.world.server.sites[REVIEWS] = Document(text)
        (self.page,), self.cursor = self.world.round(self.cursor)
        self.cursor = json.loads(json.dumps(self.cursor))
        for mention in self.page.mentions:
            self.said.setdefault(mention.interaction_id, []).append(plain(mention.text, html=True))
        return [mention.interaction_id for mention in sorted(self.page.mentions, key=lambda mention: mention.text)]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A feed that each test writes itself."""
    monkeypatch.setattr(parse, "subprocess", ForkedParsing)
    with serving() as server:
        yield Reader(FeedWorld(server, alerts=()))


def case(name: str) -> str:
    """An input that failed once."""
    if not CASES.exists():
        pytest.skip("shared/cases is not here")
    return (CASES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "count"), [("01-no-guid-same-link", 3), ("02-shared-guid-and-link", 2)])
def test_case_of_items_that_share_what_should_name_them(reader: Reader, name: str, count: int) -> None:
    """A missing parcel was not read, because praise beside it bore the same link."""
    first = reader.read(case(f"{name}.xml"))
    assert len(set(first)) == count
    assert reader.read(case(f"{name}.xml") + " ") == first


def test_case_of_a_guid_that_turns_out_to_be_shared(reader: Reader) -> None:
    """The first review came again under a new id when a second one stood beside it."""
    reader.read(case("02-shared-guid-first-poll.xml"))
    reader.read(case("02-shared-guid-second-poll.xml"))
    assert sorted(map(len, reader.said.values())) == [1, 2]


def test_case_of_a_link_with_another_tracking_number(reader: Reader) -> None:
    """It was a second mention."""
    reader.read(case("03-changing-link.xml").replace("utm_id=222", "utm_id=111"))
    reader.read(case("03-changing-link.xml"))
    assert len(reader.said) == 1


def test_case_of_an_edited_item(reader: Reader) -> None:
    """The same item, in words that must be decided again."""
    second = case("03-edited-after-draft-second-poll.xml")
    reader.read(second.replace("EDIT: it was covered in mould and", "Lovely notebook, thank you so much!"))
    reader.read(second)
    assert sorted(map(len, reader.said.values())) == [2, 2]


def test_case_of_a_window_that_moved_past_items(reader: Reader) -> None:
    """Fifteen of 25 were never read, and nobody knew."""
    reader.read(case("04-window-first-poll.xml"))
    assert not reader.page.gaps
    reader.read(case("04-window-second-poll.xml"))
    assert {gap.feed for gap in reader.page.gaps} == {reader.world.server.url + REVIEWS}


def test_neighbour_that_leaves_the_window_changes_nothing(reader: Reader) -> None:
    """Each keeps its id, alone or beside the other, and so does a third that comes later."""
    (nib,) = reader.read(rss(NIB + EIGHT))
    both = reader.read(rss(PEN + NINE, NIB + EIGHT))
    (pen,) = reader.read(rss(PEN + NINE))
    assert nib != pen and set(both) == {nib, pen}
    third = PEN.replace("Nice", "Late").replace("Lovely pen, thank you", "It came late")
    assert set(reader.read(rss(third + NINE, NIB + EIGHT))) == {*reader.read(rss(third + NINE)), nib}
    assert len(reader.said) == 3


def test_one_guid_and_one_place_in_the_window_are_still_two_reviews(reader: Reader) -> None:
    """A window of one item: title, words and date are others, so it is another item."""
    assert reader.read(rss(NIB + EIGHT)) != reader.read(rss(PEN + NINE))


def test_short_words_that_two_people_write_are_two_items(reader: Reader) -> None:
    """Without guid and with the page's link, only their dates and names differ."""
    great = "<link>https://reviews.example/f</link><description>Great!</description>"
    reader.read(rss(great + EIGHT, great + NINE, f"{great}{EIGHT}<dc:creator>Bo</dc:creator>", great + EIGHT))
    assert len(reader.said) == 3


@pytest.mark.parametrize(
    "edit",
    [
        lambda item: item.replace("arrived broken", "arrived broken and burnt my hand"),
        lambda item: item.replace("Broken nib", "Burnt").replace("arrived broken", "burnt my hand"),
        lambda item: item.replace("08:00", "11:00").replace("arrived broken", "burnt my hand"),
        lambda item: item.replace("<title>Broken nib</title>", "").replace("arrived broken", "burnt my hand"),
    ],
)
def test_item_of_its_own_guid_stays_the_same_when_it_is_edited(reader: Reader, edit: Callable[[str], str]) -> None:
    """Words and title, or words and date: an author may change them."""
    reader.read(rss(NIB + EIGHT, PEN.replace("p7", "p8") + NINE))
    reader.read(rss(edit(NIB + EIGHT), PEN.replace("p7", "p8") + NINE))
    assert len(reader.said) == 2


def test_edit_among_items_of_one_guid_is_known_by_title_and_date(reader: Reader) -> None:
    """What remains the same tells which of them it is."""
    nib, pen = NIB + EIGHT, PEN + NINE
    first = reader.read(rss(nib, pen))
    assert set(reader.read(rss(nib.replace("broken.", "broken and burnt my hand."), pen))) == set(first)
    assert sorted(map(len, reader.said.values())) == [2, 2]


def test_guid_that_moves_to_https_is_the_same(reader: Reader) -> None:
    """A site that gets a certificate sends nobody a second reply."""
    for scheme in ("http", "https"):
        reader.read(rss(NIB.replace("p7", f"{scheme}://reviews.example/7") + EIGHT))
    assert len(reader.said) == 1


def test_item_is_the_same_long_after_it_left_the_window(reader: Reader) -> None:
    """By its guid, which needs no memory."""
    reader.read(rss(NIB + EIGHT))
    many = [f"<guid>x{number}</guid><description>Item {number}</description>" for number in range(REMEMBERED + 60)]
    reader.read(rss(*many))
    reader.read(rss(*many[:10]))
    reader.read(rss(NIB + EIGHT, *many[:10]))
    assert [words for words in reader.said.values() if "broken" in words[0]] == [
        ["Broken nib\nMy pen arrived broken."] * 2
    ]


def test_ids_stored_by_earlier_versions_are_recognized(reader: Reader) -> None:
    """Their cursors hold no traces: the store finds each item by its id or its interaction."""
    url = reader.world.server.url + REVIEWS
    old: Json = {"old": [], "body": "", "etag": None, "modified": None}
    reader.cursor = {"v": 1, "owner": "", "todo": [], "feeds": {url: old}, "failures": {}, "read": 0}
    link, moved = "https://r.example/1?utm_id=1", "http://r.example/9"
    shared = [f"<guid isPermaLink='false'>all</guid><link>https://r.example/s{number}</link>" for number in (1, 2)]
    names = ["g1", link, moved, "all https://r.example/s1", "all https://r.example/s2"]
    marks = ["<guid isPermaLink='false'>g1</guid>", f"<link>{link}</link>", f"<guid>{moved}</guid>", *shared]
    reader.read(rss(*[f"{mark}<description>Item {number}</description>" for number, mark in enumerate(marks)]))
    assert {mention.id for mention in reader.page.mentions} == {mention_id(url, name) for name in names}
    again = {(mention.id, mention.interaction_id) for mention in reader.page.mentions}
    later = [mark.replace("utm_id=1", "utm_id=2").replace("http://", "https://") for mark in marks]
    reader.read(rss(*[f"{mark}<description>Item {number}</description>" for number, mark in enumerate(later)]))
    assert {(mention.id, mention.interaction_id) for mention in reader.page.mentions} == again


def test_old_items_stay_old_whatever_is_edited(reader: Reader) -> None:
    """`start = "now"`: what was there at the first read is not read later."""
    with serving() as server:
        world = Reader(FeedWorld(server, alerts=(), start="now"))
        world.read(rss(NIB + EIGHT))
        world.read(rss(NIB.replace("broken", "in pieces") + EIGHT, PEN + NINE))
    assert list(world.said.values()) == [["Nice\nLovely pen, thank you!"]]


def test_feed_that_is_empty_for_a_while_is_no_gap(reader: Reader) -> None:
    """Nor is one whose last items are still there."""
    items = [f"<guid>{number}</guid><description>Item {number}</description>" for number in range(20)]
    for window in (items[:10], [], items[5:15], items[14:]):
        reader.read(rss(*window))
        assert reader.page.gaps == ()
    reader.read(rss("<guid>99</guid><description>Item 99</description>"))
    assert len(reader.page.gaps) == 1


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("http://a.example/1?utm_source=rss&id=7&fbclid=x#r1", "https://a.example/1?id=7#r1"),
        ("https://a.example/?gclid=1", "https://a.example/"),
        ("https://a.example/1?id=7&b", "https://a.example/1?id=7&b"),
        ("tag:a.example,2026:1?utm_id=1", "tag:a.example,2026:1?utm_id=1"),
        ("https://a.example/utm_id=1", "https://a.example/utm_id=1"),
        ("", ""),
    ],
)
def test_link_without_what_changes(written: str, normal: str) -> None:
    """Tracking parameters and the scheme say nothing about the item."""
    assert normalized(written) == normal


def one(reader: Reader, item: str) -> Mention:
    """The only mention of this item."""
    reader.read(rss(item))
    (mention,) = reader.page.mentions
    return mention


@pytest.mark.parametrize(
    ("author", "name", "identity"),
    [
        ("<dc:creator>A Google user</dc:creator>", "A Google user", None),
        ("<author>bo@reviews.example (Bo B)</author>", "Bo B", "bo@reviews.example"),
        ("<author>Bo@Reviews.example</author>", "Bo@Reviews.example", "bo@reviews.example"),
        ("<author>noreply@blogger.example (Ann)</author>", "Ann", None),
        ("", None, None),
    ],
)
def test_author_is_known_by_more_than_a_name(
    reader: Reader, author: str, name: str | None, identity: str | None
) -> None:
    """A display name is the item's own: thousands are called "A Google user"."""
    mention = one(reader, NIB + author)
    assert (mention.author_name, mention.author_id) == (name, identity or f"unknown:{mention.id}")


def test_case_of_anonymous_authors(reader: Reader) -> None:
    """One of them asked us to stop, and all of that name were silenced."""
    reader.read(case("07-anonymous-first.xml"))
    authors = {mention.author_id for mention in reader.page.mentions}
    reader.read(case("07-anonymous-second.xml"))
    authors |= {mention.author_id for mention in reader.page.mentions}
    assert len(authors) == 3


@pytest.mark.parametrize(
    ("uri", "identity"),
    [
        ("http://forum.example/user/bo", "https://forum.example/user/bo"),
        ("https://forum.example/?user=7", "https://forum.example/?user=7"),
        ("https://forum.example/", None),
        ("https://[", None),
        ("mailto:bo@forum.example", None),
        (None, None),
    ],
)
def test_page_of_an_author_identifies_and_that_of_a_site_does_not(uri: str | None, identity: str | None) -> None:
    """Many feeds give the site's own address for everybody."""
    assert identifying_uri(uri) == identity


def test_age_counts_from_the_date_with_its_zone(reader: Reader) -> None:
    """Names of zones beyond North America's are known, too."""
    times = {
        zone: one(reader, f"{NIB}<pubDate>Sun, 28 Jun 2026 12:00:00 {zone}</pubDate>".replace("p7", zone)).created_at
        for zone in ("GMT", "EST", "PDT", "CET", "CEST", "JST", "+0530", "XYZ")
    }
    hours = {zone: (times["GMT"] - moment) / timedelta(hours=1) for zone, moment in times.items()}
    assert hours == {"GMT": 0, "EST": -5, "PDT": -7, "CET": 1, "CEST": 2, "JST": 9, "+0530": 5.5, "XYZ": 0}
