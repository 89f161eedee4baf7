"""`earshot evaluate`: the report of the contract, bad files, and the bar on real mentions."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bench.staff_replies import REAL
from bench.staff_replies import rows as met
from listener.analysis.evaluate import COLUMNS, evaluate, read_rows, write_rows
from listener.analysis.tally import EvaluatedRow, Row, shares, wilson
from listener.errors import InputError
from tests.factories import DATA, NOW, policy, responders
from tests.shared import shared_result

STAFF = REAL.stem
ROWS = [
    Row("1", "thank you so much, you are great", "positive", "en"),
    Row("2", "my pen broke", "negative", "en"),
    Row("3", "great pens, great shop", "negative", "en"),
    Row("4", "the cover is blue", lang="en"),
]


def _run(rows: list[Row]) -> tuple[dict[str, object], list[EvaluatedRow]]:
    return evaluate(rows, policy(), responders(), NOW)


def test_the_report_counts_what_the_contract_names() -> None:
    """By label, with a 95 % Wilson interval."""
    report, done = _run(ROWS)
    assert report["rows"] == 4 and len(done) == 4
    by_label = report["by_label"]
    assert isinstance(by_label, dict) and set(by_label) == {"negative", "positive", "unlabelled"}
    assert by_label["negative"] == {
        "n": 2, "thank_you": 1, "correction": 0, "support": 1, "answer": 0, "holding": 0, "escalate": 0,
        "ignore": 0, "auto": 1,
    }  # fmt: skip
    assert report["false_thank_you"] == {"n": 1, "of": 2, "rate": 0.5, "low": wilson(1, 2)[0], "high": wilson(1, 2)[1]}
    assert (report["thank_you_recall"], report["thank_you_precision"], report["negatives_unanswered"]) == (
        1.0,
        0.5,
        0.5,
    )


def test_every_share_has_an_interval_and_every_rule_a_precision() -> None:
    """What the contract's flat figures leave out, beside them."""
    report, _ = _run([*ROWS, Row("5", "when do you open?", "positive", "en"), Row("6", "hm", "negative", "en")])
    found: Any = report["shares"]
    assert found["thank_you_recall"] == {"n": 1, "of": 2, "rate": 0.5, "low": wilson(1, 2)[0], "high": wilson(1, 2)[1]}
    assert found["questions_ignored"]["of"] == 1 and found["escalated"]["of"] == 6
    assert found["positives_supported"]["n"] == 0 and found["negatives_unanswered"]["n"] == 2
    rules = {(one["rule"], one["outcome"]): one for one in cast(Any, report["by_rule"])}
    assert rules["thank_you", "thank_you"]["labels"] == {"positive": 1, "negative": 1}
    assert rules["thank_you", "thank_you"]["precision"]["rate"] == 0.5
    assert rules["support", "support"]["precision"]["rate"] == 1.0


def test_the_worst_mistakes_come_first() -> None:
    """Thanked negatives before unanswered ones before positives that are consoled, with the words that did it."""
    rows = [
        Row("sorry", "my sister ruined every record in your shoes, awful weather", "positive", "en"),
        Row("left", "hm", "negative", "en"),
        Row("thanked", "great pens, great shop", "negative", "en"),
        Row("fine", "my pen broke", "negative", "en"),
    ]
    report, _ = _run(rows)
    worst: Any = report["worst"]
    assert [one["id"] for one in worst] == ["thanked", "left", "sorry"]
    assert worst[0]["outcome"] == "thank_you" and "great" in worst[0]["words"] and worst[0]["auto"] is True


def test_brands_are_told_apart() -> None:
    """One figure for each brand of the rows."""
    rows = [Row("1", "great pens", "positive", "en", "A"), Row("2", "hm", "positive", "en", "B")]
    by_brand: Any = _run(rows)[0]["by_brand"]
    assert by_brand["A"]["thank_you_recall"]["rate"] == 1.0 and by_brand["B"]["thank_you_recall"]["rate"] == 0.0


