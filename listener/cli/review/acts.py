"""The keys of `review` that end in a move of the desk: what each asks for, and what it does. Both manners use them."""

from collections.abc import Callable
from dataclasses import dataclass

from listener.cli import context, times
from listener.cli.review.session import REASONS, Session
from listener.desk import marks, moves, people, wordings
from listener.errors import DeskError
from listener.model import Json

REJECTIONS = ("irony, or a joke", "not about us", "wrong tone", "answered elsewhere", "nothing to answer")
ENDINGS = ("needs no answer", "settled elsewhere", "spam")
SPANS = ("30m", "2h", "4h", "1d", "3d", "1w")
NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before a move: one of the keys picks one of the choices, any other answer is taken as it is.

    No key may begin an answer that somebody types: spans of time begin with a digit, so they are picked by letters.
    """

    title: str
    choices: tuple[str, ...] = ()
    keys: str = "123456789"
    page: tuple[str, ...] = ()  # what is to be read before
    may_be_empty: bool = False
    text: str = ""  # what stands there to be changed


@dataclass(frozen=True, slots=True)
class Act:
    """A key, its word, what help says, what it asks (None: nothing), what it does, and if the next one is opened."""

    key: str
    word: str
    says: str
    ask: Callable[[Session, Json], Question] | None
    do: Callable[[Session, Json, str], str]
    goes_on: bool = True


def _known(recent: list[str], usual: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*recent, *usual)))[:REASONS]


def _why_rejected(session: Session, one: Json) -> Question:
    return Question(f"Why must {one['id']} not go out?", _known(session.reasons("rejected"), REJECTIONS))


def _reject(session: Session, one: Json, why: str) -> str:
    moves.reject(session.store, session.desk, one["id"], why)
    return f"{one['id']} is rejected: {why}"


def _why_closed(session: Session, one: Json) -> Question:
    return Question(f"Why does {one['id']} need no reply?", _known(session.reasons("handled"), ENDINGS))


def _close(session: Session, one: Json, why: str) -> str:
    moves.close(session.store, session.desk, one["id"], why)
    return f"{one['id']} is closed: {why}"


def _escalate(session: Session, one: Json, answer: str) -> str:
    moves.escalate(session.store, session.desk, one["id"])
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
    wordings.another(
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
            f"the mention is at {one['link'] or 'a place nobody told'}", "a reply by hand is approved first"
        )
    page = (f"Post this at {one['link'] or 'the platform'}:", one["text"] or "")
    return Question("Is it posted? The id of your post (it may stay empty)", page=page, may_be_empty=True)


def _done(session: Session, one: Json, remote_id: str) -> str:
    moves.done(session.store, session.desk, one["id"], remote_id.strip() or None)
    return f"{one['id']} is sent, by your hand"


def _settled(session: Session, one: Json) -> Question:
    if one["state"] != "unknown":
        raise DeskError(f"{one['id']} is {one['state']}, not unknown", "y settles an unknown outcome")
    return Question(f"Look on the platform: write the id of its post there, or `{NOT_SENT}` if it surely is not there")


def _settle(session: Session, one: Json, answer: str) -> str:
    remote_id = None if answer.strip().lower() == NOT_SENT else answer.strip()
    moves.resolve(session.store, session.desk, one["id"], remote_id)
    return f"{one['id']} goes out again" if remote_id is None else f"{one['id']} is sent, as {remote_id}"


def _retry(session: Session, one: Json, answer: str) -> str:
    moves.retry(session.store, session.desk, one["id"])
    return f"{one['id']} waits to be approved again"


ACTS = (
    Act("v", "variant", "puts another wording in its place", None, _another, goes_on=False),
    Act("r", "reject", "it must not go out; asks why", _why_rejected, _reject),
    Act("c", "close", "needs no reply; asks why", _why_closed, _close),
    Act("x", "escalate", "hands it to staff without its text", None, _escalate, goes_on=False),
    Act("g", "give", "assigns it to somebody", _whose, _assign),
    Act("z", "snooze", "out of sight for a while", _how_long, _snooze),
    Act("n", "note", "notes something about the person", _note_on, _note, goes_on=False),
    Act("b", "by hand", "text and link of what you post yourself; then marks it done", _posted, _done),
    Act("y", "settle", "an unknown outcome: is it there, or not?", _settled, _settle),
    Act("t", "retry", "puts what failed back in the queue", None, _retry, goes_on=False),
)


def pick(session: Session, answer: str) -> tuple[str, Json]:
    """The part of the queue that an answer means, by its name or the start of it. Raises DeskError."""
    found = [one for one in filters(session).items() if one[0].startswith(answer.strip().lower())]
    if not found or not answer.strip():
        raise DeskError(f"there is no part {answer!r}", f"there is {', '.join(filters(session))}")
    return found[0]


def filters(session: Session) -> dict[str, Json]:
    """The parts of the queue that f offers: name -> what narrows the page. Those without a digit are typed."""
    policy = session.desk.policy
    return {
        "all that waits": {},
        "overdue": {"late": True},
        f"mine ({session.by})": {"assigned_to": session.by},
        "drafted": {"states": ("drafted",)},
        "escalated": {"states": ("escalated",)},
        "by hand": {"states": ("by_hand",)},
        "unknown or failed": {"states": ("unknown", "failed")},
        "approved, not yet out": {"states": ("approved",)},
        **{one.kind: {"kind": one.kind} for one in policy.responders},
        **{one.name: {"platform": one.name} for one in session.config.platforms if len(session.config.platforms) > 1},
    }
