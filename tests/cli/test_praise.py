"""Applause and testimonials at the command line, on the memory platform: from a mention to an act and a quote."""

import csv
import json
from pathlib import Path

import pytest

from tests.process import Home

CLUB = """
[club]
disclosures = ["#gifted"]
[applause]
on = true
days = 365000
[testimonials]
ask = "May we show your words? If so, please answer: you may quote me."
consent = ["you may quote me"]
"""
PRAISE = "@fernhill I love the smooth paper of your notebooks, thank you so much!"


def say(home: Home, text: str, name: str, **row: str) -> None:
    """A mention of Ada's, with an address."""
    whole = {"id": name, "text": text, "author": "ada", "author_id": "ada", "url": f"https://x.example/{name}", **row}
    with home.mentions.open("a", encoding="utf-8") as file:
        file.write(json.dumps(whole) + "\n")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Ada has praised us, and it is decided."""
    made = Home(tmp_path)
    made.configure(CLUB, "club.toml")
    made.stay_awake()
    say(made, PRAISE, "p1")
    assert made.run("once").code == 0
    return made


def test_praise_is_suggested_liked_once_and_shown(home: Home) -> None:
    """Each mistake is one line, and a command that is repeated does nothing twice."""
    listed = home.run("applaud").out
    assert "memory:p1  @ada:" in listed and "clear praise (+0." in listed and "https://x.example/p1" in listed
    (item,) = home.run("applaud", "--json").json["suggestions"]
    assert item["acts"] == ["like", "repost", "quote"]
    assert home.run("applaud", "memory:p1", "--like", "--quote").code == 0
    assert "do it at https://x.example/p1" in home.run("applaud").out
    assert "1 act of applause waiting: earshot applaud" in home.run("queue").out
    assert "applauded  1 approved, 1 by_hand" in home.run("status").out
    assert home.run("status", "--json").json["applause"] == {"approved": 1, "by_hand": 1}
    assert home.run("once", "--stage", "send").code == 0
    assert home.run("once", "--stage", "send").code == 0
    assert [(post["act"], post["of"]) for post in home.posts()] == [("like", "p1")]
    assert "like: done" in home.run("show", "memory:p1").out
    shown = home.run("show", "memory:p1", "--json").json
    assert [act["state"] for act in shown["acts"]] == ["sent", "by_hand"] and shown["applause"] == ["repost"]
    assert "the like is done already" in home.run("applaud", "memory:p1", "--like").err
    (quote,) = home.run("applaud", "memory:p1", "--quote", "--by-hand", "--json").json
    assert quote["state"] == "sent"
    assert "1 like, 1 quote done" in home.run("report").out
    for wrong in (("--like",), ("memory:p1",), ("memory:p1", "--by-hand"), ("nothing", "--like")):
        assert home.run("applaud", *wrong).code == 2
    assert home.run("applaud", "memory:p1", "--like", "--by-hand", "--withdraw").code == 2
    assert "there is no mention memory:zz" in home.run("applaud", "memory:zz", "--like").err
    assert "nothing waits on memory:p1" in home.run("applaud", "memory:p1", "--withdraw").err


def test_a_testimonial_goes_from_the_question_to_the_page(home: Home, tmp_path: Path) -> None:
    """Asked, agreed, exported in both forms, withdrawn."""
    assert home.run("testimonials", "list").out.startswith("no testimonials")
    assert home.run("testimonials", "ask", "memory:p1").out.startswith("reply 1 asks")
    assert home.run("approve", "1").code == 0 and home.run("once", "--stage", "send").code == 0
    assert home.posts()[0]["text"].endswith("you may quote me.")
    say(home, "@fernhill sure, you may quote me!", "yes")
    assert home.run("once").code == 0
    assert "does memory:yes agree?" in home.run("testimonials", "list").out
    assert (
        home.run("testimonials", "confirm", "memory:p1", "memory:yes").out == "memory:p1 may be shown, by memory:yes\n"
    )
    (view,) = home.run("testimonials", "list", "--json").json
    assert (view["state"], view["consent"]) == ("confirmed", "memory:yes")
    (quote,) = home.run("testimonials", "export").lines
    assert (quote["words"], quote["consent"], quote["url"]) == (PRAISE, "memory:yes", "https://x.example/p1")
    path = tmp_path / "quotes.csv"
    assert home.run("testimonials", "export", str(path)).out == f"{path}: 1 testimonial\n"
    (row,) = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    assert row["words"] == f"'{PRAISE}" and row["author"] == "ada"
    assert "name a new file" in home.run("testimonials", "export", str(path)).err
    assert home.run("testimonials", "export", "quotes.txt").code == 2
    assert home.run("testimonials", "withdraw", "memory:p1").code == 0
    ended = home.run("testimonials", "export")
    assert ended.out == "" and "memory:p1 is left out: its author withdrew it" in ended.err and ended.code == 0
    assert "testimonials: 1 asked for, 1 confirmed, 1 withdrawn" in home.run("report").out


def test_both_are_off_until_they_are_written_down(tmp_path: Path) -> None:
    """One line that says how to turn them on."""
    home = Home(tmp_path)
    say(home, PRAISE, "p1")
    assert home.run("once").code == 0
    assert "applause is off; `[applause]` of club.toml turns it on" in home.run("applaud").err
    assert "testimonials are off" in home.run("testimonials", "ask", "memory:p1").err
    assert "pplause" not in home.run("show", "memory:p1").out


@pytest.mark.parametrize(
    ("club", "problem"),
    [
        ('[testimonials]\nask = "May we?"', "[testimonials] ask: goes with `consent`"),
        ('[testimonials]\nconsent = ["yes"]', "[testimonials] ask: goes with `consent`"),
        ("[applause]\non = true\ndays = 0", "[applause] days: is too small"),
        ('[club]\ndisclosures = [""]', "[club] disclosures"),
        ("[applause]\nauto = true", "auto"),
    ],
)
def test_check_names_what_is_wrong(tmp_path: Path, club: str, problem: str) -> None:
    """File, key and what to do."""
    home = Home(tmp_path)
    home.configure(club, "club.toml")
    assert problem in home.run("check").err