def test_nothing_over_nothing_is_null() -> None:
    """No labels, no shares."""
    report, _ = _run([])
    assert report["false_thank_you"] == {"n": 0, "of": 0, "rate": None, "low": None, "high": None}
    assert report["thank_you_recall"] is None and report["by_label"] == {}


def test_wilson_interval() -> None:
    """Against the published formula's values."""
    low, high = wilson(5, 100)
    assert low == pytest.approx(0.0215, abs=1e-4) and high == pytest.approx(0.1118, abs=1e-4)
    assert wilson(0, 50)[0] == 0.0


def test_a_brand_column_and_the_option_are_brand_words() -> None:
    """A row's own brand wins; `--brand` fills the gaps; neither filters."""
    rows = [Row("1", "@Lovely great awful", brand="Lovely"), Row("2", "Lovely is awful")]
    _, done = evaluate(rows, policy(), responders(), NOW, brand="lovely")
    assert all("ovely" not in one.signals.text for one in done)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"id,label\n1,x\n", "no column text"),
        (b"", "no header"),
        (b"id,text\n1,\xff\xfe\n", "not UTF-8"),
        (b"text\nhello\n", "no column id"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, content: bytes, what: str) -> None:
    """What is wrong, and what to do."""
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=what) as caught:
        read_rows(path)
    assert caught.value.do and "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_one_line(tmp_path: Path) -> None:
    """No traceback."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot read"):
            read_rows(path)


def test_odd_rows_are_read(tmp_path: Path) -> None:
    """A byte order mark, capitals, short rows, line breaks and huge cells."""
    path = tmp_path / "rows.csv"
    path.write_text(
        '\ufeffID,Text,Extra\n1,"two\nlines",x\n2\n,no id,y,z,z\n4,' + "x" * 120_000 + "\n", encoding="utf-8"
    )
    rows = read_rows(path)
    assert [row.id for row in rows] == ["1", "2", "3", "4"]
    assert rows[0].text == "two\nlines" and rows[1].text == "" and len(rows[3].text) == 100_000


def test_rows_are_written_without_formulas(tmp_path: Path) -> None:
    """F32: = + - @ and tabs are quoted."""
    _, done = _run([Row("=1+1", "great", "@cmd", "en"), Row("ok", "my pen broke", "-x", "en")])
    write_rows(done, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        head, first, second = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert first[:2] == ["'=1+1", "'@cmd"] and second == [
        "ok",
        "'-x",
        "draft",
        "support",
        "support",
        second[5],
        "false",
    ]
    with pytest.raises(InputError):
        write_rows(done, tmp_path / "no" / "out.csv")


def _real(name: str) -> Path:
    path = DATA / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    return path


@pytest.fixture(scope="session")
def airlines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[EvaluatedRow]]:
    """Three airlines' customers, sorted once: United and US Airways were developed on, American was held out."""
    rows = read_rows(_real("airline_dev"))
    return shared_result(tmp_path_factory, "airlines", lambda: evaluate(rows, policy(), responders(), NOW))


def test_the_bar_on_real_complaints(airlines: tuple[Any, list[EvaluatedRow]]) -> None:
    """Hardly a complaint is thanked or left alone, and staff get no more than they can read."""
    shares = airlines[0]["shares"]
    assert shares["false_thank_you"]["rate"] <= 0.003 and shares["thank_you_recall"]["rate"] >= 0.38
    assert (
        shares["negatives_unanswered"]["rate"] <= 0.03 and shares["escalated"]["rate"] <= 0.28
    )  # no apology on a lone weak word costs three points
    assert shares["questions_ignored"]["rate"] <= 0.10 and shares["positives_supported"]["rate"] <= 0.10


