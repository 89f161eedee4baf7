"""Items and values whose shape a server does not guarantee, and texts before they are posted."""

from typing import Any

import pytest

from listener.errors import ReadFailed
from listener.platforms.kit.graphemes import count_graphemes
from listener.platforms.kit.items import RAW_MOST, ParsedPage, quarantine
from listener.platforms.kit.section import SettlingSection, repeated_problems
from listener.platforms.kit.text import normalize_post, trim_link
from listener.platforms.kit.values import clean, object_in, objects_in, text_in, time_in


def test_item_that_cannot_be_read_stops_no_other() -> None:
    """It is quarantined with its id, its raw JSON and what is wrong."""
    page = ParsedPage()

    def place(item: Any) -> None:
        page.skipped += len(item["name"])

    page.sort([{"name": "ab"}, 7, {"id": "5"}, {"name": "c"}], place, lambda item: str(object_in(item).get("id", "")))
    assert page.skipped == 3
    assert [(item.mention_id, item.raw, item.error[:8]) for item in page.quarantined] == [
        ("", "7", "TypeErro"),
        ("5", '{"id": "5"}', "KeyError"),
    ]


def test_item_costs_itself_alone_whatever_a_parser_raises() -> None:
    """AssertionError is what Python's HTML parser says to `<![x[ ]]>`; the id may be unreadable, too."""
    page = ParsedPage()

    def place(item: Any) -> None:
        raise AssertionError(item)

    page.sort([1, 2], place, lambda item: str(1 // (item - 1)))
    assert [(item.mention_id, item.raw) for item in page.quarantined] == [("", "1"), ("1", "2")]


def test_call_that_fails_is_not_an_items_fault() -> None:
    """The page is read again."""

    def place(item: Any) -> None:
        raise ReadFailed("down")

    with pytest.raises(ReadFailed):
        ParsedPage().sort([1], place, lambda item: "")


def test_raw_text_is_bounded_and_ascii() -> None:
    """Whatever a server sends."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert quarantine(deep, "", "e" * 999).raw == "(nested too deeply to be shown)"
    item = quarantine("ë" * RAW_MOST, "", "e" * 999)
    assert (len(item.raw), item.raw.isascii(), len(item.error)) == (RAW_MOST, True, 300)


def test_values_of_another_shape_are_nothing() -> None:
    """Never an exception."""
    shapes: tuple[Any, ...] = (None, 7, "text", [], {}, [[1]], True)
    for odd in shapes:
        assert objects_in(odd) == [] and object_in(odd) == {}
    assert objects_in([{"a": 1}, 7]) == [{"a": 1}]
    assert (text_in(""), text_in(5), text_in("a\0\ud800"), clean("a\0")) == (None, None, "a\ufffd\ufffd", "a\ufffd")
    times = [time_in(value) for value in ("2026-11-22T12:00:00Z", "2026-11-22T13:00:00+01:00", "2026-11-22T12:00:00")]
    assert len({*times}) == 1 and None not in times
    assert [time_in(value) for value in (None, 5, "soon", "0001-01-01T00:00:00+23:00")] == [None] * 4


def test_text_is_made_ready_for_a_post() -> None:
    """Idempotent; an emoji is one character; a link ends before its sentence does."""
    ready = normalize_post(" a\r\nb\x07\ud800 ")
    assert ready == "a\nb" == normalize_post(ready)
    assert (count_graphemes("👩‍👩‍👧e\u0301"), count_graphemes("x" * 30_000)) == (2, 30_000)
    links = ("https://a.example/x.", "https://a.example/(x)", "https://a.example/x)?!")
    assert [trim_link(link) for link in links] == [
        "https://a.example/x",
        "https://a.example/(x)",
        "https://a.example/x",
    ]


def test_keys_that_sections_share_are_checked() -> None:
    """Each problem names its key."""
    assert SettlingSection().problems() == []
    assert [key for key, _, _ in SettlingSection(settle_after_seconds=-1).problems()] == ["settle_after_seconds"]
    assert repeated_problems("search", "a query", ["a", "b"]) == []
    assert [key for key, _, _ in repeated_problems("search", "a query", ["a", " a "])] == ["search"]
