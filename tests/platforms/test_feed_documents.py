"""Documents of feeds: any encoding, cut in the middle, with an item that breaks a parser."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from listener.errors import ReadFailed
from listener.intake.text import plain
from listener.platforms.feed import parse
from listener.platforms.feed import reading as reading_module
from listener.platforms.feed.document import decode, split
from listener.platforms.feed.reading import Reading, read_items
from listener.platforms.kit.addresses import is_public
from listener.platforms.kit.response import HttpResponse
from tests.fakes.feeds import FeedServer
from tests.platforms.feed_world import CASES, REVIEWS, Document, FeedWorld, ForkedParsing, rss, serving

WORDS = "<title>Größe</title><description>das Paket – nie angekommen</description>"
ITEM = "<guid>{0}</guid><description>Item {0}</description>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    """A site; parsing is forked."""
    monkeypatch.setattr(parse, "subprocess", ForkedParsing)
    with serving() as one:
        yield one


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing is forked."""
    monkeypatch.setattr(parse, "subprocess", ForkedParsing)


def read(body: str | bytes, kind: str = "") -> Reading:
    """What a document lists."""
    raw = body.encode() if isinstance(body, str) else body
    return read_items(HttpResponse(200, {"content-type": kind}, raw), "http://reviews.example/feed")


def words(reading: Reading) -> list[str]:
    """What the items say."""
    return [plain(item.body, html=True) for item in reading.items]


@pytest.mark.parametrize(
    ("encoding", "declared", "kind"),
    [
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "UTF-16", "application/rss+xml"),
        ("utf-16-be", "UTF-16", "text/xml; charset=utf-8"),
        ("utf-8", "utf-16", ""),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-8-sig", "utf-8", ""),
        ("cp1252", "windows-1252", "text/xml"),
        ("cp1252", "no-such-code", "text/xml; charset=windows-1252"),
        ("cp1252", "utf-8", ""),
        ("utf-32", "utf-32", ""),
    ],
)
@pytest.mark.usefixtures("forked")
def test_feed_of_any_encoding_is_read(encoding: str, declared: str, kind: str) -> None:
    """By its mark, by its bytes, then by what it and the server say."""
    document = f'<?xml version="1.0" encoding="{declared}"?>{rss(WORDS)}'
    assert words(read(document.encode(encoding), kind)) == ["Größe\ndas Paket – nie angekommen"]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"content_text": "größer"}]})
    assert words(read(feed.encode(encoding), kind)) == ["größer"]


def test_japanese_mail_encoding_that_looks_like_ascii_is_read_as_declared() -> None:
    """ISO-2022-JP is ASCII throughout, and so is UTF-8 throughout, too."""
    text = "<?xml version='1.0' encoding='iso-2022-jp'?><rss>日本</rss>"
    assert decode(text.encode("iso-2022-jp"), "") == "<rss>日本</rss>"


@pytest.mark.usefixtures("forked")
def test_item_that_takes_a_parser_minutes_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """An author of 100,000 letters, 200,000 nested tags: the others are read. A busy machine may need long for it."""
    monkeypatch.setattr(reading_module, "SECONDS", 600.0)
    monsters = [
        f"<guid>a</guid><title>a</title><author>{'a' * 100_000}</author>",
        f"<guid>b</guid><description>{'<a>' * 200_000}b{'</a>' * 200_000}</description>",
    ]
    reading = read(rss(ITEM.format(1), monsters[0], ITEM.format(2), monsters[1], ITEM.format(3)))
    assert words(reading) == ["Item 1", "Item 2", "Item 3"]
    assert [(item.raw[:25], item.error) for item in reading.aside] == [
        (f"<item>{monster}"[:25], "it cannot be parsed within 2 s") for monster in monsters
    ]


