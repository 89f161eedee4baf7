"""From a category to the error: nothing is sent twice, and nothing that may have been sent is called unsent."""

from datetime import UTC, datetime

import pytest

from listener.errors import Indeterminate, NotSent, PlatformError, ReadFailed, Refused
from listener.model import Prepared, Receipt
from listener.platforms.kit.failures import Category, Failure, not_sent, post_error, read_error
from listener.platforms.kit.find_reply import Answer, choose_answer
from tests.factories import NOW

READS: dict[Category, str] = {
    "unclear": "transient",
    "transient": "transient",
    "rate": "rate",
    "billing": "billing",
    "account": "account",
    "expired": "account",
    "parked": "account",
    "by_hand": "account",
    "gone": "transient",
    "duplicate": "transient",
    "absent": "item",
    "exists": "item",
    "invalid": "item",
}
POSTS: dict[Category, tuple[type[PlatformError], str]] = {
    "unclear": (PlatformError, ""),
    "duplicate": (Refused, "drafted"),
    "transient": (NotSent, "transient"),
    "rate": (NotSent, "rate"),
    "billing": (NotSent, "billing"),
    "account": (NotSent, "account"),
    "expired": (NotSent, "account"),
    "parked": (NotSent, "item"),
    "by_hand": (Refused, "by_hand"),
    "gone": (Refused, "withdrawn"),
    "absent": (Refused, "failed"),
    "exists": (Refused, "failed"),
    "invalid": (Refused, "failed"),
}


@pytest.mark.parametrize(("category", "cause"), READS.items())
def test_failed_read_has_a_cause(category: Category, cause: str) -> None:
    """And what to do about it, unless it is the item's fault."""
    error = read_error(Failure(category, "no", "do it", NOW))
    assert (error.message, error.cause, error.retry_at) == ("no", cause, NOW)
    assert error.do == ("" if cause == "item" else "do it")


@pytest.mark.parametrize(("category", "meant"), POSTS.items())
def test_failed_post_is_sorted(category: Category, meant: tuple[type[PlatformError], str]) -> None:
    """Surely not sent, refused for good, or unconfirmed."""
    error = post_error(Failure(category, "no", "do it", NOW))
    assert (type(error), getattr(error, "cause", getattr(error, "next_state", ""))) == meant
    assert error.message.startswith("no")


def test_post_that_could_not_begin_keeps_its_cause() -> None:
    """The read before it failed."""
    error = not_sent(ReadFailed("slow", "wait", cause="rate", retry_at=NOW))
    assert (error.message, error.do, error.cause, error.retry_at) == ("slow", "wait", "rate", NOW)


def prepared(at: datetime) -> Prepared:
    """A reply whose request was prepared at this time."""
    return Prepared("key", {"prepared_at": at.isoformat()})


OURS, OTHER = Answer(Receipt("1"), is_ours=True), Answer(Receipt("2"), is_ours=False)
LAG = NOW - datetime(2026, 11, 22, 11, 59, tzinfo=UTC)


def test_reply_is_found_by_its_words() -> None:
    """Whatever else answers the mention."""
    assert choose_answer("X", [OTHER, OURS], prepared(NOW), LAG, NOW) == Receipt("1")
    assert choose_answer("X", [], prepared(NOW), LAG, NOW) is None


def test_answer_in_other_words_is_left_to_a_person_once_ours_would_be_listed() -> None:
    """Until then it is looked for again."""
    with pytest.raises(ReadFailed):
        choose_answer("X", [OTHER], prepared(NOW), LAG, NOW + 2 * LAG - LAG / 100)
    with pytest.raises(Indeterminate, match="post 2"):
        choose_answer("X", [OTHER], prepared(NOW), LAG, NOW + 2 * LAG)
