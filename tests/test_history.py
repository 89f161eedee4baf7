"""The golden history: what must be decided is decided, and every change of a decision shows as a diff."""

import difflib
import json
from collections import Counter

from tests.factories import policy
from tests.history import Row, rows

ROWS = list(rows())


def _line(row: Row) -> str:
    return json.dumps(row.fields, ensure_ascii=False)


def test_every_decision_is_the_reviewed_one() -> None:
    """A difference is shown as a diff; when it is meant, `python -m tests.history` takes it over."""
    diff = difflib.unified_diff(
        [f"{row.file}:{row.at} {_line(row)}" for row in ROWS],
        [f"{row.file}:{row.at} {row.written()}" for row in ROWS],
        "reviewed", "decided now", lineterm="", n=0,
    )  # fmt: skip
    changes = "\n".join(diff)
    assert not changes, f"decisions changed; if they are meant: python -m tests.history\n{changes}"


def test_what_must_be_decided_is_decided() -> None:
    """At most one row in a hundred is a known miss, and none of them thanks where nothing is to be thanked for."""
    missed = [row for row in ROWS if row.fields.get("miss")]
    assert len(missed) <= len(ROWS) / 100, [row.fields["text"] for row in missed]
    assert [row.fields["text"] for row in missed if row.fields["is"].startswith("thank_you")] == []


def test_the_history_is_wide() -> None:
    """Five hundred mentions and more, of many trades, each text once for each author."""
    assert len(ROWS) >= 500
    assert len({row.fields["trade"] for row in ROWS}) >= 25
    seen = Counter(
        (row.fields["text"], row.fields.get("author"), row.fields.get("name"), len(row.fields)) for row in ROWS
    )
    assert [text for text, times in seen.items() if times > 1] == []
    assert {outcome for row in ROWS for outcome in row.fields["must"]} >= {"thank_you", "support", "escalate", "ignore"}


def test_the_need_is_named_and_picks_the_wording() -> None:
    """The kind of need stands in the trail, and the first text is one that was written for it."""
    wordings = policy().wording["support"]
    for row in (row for row in ROWS if "need" in row.fields):
        draft, need = row.decided().draft, row.fields["need"]
        assert draft is not None and draft.needs[0] == need, (row.fields["text"], draft and draft.needs)
        assert need == "request" or need.replace("_", " ") in draft.message
        chosen = next(variant for variant in wordings if variant.id == draft.texts[0].variant)
        assert f"need_{need}" in chosen.when, (row.fields["text"], chosen)
