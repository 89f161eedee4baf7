"""The checker itself: a sound run passes, and each kind of wrong is found in a database made wrong on purpose."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.checker import check
from tests.faults.evidence import Evidence, Finding, Post, Remains
from tests.faults.tally import Tally
from tests.line import NOON, PRAISE, Line

MUCH_LATER = NOON + timedelta(days=1)


@dataclass
class Case:
    """A line with one mention that was answered, and what its platform can say of it."""

    line: Line
    evidence: Evidence
    canary: str = "canary-1"

    def found(self) -> list[str]:
        """The sorts of what is wrong."""
        return [one.wrong for one in self.findings()]

    def findings(self) -> list[Finding]:
        """What is wrong."""
        folder = self.line.folder
        files = [one for one in folder.iterdir() if one.is_file()]
        return check(self.evidence, Remains(folder / "earshot.db", files, [self.canary]))

    def damage(self, *statements: str) -> None:
        """Change the database behind Earshot's back."""
        with closing(sqlite3.connect(self.line.folder / "earshot.db")) as connection, connection:
            for statement in statements:
                connection.execute(statement)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """One mention, approved by ann, sent."""
    line = Line(tmp_path)
    line.approved()
    line.send()
    ((remote, _, text, at),) = line.platform.posts
    post = Post(remote, "m1", "m1", text, at)
    yield Case(line, Evidence("memory", {"m1": PRAISE}, [post]))
    line.store.close()


def test_a_sound_run_has_no_findings(case: Case) -> None:
    """Else all that follows proves nothing."""
    assert case.findings() == []


def test_a_listed_mention_that_is_not_stored_is_lost(case: Case) -> None:
    """I1: named by its id."""
    case.evidence = replace(case.evidence, listed={"m1": PRAISE, "m2": "hello"})
    (finding,) = case.findings()
    assert (finding.wrong, "m2" in finding.message) == ("lost", True)


def test_a_mention_inside_a_recorded_gap_is_not_lost(case: Case) -> None:
    """I1: the operator was told."""
    case.evidence = replace(case.evidence, listed={"500": "hello"})
    assert case.found() == ["lost"]
    case.damage(
        "INSERT INTO gap (platform, feed, from_id, to_id, description, at)"
        f" VALUES ('memory', 'mentions', '400', '600', 'x', '{NOON.isoformat()}')"
    )
    assert case.found() == []


def test_what_left_a_bounded_list_is_in_a_gap_or_lost(case: Case) -> None:
    """I1: gaps name ids of the list, which are ULIDs or times on some servers."""
    case.evidence = replace(case.evidence, unlisted={"uri:1": "01M8MEZX"})
    assert case.found() == ["lost"]
    case.damage(
        "INSERT INTO gap (platform, feed, from_id, to_id, description, at)"
        f" VALUES ('memory', 'mentions', '01M8MEZW', '01M8MEZY', 'x', '{NOON.isoformat()}')"
    )
    assert case.found() == []


def test_an_unreadable_item_that_was_not_set_aside_is_lost(case: Case) -> None:
    """It belongs into `quarantine`."""
    case.evidence = replace(case.evidence, malformed=["line@7"])
    assert case.found() == ["lost"]


def test_a_doubled_post_is_found(case: Case) -> None:
    """I2: the platform has two posts for one mention; the second is in no exchange either."""
    (post,) = case.evidence.posts
    case.evidence = replace(case.evidence, posts=[post, replace(post, id="post-2")])
    assert "doubled" in case.found()


def test_two_answers_to_two_edits_of_one_post_are_a_double(case: Case) -> None:
    """I2: at most one an interaction, whatever version it answers."""
    (post,) = case.evidence.posts
    case.evidence = replace(case.evidence, posts=[post, replace(post, id="post-2", target="m1-edited")])
    assert "doubled" in case.found()


@pytest.mark.parametrize("state", ["approved", "sending", "drafted", "unconfirmed"])
def test_an_approved_reply_that_ended_nowhere_is_silent(case: Case, state: str) -> None:
    """I4: still waiting when all is over, given back without a word, or unknown without a notice."""
    case.line.approved()
    case.damage(f"UPDATE reply SET state = '{state}' WHERE id = 2")
    case.evidence = replace(case.evidence, listed=case.evidence.listed | {"m2": PRAISE})
    assert case.found() == ["silent"]


def test_a_reply_closed_without_a_reason_is_silent(case: Case) -> None:
    """I4: closed, but nobody could say why."""
    case.line.approved()
    case.damage("UPDATE reply SET state = 'closed', closed_as = 'withdrawn' WHERE id = 2")
    assert case.found() == ["silent"]


def test_an_approved_reply_that_a_listing_gave_back_to_staff_is_not_silent(case: Case) -> None:
    """Its mention had gone in passing: withdrawn, listed again, and reopened as a draft."""
    case.line.approved()
    case.damage("UPDATE reply SET state = 'drafted' WHERE id = 2")
    assert case.found() == ["silent"]
    columns = "INSERT INTO event (at, mention_key, reply_id, what, by)"
    case.damage(f"{columns} SELECT '{NOON.isoformat()}', mention_key, id, 'reopened', 'poll' FROM reply WHERE id = 2")
    assert case.found() == []


