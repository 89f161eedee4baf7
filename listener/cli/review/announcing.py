"""The key `P` of the review: announcements that wait, one after the other, to be read, approved or cancelled."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from listener.cli import context
from listener.cli.lines import clock
from listener.cli.review.key_info import KeyInfo
from listener.cli.review.question import Question
from listener.desk import announcements
from listener.errors import DeskError
from listener.store import postings
from listener.store.postings import UNSENT, Announcement

if TYPE_CHECKING:
    from listener.cli.review.presenter import Presenter

ANNOUNCE = KeyInfo("P", "posts", "announcements that wait: read, approve or cancel them; P again: the next one")
APPROVE, LEAVE, CANCEL = "approve it", "leave it", "cancel it"


def next_page(presenter: "Presenter") -> Announcement:
    """Return the next announcement that waits, after the one that was shown last. Raises DeskError."""
    with presenter.store.read() as connection:
        waiting = sorted({item.posting.announcement_id for item in postings.list_waiting(connection)})
        if not waiting:
            raise DeskError("no announcement waits", "`earshot announce add` writes one")
        later = [number for number in waiting if number > presenter.last_announcement]
        presenter.last_announcement = (later or waiting)[0]
        return postings.get(connection, presenter.last_announcement)


def ask_decision(presenter: "Presenter", page: Announcement) -> Question:
    """Ask what is to become of an announcement, with the exact text on each platform. Raises DeskError."""
    states = {item.state for item in page.postings}
    choices = (APPROVE,) * ("drafted" in states) + (LEAVE,) + (CANCEL,) * bool(states & {*UNSENT})
    why = Question(f"Why cancel announcement {page.id}?", lead=f"{CANCEL}\n", may_be_empty=True)
    intro = tuple(_list_lines(presenter, page))
    title = f"Announcement {page.id} by {page.by}: what is to become of it?"
    return Question(title, choices, takes_text=False, intro=intro, follow_ups={CANCEL: why})


def _list_lines(presenter: "Presenter", page: Announcement) -> Iterator[str]:
    preview = context.announcement_previews(presenter.config)
    for item in page.postings:
        head = f"{item.platform}, {clock(item.at)}, {item.closed_as or item.state}"
        if item.state in UNSENT:
            shown = preview(page.text, item.platform)
            yield f"{head}, {shown.length} of {shown.limit}:\n{shown.text}"
        else:
            yield head
        yield from [f"! {item.error}"] * bool(item.error)


def decide(presenter: "Presenter", page: Announcement, answer: str) -> str:
    """Approve or cancel an announcement, or leave it. Returns the report. Raises DeskError."""
    choice, _, reason = answer.partition("\n")
    if choice == APPROVE:
        shown = context.announcement_previews(presenter.config)
        announcements.approve(presenter.store, presenter.desk, shown, page.id, seen_as=page)
        presenter.history.add_decision("approve", page.id)
        return _describe(presenter, page.id)
    if choice == CANCEL:
        announcements.cancel(presenter.store, presenter.desk, page.id, reason)
        presenter.history.add_decision("cancel", page.id)
        return f"Announcement {page.id} cancelled"
    return f"Announcement {page.id} unchanged"


def _describe(presenter: "Presenter", number: int) -> str:
    page = announcements.page(presenter.store, presenter.desk, number)
    if any(page.needed.values()):
        return f"Announcement {number}: approved; a second person must approve too"
    names = ", ".join(f"{item.platform} {clock(item.at)}" for item in page.announcement.postings)
    return f"Announcement {number} approved: {names}"
