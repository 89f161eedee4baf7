"""What a platform can prove of likes and reposts, against what the database has: each chosen, each once, each told."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from listener.store.gone import GONE
from tests.faults.evidence import Evidence, Finding

ENDS = ("sent", "failed", "by_hand", "closed")


def check_applause(evidence: Evidence, acts: Sequence[Mapping[str, Any]], told: Collection[str]) -> Iterator[Finding]:
    """An act that was done twice, that nobody chose, that is kept as done and was not, or that waits for ever.

    told: the subjects of open notices about what is unconfirmed.
    """
    done, rows = Counter(evidence.applauded), {(row["what"], row["thread"]): row for row in acts}
    for (what, thread), count in done.items():
        row = rows.get((what, thread))
        if count > 1:
            yield Finding("doubled", f"the {what} of {thread} was made {count} times")
        if row is None or row["approved_by"] is None:
            yield Finding("broken", f"the {what} of {thread} was chosen by nobody")
        elif not (row["state"] == "sent" or _is_open(row, told) or _is_of_nothing(row)):
            yield Finding("broken", f"the {what} of {thread} was made, and is {row['state']}")
    for key, row in rows.items():
        if row["state"] == "sent" and not done[key]:
            yield Finding("broken", f"the {key[0]} of {key[1]} counts as done, and was not made")
        if not (row["state"] in ENDS or _is_open(row, told)):
            yield Finding("silent", f"the {key[0]} of {key[1]} is {row['state']}")
        if row["state"] == "closed" and not row["reason"]:
            yield Finding("silent", f"the {key[0]} of {key[1]} was withdrawn without a reason")


def _is_open(row: Mapping[str, Any], told: Collection[str]) -> bool:
    return row["state"] == "unconfirmed" and f"{row['what']} {row['id']}" in told


def _is_of_nothing(row: Mapping[str, Any]) -> bool:
    """Its post is gone, and what was done to it with it."""
    return (row["state"], row["reason"]) == ("closed", GONE)
