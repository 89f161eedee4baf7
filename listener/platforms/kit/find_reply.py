"""Did a reply arrive? Our account's answers to the mention show it: by its words, or as an answer in other words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.errors import Indeterminate, ReadFailed
from listener.model import Prepared, Receipt

CHECK_ACCOUNT = "look at the account, then resolve it"


@dataclass(frozen=True, slots=True)
class Answer:
    """A post of our account below the mention. is_ours: it has the words of the reply."""

    receipt: Receipt
    is_ours: bool


def choose_answer(
    platform: str, answers: Sequence[Answer], prepared: Prepared, lag: timedelta, now: datetime
) -> Receipt | None:
    """Return our reply among the answers, the first one with its words; None if there is no answer at all.

    An answer in other words is a colleague's, and ours may still follow within twice the listings' lag: until then
    raise ReadFailed, later Indeterminate, for the mention must not be answered twice. prepared.request["prepared_at"]
    is the time of `prepare` as ISO 8601.
    """
    if ours := next((answer.receipt for answer in answers if answer.is_ours), None):
        return ours
    if not answers:
        return None
    if now < datetime.fromisoformat(prepared.request["prepared_at"]) + 2 * lag:
        raise ReadFailed(
            f"{platform} lists another answer of your account below this mention; waiting for ours to appear",
            cause="item",
        )
    other = answers[0].receipt.remote_id
    raise Indeterminate(f"{platform} lists an answer of ours in other words (post {other})", CHECK_ACCOUNT)
