"""The golden history: what must be decided is decided, and every change of a decision shows as a diff."""

import difflib
import json
from collections import Counter

from tests.history import Row, rows

ROWS = list(rows())


def _line(row: Row) -> str:
    return json.dumps(row.told, ensure_ascii=False)


def test_every_decision_is_the_reviewed_one() -> None:
    """A difference is shown as a diff; when it is meant, `python -m tests.history` takes it over."""
    diff = difflib.unified_diff(
        [f"{row.file}:{row.at} {_line(row)}" for row in ROWS],
        [f"{row.file}:{row.at} {row.written()}" for row in ROWS],
        "reviewed", "decided now", lineterm="", n=0,
    )  # fmt: skip
    found = "\n".join(diff)
    assert not found, f"decisions changed; if they are meant: python -m tests.history\n{found}"


def test_what_must_be_decided_is_decided() -> None:
    """At most one row in a hundred is a known miss, and none of them thanks where nothing is to be thanked for."""
    missed = [row for row in ROWS if row.told.get("miss")]
    assert len(missed) <= len(ROWS) / 100, [row.told["text"] for row in missed]
    assert [row.told["text"] for row in missed if row.told["is"].startswith("thank_you")] == []


def test_the_history_is_wide() -> None:
    """Five hundred mentions and more, of many trades, each text once for each author."""
    assert len(ROWS) >= 500
    assert len({row.told["trade"] for row in ROWS}) >= 25
    seen = Counter((row.told["text"], row.told.get("author"), row.told.get("name"), len(row.told)) for row in ROWS)
    assert [text for text, times in seen.items() if times > 1] == []
    assert {outcome for row in ROWS for outcome in row.told["must"]} >= {"thank_you", "support", "escalate", "ignore"}


def test_trouble_is_told_by_what_it_is_about() -> None:
    """The category stands in the trail, and picks the wording."""
    for row in (row for row in ROWS if "about" in row.told):
        decision = row.decided()
        assert decision.draft is not None, row.told["text"]
        assert f" about {row.told['about']}" in decision.draft.message, (row.told["text"], decision.draft.message)
        assert decision.draft.texts[0].variant == row.told["about"]