def test_item_that_takes_long_among_others_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too small to be parsed alone: the group is halved until it is."""
    monkeypatch.setattr(parse, "parse_documents", _slow_on("slow"))
    reading = read(rss(*[ITEM.format(number) for number in range(9)], ITEM.format("slow"), ITEM.format("last")))
    assert sorted(words(reading)) == sorted(f"Item {name}" for name in ("last", *range(9)))
    assert [item.error for item in reading.aside] == ["it cannot be parsed within 2 s"]


def _slow_on(word: str) -> Any:
    def parse_documents(documents: list[str], url: str, seconds: float) -> list[Any]:
        whole = documents[: next((n for n, text in enumerate(documents) if word in text), len(documents))]
        return [_answer(document) for document in whole]

    return parse_documents


def _answer(document: str) -> Any:
    values = [item.partition("<description>")[2].partition("</description>")[0] for item in split(document).items]
    bare: dict[str, Any] = {
        "id": None,
        "link": None,
        "author": None,
        "author_uri": None,
        "title": {},
        "published": None,
        "updated": None,
    }
    return {"lang": None, "entries": [{**bare, "content": {"value": value}} for value in values]}


JSON_HEAD = '{"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": ['


def test_json_item_that_cannot_be_read_costs_itself() -> None:
    """Nested too deeply, no number, of wrong types; and the list of items is not the last key."""
    deep = '{"content_text": "d", "x": ' + "[" * 200_000 + "]" * 200_000 + "}"
    items = ['{"content_text": "a [{\\"]"}', deep, '{"content_text": "b", "x": NaN}', "7", '{"content_text": "c"}']
    reading = read(f'{JSON_HEAD}{",".join(items)}], "title": "t"}}')
    assert words(reading) == ['a [{"]', "c"]
    assert [item.error for item in reading.aside] == ["it is nested too deeply", "NaN is not JSON"]
    odd = ['{"authors": [7], "content_text": "a"}', '{"authors": {"a": 1}}', "7", "{}", '{"content_text": "c"}']
    reading = read(f"{JSON_HEAD}{','.join(odd)}]}}")
    assert words(reading) == ["a", "c"] and len(reading.aside) == 3


@pytest.mark.usefixtures("forked")
def test_markup_that_broke_the_parser_is_read() -> None:
    """cases/posts: one such item stopped its feed for as long as it was listed."""
    assert words(read(JSON_HEAD + '{"content_html": "hi <![x[ ]]>"}, {"content_html": "two"}]}')) == ["hi", "two"]
    path = CASES.parent / "posts" / "html_marked_section.json"
    if path.exists():
        assert words(read(path.read_bytes())) == ["hi", "two"]


@pytest.mark.parametrize("cut", [0, 5, 20, 45])
def test_last_item_of_a_cut_feed_waits_until_it_is_whole(server: FeedServer, cut: int) -> None:
    """The others are read; what was cut is asked for again in full, though the server says that nothing changed."""
    world, whole = FeedWorld(server, alerts=()), rss(*[ITEM.format(number) for number in range(3)])
    start = whole.rindex("<item>")
    server.sites[REVIEWS] = Document(whole[: start + cut])
    (page,), cursor = world.round(None)
    assert [plain(mention.text, html=True) for mention in page.mentions] == ["Item 0", "Item 1"]
    assert page.quarantined_items == ()
    assert cursor["feeds"][server.url + REVIEWS]["etag"] is None
    server.sites[REVIEWS] = Document(whole)
    (page,), _ = world.round(cursor)
    assert {plain(mention.text, html=True) for mention in page.mentions} == {"Item 0", "Item 1", "Item 2"}


def test_item_that_is_cut_each_time_is_set_aside(server: FeedServer) -> None:
    """It will not become whole by waiting."""
    world, whole = FeedWorld(server, alerts=()), rss(*[ITEM.format(number) for number in range(3)])
    server.sites[REVIEWS] = Document(whole[: whole.rindex("</desc")])
    _, cursor = world.round(None)
    (page,), cursor = world.round(cursor)
    assert [(item.raw, item.error) for item in page.quarantined_items] == [
        ("<item><guid>2</guid><description>Item 2", "the feed ends in the middle of this item")
    ]
    assert cursor["feeds"][server.url + REVIEWS]["etag"]


def test_cut_json_feed_keeps_its_whole_items() -> None:
    """The same for JSON."""
    reading = read(JSON_HEAD + '{"content_text": "a"}, {"content_text": "b"}, {"content_te')
    assert (words(reading), reading.cut) == (["a", "b"], '{"content_te')


@pytest.mark.parametrize(
    "text",
    [
        "<item <item <item " * 100_000,
        "<![CDATA[" * 300_000,
        "<!--" * 500_000,
        "<item>" * 300_000,
        "<a:" * 700_000,
        "<item/>" * 100_000,
    ],
)
def test_document_is_split_in_bounded_time(text: str) -> None:
    """Whatever 2 MB hold."""
    began = time.perf_counter()
    split(text)
    assert time.perf_counter() - began < 10


def test_tags_in_cdata_and_comments_are_no_items() -> None:
    """They are what somebody wrote."""
    text = "<rss><!-- <item> --><item><![CDATA[</item><item>]]></item></rss>"
    assert split(text).items == ("<item><![CDATA[</item><item>]]></item>",)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_address_is_public_or_not(address: str, public: bool) -> None:
    """Also where an IPv6 address stands for one of IPv4."""
    assert is_public(address) is public


def redirect(server: FeedServer, host: str, **keys: Any) -> list[str]:
    """Read a feed that redirects to this machine under another name; return what its items say."""
    port = server.url.rpartition(":")[2]
    world = FeedWorld(server, alerts=(), **keys)
    world.add("hello")
    server.sites["/private"] = server.sites[REVIEWS]
    server.fail_next(REVIEWS, "body", status=302, headers={"Location": f"http://{host}:{port}/private"})
    (page,), _ = world.round(None)
    return [plain(mention.text, html=True) for mention in page.mentions]


@pytest.mark.parametrize("host", ["localhost"])
def test_redirect_into_a_private_network_is_refused(server: FeedServer, host: str) -> None:
    """A feed could have Earshot call what only this machine can reach; whatever the address is called."""
    with pytest.raises(ReadFailed, match="not on the public internet") as refused:
        redirect(server, host)
    assert "allow_private" in refused.value.do
    assert [call.path for _, call in server.calls] == [REVIEWS]


def test_name_that_leads_elsewhere_after_it_was_looked_up_is_not_read(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owns the name answers "public" to the check, and "this machine" a moment later (DNS rebinding)."""
    real, answers = socket.getaddrinfo, iter(["93.184.215.14"])

    def resolve(host: str, port: int | None, *more: Any, **options: Any) -> Any:
        public = next(answers, None) if host == "rebind.example" else None
        if public is not None:
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (public, port or 0))]
        return real("127.0.0.1" if host == "rebind.example" else host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(ReadFailed, match=r"its name leads to 127\.0\.0\.1"):
        redirect(server, "rebind.example")
    assert [call.path for _, call in server.calls] == [REVIEWS]


@pytest.mark.parametrize("allowed", ["localhost", "127.0.0.0/8"])
def test_redirect_that_the_operator_allows_is_followed(server: FeedServer, allowed: str) -> None:
    """By host, or by network."""
    if {entry[4][0] for entry in socket.getaddrinfo("localhost", None)} - {"127.0.0.1"} and "/" in allowed:
        allowed = "localhost"
    assert redirect(server, "localhost", allow_private=(allowed,)) == ["hello"]
