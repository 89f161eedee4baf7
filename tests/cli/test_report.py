"""The report as its readers get it: on a terminal, as a page, as CSV and as JSON."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from listener.analysis.report.opinions import Category, Complaints
from listener.cli import report_csv, report_page
from listener.cli.report_words import describe_subjects, percent, span
from tests.cli.conftest import Watch
from tests.cli.test_terminal import STYLE
from tests.conftest import Earshot

EVIL = '=HYPERLINK("http://evil.example")</td><script>alert(1)</script>\x1b[2J'


def test_the_figures_fit_eighty_columns(queue: Earshot, watch: Watch) -> None:
    """Six were said: bars, rates and denominators, and no line is broken."""
    assert queue("reject", "1", "--reason", EVIL).code == 0
    drawn = STYLE.sub("", watch("report"))
    assert drawn.startswith("6 mentions, ") and "in business hours" in drawn
    assert re.search(r"^answered +0 % +- +of 5 that asked for an answer$", drawn, re.MULTILINE)
    assert re.search(r"^dana +0 +- +0 +0 +1 +0$", drawn, re.MULTILINE)
    assert "“my parcel has not arrived, two weeks now”" in drawn
    assert re.search(r"^thank_you +2 +█+$", drawn, re.MULTILINE)
    assert max(map(len, drawn.splitlines())) <= 80 and "\x1b" not in drawn


class _Page(HTMLParser):
    """Collects what a page would load, its tags and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "action", "data")]

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.words += data


def test_the_page_needs_nothing_else_and_runs_nothing(queue: Earshot, home: Path) -> None:
    """A manager opens it from a mail; whatever staff or strangers wrote is text."""
    queue("reject", "1", "--reason", EVIL)
    done = queue("report", "--html", "page.html")
    assert (done.code, done.out) == (0, "")
    text = (home / "page.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.loads == [] and not {"script", "link", "img", "iframe", "form"} & set(page.tags)
    assert "url(" not in text and "@import" not in text and "default-src 'none'" in text
    assert "<script>alert(1)</script>" in page.words and {"svg", "rect", "table"} <= set(page.tags)
    assert "of 5 that asked for an answer" in page.words and "prefers-color-scheme: dark" in text
    assert "“my parcel has not arrived, two weeks now”" in page.words and "max-width: 640px" in text


def test_csv_has_every_figure_and_no_formula(queue: Earshot, home: Path) -> None:
    """RFC 4180: CRLF, doubled quotes; numbers stay numbers, also negative ones."""
    queue("reject", "1", "--reason", EVIL)
    assert queue("report", "--csv", "figures.csv").code == 0
    raw = (home / "figures.csv").read_bytes().decode()
    assert raw.count("\r\n") == raw.count("\n") > 50
    rows = list(csv.reader(io.StringIO(raw, newline="")))
    assert rows[0] == ["figure", "item", "measure", "value"] and {len(row) for row in rows} == {4}
    assert ["mentions", "", "", "6"] in rows and ["volume", "", "kinds.thank_you", "2"] in rows
    assert [row[1][:11] for row in rows if row[0] == "reject_reasons"] == ["'=HYPERLINK"]
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r")]


def test_files_hold_nothing_that_moves_a_cursor_or_turns_the_writing_round(queue: Earshot, home: Path) -> None:
    """Somebody prints the page, or looks at the CSV in a terminal."""
    queue("reject", "1", "--reason", "late\x1b[2J \u202egnp")
    queue("report", "--html", "page.html", "--csv", "figures.csv")
    for name in ("page.html", "figures.csv"):
        text = (home / name).read_text(encoding="utf-8")
        assert "\x1b" not in text and "\u202e" not in text and "late\\x1b[2J \\x202egnp" in text


def test_two_outages_of_a_platform_are_two_lines() -> None:
    """What they share does not name them."""
    since = datetime(2026, 11, 24, 10, tzinfo=UTC)
    outages = [{"platform": "x", "kind": "account", "since": since + timedelta(hours=n), "over": True} for n in (0, 1)]
    rows = list(csv.reader(io.StringIO(report_csv.format_table({"listening": {"outages": outages}}), newline="")))
    assert len({(row[0], row[1], row[2]) for row in rows}) == len(rows) == 7


def test_a_negative_number_is_no_formula() -> None:
    """But text that begins like one is quoted."""
    metrics = {"sentiment": {"net": -0.5}, "rules": [{"rule": "-1+2", "drafts": 3}], "volume": {"hours": []}}
    lines = report_csv.format_table(metrics).splitlines()
    assert lines[1:] == ["sentiment,,net,-0.5", "rules,'-1+2,drafts,3"]


def test_json_has_what_the_screen_has(queue: Earshot) -> None:
    """An object, with its period."""
    metrics = queue("report", "--json", "--since", "2h").json
    assert metrics["mentions"] == 6 and metrics["since"].endswith("Z") and metrics["response"]["asked"] == 5


def test_a_file_that_cannot_be_written_is_one_line(queue: Earshot) -> None:
    """Wrong usage is exit 2, a folder that is not there exit 1."""
    done = queue("report", "--html", "nowhere/page.html")
    assert done.code == 1 and done.err.count("\n") == 1 and "nowhere/page.html cannot be written" in done.err
    assert queue("report", "--since", "yesterday").code == 2


def test_nothing_heard_makes_a_page_too(queue: Earshot, home: Path) -> None:
    """The first Monday of a new shop."""
    done = queue("report", "--since", "2099-01-01", "--html", "empty.html")
    assert done.code == 0 and "No mention was received." in (home / "empty.html").read_text(encoding="utf-8")
    assert "0 mentions, " in queue("report", "--since", "2099-01-01").out


def test_columns_share_one_scale_and_stand_on_the_axis() -> None:
    """The highest is as high as the drawing; parts lie on one another without a gap."""
    columns = [report_page.Column("a", {"x": 1, "y": 3}), report_page.Column("b", {"y": 2})]
    chart = report_page.draw_chart(columns, ["x", "y"])
    assert [(box.y, box.height) for box in chart.boxes] == [(151.0, 45.0), (16.0, 135.0), (106.0, 90.0)]
    assert [label for _, label in chart.labels] == ["a", "b"] and chart.most == 4


def test_numbers_are_told_in_words_people_use() -> None:
    """Nothing is a dash, and never rounded up to 60 minutes."""
    assert [span(seconds) for seconds in (None, 0, 59, 61, 3599, 5400, 172800)] == [
        "-", "0 s", "59 s", "1 min", "1 h 00 min", "1 h 30 min", "2 d 0 h"
    ]  # fmt: skip
    assert [percent(share, sign=True) for share in (None, 0.0, 0.254, -0.5)] == ["-", "0 %", "+25 %", "-50 %"]


@pytest.mark.parametrize(("numbers", "is_explained"), [((2, 1), True), ((2,), False), ((), False)])
def test_subjects_that_add_up_to_more_than_the_complaints_say_why(numbers: tuple[int, ...], is_explained: bool) -> None:
    """Two complaints, one about two subjects: nobody should look for the third."""
    rows = [Category(f"subject {number}", number, 0, None, None) for number in numbers]
    heading = describe_subjects(Complaints(2, rows))
    assert heading.startswith("Subjects of 2 complaints")
    assert heading.endswith("(counted under each subject that it names)") is is_explained