def test_the_bar_where_people_are_sure(airlines: tuple[Any, list[EvaluatedRow]]) -> None:
    """Where all who labelled agreed: thank-yous are right, and the auto band is safe and worth having."""
    with _real("airline_dev").open(encoding="utf-8", newline="") as file:
        sure = {row["id"] for row in csv.DictReader(file) if float(row["confidence"]) == 1.0}
    found: Any = shares([row for row in airlines[1] if row.row.id in sure])
    assert found["thank_you_precision"]["rate"] >= 0.95 and found["thank_you_recall"]["rate"] >= 0.45
    assert found["false_thank_you_auto"]["rate"] <= 0.001 and found["thank_you_recall_auto"]["rate"] >= 0.20


def test_other_trades_are_thanked_without_harm() -> None:
    """Makers of phones and software: praise of things, not of people."""
    report, _ = _run(read_rows(_real("brands_dev")))
    found: Any = report["shares"]
    assert found["false_thank_you"]["rate"] <= 0.003 and found["thank_you_recall"]["rate"] >= 0.150


def test_no_thanks_in_languages_the_policy_does_not_name() -> None:
    """Every text that is tagged as another language reaches a person."""
    _, done = _run([row for row in read_rows(_real("languages_dev")) if row.lang != "en"])
    assert sum(one.decision.action == "draft" for one in done) == 0
    assert sum(one.decision.action == "escalate" for one in done) / len(done) > 0.99


def test_without_a_tag_only_english_is_thanked() -> None:
    """Whom we thank writes English, whatever the tag said, or hearts alone; of the others hardly one is not read."""
    rows = [replace(row, lang=None) for row in read_rows(_real("languages_dev")) if row.lang != "en"]
    _, done = _run(rows)
    assert {one.signals.lang for one in done if one.is_thanked and "no_letters" not in one.signals.cues} <= {"en"}
    assert sum(one.is_thanked for one in done) / len(done) <= 0.005
    foreign = [one for one in done if one.signals.lang != "en"]
    assert sum(one.outcome == "escalate" for one in foreign) / len(foreign) > 0.99


def test_sarcasm_stays_out_of_the_auto_band() -> None:
    """At most one in a hundred of what its authors marked sarcastic, and few drafts for staff to drop."""
    _, done = _run([row for row in read_rows(_real("sarcasm_dev")) if row.label == "sarcastic"])
    assert sum(one.is_auto for one in done) / len(done) <= 0.01
    assert sum(one.is_thanked for one in done) / len(done) <= 0.07


def test_who_was_met_with_help_is_not_thanked() -> None:
    """Customers whom real staff answered with an apology or help."""
    _, done = _run([Row(row["id"], row["text"], "support", "en", row["brand"]) for row in met(_real(STAFF))])
    assert len(done) > 700 and sum(one.is_thanked for one in done) / len(done) <= 0.015  # 5 of 11 by the reader


def test_files_of_spreadsheets_are_read_as_the_files_of_mentions_are(tmp_path: Path) -> None:
    """One reader for both: Macintosh line ends, semicolons, UTF-16, a line that names the delimiter."""
    path = tmp_path / "rows.csv"
    for content in (
        b"id,text\r1,Gr\xc3\xbc\xc3\x9fe\r",
        "\ufeffid;text\r\n1;Grüße\r\n".encode(),
        "id\ttext\r\n1\tGrüße\r\n".encode("utf-16"),
        "sep=,\r\nid,text\r\n1,Grüße\r\n".encode(),
    ):
        path.write_bytes(content)
        assert [(row.id, row.text) for row in read_rows(path)] == [("1", "Grüße")]


def test_row_that_cannot_be_read_is_named_in_words_for_people(tmp_path: Path) -> None:
    """It told of "universal-newline mode"."""
    path = tmp_path / "rows.csv"
    path.write_bytes(b"id,text\n1,a\n2,a\rb\n")
    with pytest.raises(InputError, match="after row 1: a line break stands in a cell without quotes"):
        read_rows(path)
