"""A suspected fact in `queue`, `show`, `review --plain` and their JSON."""

from pathlib import Path

from tests.conftest import Earshot, write_mentions

STATEMENT = "Fernhill gift cards never expire and work online and in our shops."


def test_staff_see_the_fact_wherever_they_look(earshot: Earshot, inside: Earshot, home: Path) -> None:
    """The queue names it, show and review have its text, JSON has all of it, and plain review writes it by a key."""
    write_mentions(home, {"id": "v1", "author": "eva", "text": "@fernhill your vouchers run out after a year"})
    earshot("once")
    (item,) = [one for one in inside("queue", "--json", "--limit", "0").json if one["mention"]["id"] == "v1"]
    assert item["suspected_fact"] == {
        "fact": "gift-cards", "words": ["vouchers", "run out"], "statement": STATEMENT,
        "source": "our gift card terms", "link": "https://help.fernhill.example/gift-cards",
    }  # fmt: skip
    assert (item["state"], item["text"], item["rule"]) == ("escalated", None, "suspected_fact")
    assert "may be about the fact gift-cards" in inside("queue", "--limit", "0").out
    shown = inside("show", str(item["id"])).out
    assert "May be about this fact" in shown and STATEMENT[:40] in shown
    spoken = earshot("review", "--plain", input="/\nvouchers\nd\n1\nq\n")
    assert f"d uses its text: {STATEMENT}" in spoken.out and "updated; approve it to send" in spoken.out
    (now,) = [one for one in inside("queue", "--json", "--limit", "0").json if one["mention"]["id"] == "v1"]
    assert now["kind"] == "correction" and STATEMENT in now["text"] and now["auto"] is False
