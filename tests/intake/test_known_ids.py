"""A file that gives the id of one row to another: neither is lost."""

from dataclasses import replace

from listener.feed_page import FeedPage
from listener.store import notices
from tests.line import COMPLAINT, PRAISE, Line


def test_item_that_bears_the_id_of_a_stored_one_is_set_aside(line: Line) -> None:
    """It would have replaced the words of the first, or been skipped once that was answered."""
    first = line.say(PRAISE)
    line.listen()
    other = replace(first, text=COMPLAINT)
    for _ in range(2):
        line.platform.pages.append(FeedPage({"at": 2}, (other, first), known_ids_are_final=True))
        line.listen()
    with line.store.read() as connection:
        (item,) = notices.quarantined_items(connection)
    assert COMPLAINT in item.raw and "id of its own" in item.error
    assert line.item(line.reply_to(first.id).id).mention.text == PRAISE


def test_edit_with_an_id_of_its_own_is_an_edit(line: Line) -> None:
    """As a file names it in `edits`."""
    first = line.say(PRAISE)
    line.listen()
    line.wait(minutes=1)
    edit = replace(first, id="m1-b", text=COMPLAINT, created_at=line.now)
    line.platform.pages.append(FeedPage({"at": 2}, (edit,), known_ids_are_final=True))
    line.listen()
    with line.store.read() as connection:
        assert notices.quarantined_items(connection) == []
    assert line.item(line.reply_to(first.id).id).mention.text == COMPLAINT