def test_an_unknown_reply_that_a_person_is_shown_is_not_silent(case: Case) -> None:
    """I4: the notice is open."""
    case.line.approved()
    case.line.platform.script, case.line.platform.tells = ["lost"], False
    case.line.send()
    assert case.found() == []


def test_a_mention_that_nobody_decided_is_silent(case: Case) -> None:
    """Stored, and then forgotten."""
    case.line.say()
    case.line.stages.poll("memory")
    assert case.found() == ["silent"]


def test_words_that_nobody_approved_are_found(case: Case) -> None:
    """I3: to the byte."""
    (post,) = case.evidence.posts
    case.evidence = replace(case.evidence, posts=[replace(post, text=post.text + " ")])
    assert case.found() == ["broken"]


def test_an_approval_after_the_post_counts_for_nothing(case: Case) -> None:
    """I3: earlier."""
    case.damage(f"UPDATE approval SET at = '{MUCH_LATER.isoformat()}'")
    assert case.found() == ["broken"]


def test_a_post_without_its_exchange_is_found_and_so_is_an_exchange_without_its_post(case: Case) -> None:
    """I5: in both directions."""
    case.damage("UPDATE reply SET remote_id = 'post-77'")
    assert case.found() == ["broken", "broken"]


def test_an_attempt_without_an_end_is_found(case: Case) -> None:
    """I5: the event that ended it is gone."""
    case.damage("DELETE FROM event WHERE what = 'sent'")
    assert case.found() == ["silent"]


def test_a_mention_that_is_listed_and_counts_as_gone_is_silent(case: Case) -> None:
    """F43: not found in passing, and nobody took that back; what a listing took back once may be found gone again."""
    case.damage(f"UPDATE mention SET deleted_at = '{NOON.isoformat()}'")
    assert case.found() == ["silent"]
    case.damage(f"INSERT INTO event (at, mention_key, what, by) VALUES ('{NOON.isoformat()}', 1, 'reopened', 'poll')")
    assert case.found() == []


def test_a_reply_sent_after_the_author_edited_the_mention_is_found(case: Case) -> None:
    """F12: nobody approved it for what now stands."""
    case.damage("UPDATE event SET what = 'edited', by = 'author', reply_id = NULL WHERE what = 'approved'")
    assert case.found() == ["broken"]


def test_a_row_that_points_nowhere_is_found(case: Case) -> None:
    """I6: foreign_key_check."""
    case.damage("UPDATE event SET mention_key = 99 WHERE what = 'seen'")
    assert case.found() == ["broken"]


@pytest.mark.parametrize("name", ["err.txt", "earshot.db"])
def test_a_secret_is_found_wherever_it_stands(case: Case, name: str) -> None:
    """I7: in a log or in a table."""
    if name == "err.txt":
        (case.line.folder / name).write_text("Authorization: canary-1\n")
    else:
        case.damage("UPDATE reply SET error = 'canary-1'")
    assert "broken" in case.found()


def test_a_traceback_in_an_output_is_found(case: Case) -> None:
    """One line for a person, never a traceback."""
    (case.line.folder / "err.txt").write_text("Traceback (most recent call last):\n")
    assert case.found() == ["broken"]


def test_money_that_was_billed_and_not_booked_is_found(case: Case) -> None:
    """The ledger is never below the bill, but for what was in a lost answer and is gone since."""
    case.evidence = replace(case.evidence, billed=0.04, gone=0.04)
    assert case.found() == []
    case.evidence = replace(case.evidence, billed=0.06)
    assert case.found() == ["broken"]


def test_money_that_was_booked_though_nothing_is_unknown_is_found(case: Case) -> None:
    """A lost page, and a post that may not exist, stand booked under their keys until they are known."""
    columns = "INSERT INTO ledger (platform, at, call, resources, usd, key, reply_id)"
    paid = f"{columns} SELECT 'memory', '{NOON.isoformat()}', 'POST /2/tweets', 1, 0.01, NULL, id FROM reply"
    case.damage(paid)
    case.damage(f"{columns} VALUES ('memory', '{NOON.isoformat()}', 'GET', 100, 0.5, 'page own 2026-11-24', NULL)")
    case.evidence = replace(case.evidence, priced=True, billed=0.01)
    assert case.found() == []
    case.damage("UPDATE ledger SET key = NULL")
    assert case.found() == ["broken"]


def test_a_point_at_which_nothing_dies_is_told(case: Case) -> None:
    """In three hundred runs; in a handful it may be an accident."""
    tally = Tally(runs=300, kills=Counter({"S1": 3}))
    assert tally.missed(("S1", "S8")) == ["S8"]
    assert tally.missed(("S1",), ("slow server",)) == ["slow server"]
    assert Tally(runs=5).missed(("S1",), ("slow server",)) == []


def test_a_post_whose_cost_is_on_nobodys_account_is_found(case: Case) -> None:
    """Where posts cost money, each has its line in the ledger."""
    case.evidence = replace(case.evidence, priced=True, billed=0.01, gone=0.01)
    assert case.found() == ["broken"]
    case.damage(
        "INSERT INTO ledger (platform, at, call, resources, usd, reply_id)"
        f" SELECT 'memory', '{NOON.isoformat()}', 'POST /2/tweets', 1, 0.01, id FROM reply"
    )
    assert case.found() == []
