"""The keys of `review` that end in a move of the desk: what each asks for, and what it does. Both manners use them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from listener.cli import context, times
from listener.cli.review.session import REASONS, Session
from listener.desk import marks, people, transitions, wordings
from listener.desk.views import ReplyDetail as Json
from listener.errors import DeskError

REJECTIONS = ("irony, or a joke", "not about us", "wrong tone", "answered elsewhere", "nothing to answer")
ENDINGS = ("needs no answer", "settled elsewhere", "spam")
SPANS = ("30m", "2h", "4h", "1d", "3d", "1w")
POSTED, NOT_YET = "yes, it is posted", "no, not yet"
THERE, NOT_THERE, UNSURE = "it is there", "it is surely not there", "that cannot be told"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before a move: a key of `keys` means one of the choices.

    own: other answers count too, and then a key is taken with Enter only, for it may begin somebody's own words.
    """

    title: str
    choices: tuple[str, ...] = ()
    keys: str = "123456789"
    own: bool = True
    page: tuple[str, ...] = ()  # what is to be read before
    may_be_empty: bool = False
    text: str = ""  # what stands there to be changed
    then: Mapping[str, "Question"] = field(default_factory=dict)  # what a choice makes us ask; that answer counts

    def choice(self, key: str) -> str | None:
        """The choice that a key means."""
        place = self.keys.find(key) if len(key) == 1 else -1
        return self.choices[place] if 0 <= place < len(self.choices) else None

    def meant(self, answer: str) -> str:
        """The choice that an answer means: its key, or where nothing else counts its beginning; else the answer."""
        words = answer.strip().lower()
        begun = [] if self.own or not words else [one for one in self.choices if one.lower().startswith(words)]
        return self.choice(answer.strip()) or (begun[0] if len(begun) == 1 else answer)


@dataclass(frozen=True, slots=True)
class ReviewAction:
    """A key, its word, what help says, what it asks (None: nothing), what it does, and if the next one is opened."""

    key: str
    word: str
    message: str
    ask: Callable[[Session, Json], Question] | None
    do: Callable[[Session, Json, str], str]
    advances: bool = True


def _known(recent: list[str], usual: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*recent, *usual)))[:REASONS]


def _why_rejected(session: Session, one: Json) -> Question:
    return Question(f"Why must {one['id']} not go out?", _known(session.reasons("rejected"), REJECTIONS))


def _reject(session: Session, one: Json, why: str) -> str:
    transitions.reject(session.store, session.desk, one["id"], why)
    return f"{one['id']} is rejected: {why}"


def _why_closed(session: Session, one: Json) -> Question:
    return Question(f"Why does {one['id']} need no reply?", _known(session.reasons("handled"), ENDINGS))


def _close(session: Session, one: Json, why: str) -> str:
    transitions.close(session.store, session.desk, one["id"], why)
    return f"{one['id']} is closed: {why}"


def _escalate(session: Session, one: Json, answer: str) -> str:
    transitions.escalate(session.store, session.desk, one["id"])
    return f"{one['id']} is escalated: its text is gone, e writes another"


def _whose(session: Session, one: Json) -> Question:
    return Question(f"Who takes {one['id']}?", session.desk.policy.staff[:REASONS])


def _assign(session: Session, one: Json, to: str) -> str:
    marks.assign(session.store, session.desk, one["id"], to)
    return f"{one['id']} is {to}'s"


def _how_long(session: Session, one: Json) -> Question:
    return Question(f"For how long shall {one['id']} sleep? A letter, or a span such as 45m", SPANS, "abcdef")


def _snooze(session: Session, one: Json, span: str) -> str:
    marks.snooze(session.store, session.desk, one["id"], times.span(span.strip()))
    return f"{one['id']} sleeps for {span}"


def _another(session: Session, one: Json, answer: str) -> str:
    config = session.config
    wordings.use_next_wording(
        session.store,
        session.desk,
        one["id"],
        one["revision"],
        lambda decided, mention: context.wordings(config, decided, mention),
    )
    return f"{one['id']} has another wording; v takes the next, a approves"


def _note_on(session: Session, one: Json) -> Question:
    return Question("What should colleagues know about this person?")


def _note(session: Session, one: Json, text: str) -> str:
    people.note(session.store, session.desk, session.person(one), text)
    return "noted"


