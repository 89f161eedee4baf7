"""The main job on real mentions, through the real command line: all stored and decided, what was approved is sent."""

import csv
import json
from pathlib import Path

import pytest

from tests.process import Home

REAL = Path(__file__).parent.parent.parent / "shared" / "data" / "airline_dev.csv"
needs_data = pytest.mark.skipif(not REAL.exists(), reason="the real mentions of ../shared/data are not here")


@needs_data
def test_nine_thousand_real_mentions_go_through_once_and_only_what_was_approved_is_sent(tmp_path: Path) -> None:
    """Running it all again adds and sends nothing."""
    home = Home(tmp_path)
    (home.folder / "config" / "mentions.csv").symlink_to(REAL)
    home.configure('[platforms.memory]\nmentions = "mentions.csv"\nreplay = true\nstart = "all"\n')
    done = home.run("once", "--json").json
    assert (done["stored"], done["drafted"] + done["escalated"] + done["ignored"], done["sent"]) == (9339, 9339, 0)
    with home.database() as database:
        drafts = database.execute("SELECT id FROM reply WHERE state = 'drafted' ORDER BY id").fetchall()
    chosen = [str(reply_id) for (reply_id,) in drafts[::500]]
    assert home.run("approve", *chosen).code == 0
    assert home.run("once", "--stage", "send", "--json").json["sent"] == len(chosen)
    log = [json.loads(line) for line in home.run("log", "--limit", "0").out.splitlines()]
    assert len(log) == 9339
    sent = {row["mention_id"]: row["reply_text"] for row in log if row["state"] == "sent"}
    assert sent == {post["in_reply_to"]: post["text"] for post in home.posts()}
    again = home.run("once", "--json").json
    assert (again["stored"], again["drafted"], again["sent"], len(home.posts())) == (0, 0, 0, len(chosen))


@needs_data
def test_hardly_an_angry_customer_is_thanked(tmp_path: Path) -> None:
    """At most 1 % of the negatives, with at least a quarter of the positives thanked.

    On every ninth mention: tests/analysis/test_evaluate.py sets a higher bar to all of them.
    """
    with REAL.open(encoding="utf-8", newline="") as file, (tmp_path / "some.csv").open("w", newline="") as some:
        header, *rows = csv.reader(file)
        csv.writer(some).writerows([header, *rows[::9]])
    report = Home(tmp_path).run("evaluate", "some.csv", "--json").json
    assert report["rows"] == 1038
    assert report["false_thank_you"]["rate"] <= 0.01
    assert report["thank_you_recall"] >= 0.25


def test_the_demo_shows_mentions_replies_and_the_log(tmp_path: Path) -> None:
    """Without configuration, credentials or network; nothing is left behind in the working folder."""
    home = Home(tmp_path / "home")
    before = sorted(home.folder.rglob("*"))
    done = home.run("demo")
    assert done.code == 0, done.err
    assert "8 sent" in done.out and "thank_you drafted" in done.out and "to a person" in done.out
    assert sorted(home.folder.rglob("*")) == before


def test_a_first_run_answers_no_old_posts(tmp_path: Path) -> None:
    """`start = "now"` is the default: what is there already is skipped, what comes later is read."""
    home = Home(tmp_path)
    home.configure('[platforms.memory]\nmentions = "mentions.jsonl"\n')
    home.say("Thank you so much for the lovely notebook, I love it!")
    assert home.run("once", "--json").json["stored"] == 0
    home.say("Thank you so much for the lovely pen, I love it!", start=2)
    assert home.run("once", "--json").json["stored"] == 1


def test_a_missing_secret_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """No database, no lock, no folder."""
    home = Home(tmp_path)
    home.configure('[platforms.x]\nhandle = "shop"\n')
    done = home.run("once")
    assert done.code == 1 and "EARSHOT_X_CONSUMER_KEY" in done.err
    assert not home.data.exists()