def _posted(session: Session, one: Json) -> Question:
    if one["state"] != "by_hand":
        raise DeskError(
            f"the mention is at {one['reply_url'] or 'a place nobody told'}", "a reply by hand is approved first"
        )
    page = (f"Post this at {one['reply_url'] or 'the platform'}:", one["text"] or "")
    then = {POSTED: Question("The id or the link of your post (Enter alone: without)", may_be_empty=True)}
    return Question("Is it posted? 1 or 2, or the id or the link of your post", (POSTED, NOT_YET), page=page, then=then)


def _done(session: Session, one: Json, answer: str) -> str:
    if answer == NOT_YET:
        return f"{one['id']} still waits to be posted"
    transitions.done(session.store, session.desk, one["id"], _remote_id(answer) if answer.strip() else None)
    return f"{one['id']} is sent, by your hand"


def _settled(session: Session, one: Json) -> Question:
    if one["state"] != "unconfirmed":
        raise DeskError(f"{one['id']} is {one['state']}, not unknown", "y settles an unknown outcome")
    page = (f"Look for it below {one['reply_url'] or 'the mention'}. Sent again, it answers somebody twice.",)
    then = {THERE: Question("The id or the link of its post there")}
    return Question(
        "Is it there? 1, 2 or 3, or the id or the link of the post", (THERE, NOT_THERE, UNSURE), page=page, then=then
    )


def _settle(session: Session, one: Json, answer: str) -> str:
    if answer == UNSURE:
        return f"{one['id']} stays unknown: Earshot goes on looking"
    remote_id = None if answer == NOT_THERE else _remote_id(answer)
    transitions.resolve(session.store, session.desk, one["id"], remote_id)
    return f"{one['id']} goes out again" if remote_id is None else f"{one['id']} is sent, as {remote_id}"


def _remote_id(answer: str) -> str:
    """The id of a post, or of the post behind a link. Raises DeskError for words: `no` is no id."""
    word = answer.strip()
    if len(word.split()) != 1 or not re.search("[0-9/:]", word):
        raise DeskError(f"{word!r} is no id and no link of a post", "nothing was changed")
    link = re.fullmatch(r"https?://\S+/([0-9]+)/?([?#]\S*)?", word)
    return link[1] if link else word


def _retry(session: Session, one: Json, answer: str) -> str:
    transitions.retry(session.store, session.desk, one["id"])
    return f"{one['id']} waits to be approved again"


ACTS = (
    ReviewAction("v", "variant", "puts another wording in its place", None, _another, advances=False),
    ReviewAction("r", "reject", "it must not go out; asks why", _why_rejected, _reject),
    ReviewAction("c", "close", "needs no reply; asks why", _why_closed, _close),
    ReviewAction("x", "escalate", "hands it to staff without its text", None, _escalate, advances=False),
    ReviewAction("g", "give", "assigns it to somebody", _whose, _assign),
    ReviewAction("z", "snooze", "out of sight for a while", _how_long, _snooze),
    ReviewAction("n", "note", "notes something about the person", _note_on, _note, advances=False),
    ReviewAction("b", "by hand", "text and link of what you post yourself; then marks it done", _posted, _done),
    ReviewAction("y", "settle", "an unknown outcome: is it there, or not?", _settled, _settle),
    ReviewAction("t", "retry", "puts what failed back in the queue", None, _retry, advances=False),
)


def pick(session: Session, answer: str) -> tuple[str, dict[str, Any]]:
    """The part of the queue that an answer means, by its name or the start of it. Raises DeskError."""
    found = [one for one in filters(session).items() if one[0].startswith(answer.strip().lower())]
    if not found or not answer.strip():
        raise DeskError(f"there is no part {answer!r}", f"there is {', '.join(filters(session))}")
    return found[0]


def filters(session: Session) -> dict[str, dict[str, Any]]:
    """The parts of the queue that f offers: name -> what narrows the page. Those without a digit are typed."""
    policy = session.desk.policy
    return {
        "all that waits": {},
        "overdue": {"late": True},
        f"mine ({session.by})": {"assigned_to": session.by},
        "drafted": {"states": ("drafted",)},
        "escalated": {"states": ("escalated",)},
        "by hand": {"states": ("by_hand",)},
        "unknown or failed": {"states": ("unconfirmed", "failed")},
        "approved, not yet out": {"states": ("approved",)},
        **{one.kind: {"kind": one.kind} for one in policy.responders},
        **{one.name: {"platform": one.name} for one in session.config.platforms if len(session.config.platforms) > 1},
    }
