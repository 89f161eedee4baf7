"""The keys of `review`: when the footer offers each, what it asks, and what it does. Both views use them."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from listener.cli import context, times
from listener.cli.review.applause import applaud, ask_applause
from listener.cli.review.key_info import KeyInfo
from listener.cli.review.offering import ask_offer, give_offer, show_text
from listener.cli.review.presenter import MAX_REASONS, Presenter
from listener.cli.review.question import Question
from listener.desk import marks, people, transitions, wordings
from listener.desk.views import ReplyView
from listener.errors import DeskError
from listener.store.states import QUEUED, STANDING

REJECTIONS = ("irony, or a joke", "not about us", "wrong tone", "answered elsewhere", "nothing to answer")
ENDINGS = ("needs no answer", "settled elsewhere", "spam")
SPANS = ("30m", "2h", "4h", "1d", "3d", "1w")
POSTED, NOT_YET = "yes, it is posted", "no, not yet"
THERE, NOT_THERE, UNSURE = "it is there", "it is surely not there", "I can't tell"
ID_OR_LINK = "id or link of the post"
RARER = ("z", "n", "v", "x")  # leave the footer first, when other keys need the room; ? lists all
ANY = (*QUEUED, "approved", "closed", "claimed", "none")  # claimed: a colleague works on it; none: nothing is open


@dataclass(frozen=True, slots=True)
class ReviewAction(KeyInfo):
    """A key that ends in an act of the desk. advances: the next reply is opened after it."""

    do: Callable[[Presenter, ReplyView, str], str] = lambda presenter, reply, answer: ""
    ask: Callable[[Presenter, ReplyView], Question] | None = None
    advances: bool = False

    def run(self, presenter: Presenter, reply: ReplyView, answer: str = "") -> str:
        """Act, so that it can be undone. Returns the report. Raises EarshotError."""
        return presenter.act(self, reply, lambda: self.do(presenter, reply, answer))


def footer(keys: Sequence[KeyInfo], state: str, also: Collection[str] = (), width: int = 80) -> str:
    """Return the keys that fit this state, as `a approve  e edit`, and those that this reply gives a reason for.

    Where they need more than the width, the keys of RARER give way.
    """
    shown = {info.key: f"{info.key} {info.word}" for info in keys if state in info.states or info.key in also}
    for key in RARER:
        if len("  ".join(shown.values())) > width:
            shown.pop(key, None)
    return "  ".join(shown.values())


def _ask_rejection(presenter: Presenter, reply: ReplyView) -> Question:
    return Question(f"Why reject reply {reply.id}?", presenter.reasons("rejected", REJECTIONS))


def _reject(presenter: Presenter, reply: ReplyView, reason: str) -> str:
    transitions.reject(presenter.store, presenter.desk, reply.reply_id, reason)
    return f"Reply {reply.id} rejected: {reason}; u: undo"


def _ask_ending(presenter: Presenter, reply: ReplyView) -> Question:
    return Question(f"Why close reply {reply.id}?", presenter.reasons("handled", ENDINGS))


def _close(presenter: Presenter, reply: ReplyView, reason: str) -> str:
    transitions.close(presenter.store, presenter.desk, reply.reply_id, reason)
    return f"Reply {reply.id} closed: {reason}; u: undo"


def _reopen(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    transitions.reopen(presenter.store, presenter.desk, reply.reply_id)
    return f"Reply {reply.id} reopened; it is back in the queue"


def _escalate(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    if reply.state == "escalated":
        raise DeskError("already escalated", "e: write a reply, c: close it")
    transitions.escalate(presenter.store, presenter.desk, reply.reply_id)
    return f"Reply {reply.id} escalated; e: go on from its text"


def _ask_assignee(presenter: Presenter, reply: ReplyView) -> Question:
    return Question(
        f"Assign reply {reply.id} to whom?", marks.list_colleagues(presenter.store, presenter.desk)[:MAX_REASONS]
    )


def _assign(presenter: Presenter, reply: ReplyView, name: str) -> str:
    try:
        marks.assign(presenter.store, presenter.desk, reply.reply_id, name, is_new=name in presenter.new_names)
    except marks.UnknownColleague as error:
        presenter.new_names.add(name)
        raise DeskError(error.what, f"{error.meant}g and the name again if it is right") from error
    return f"Reply {reply.id} assigned to {name}"


def _ask_span(presenter: Presenter, reply: ReplyView) -> Question:
    return Question(f"Snooze reply {reply.id} for how long? A letter, or a span such as 45m", SPANS, "abcdef")


def _snooze(presenter: Presenter, reply: ReplyView, span: str) -> str:
    marks.snooze(presenter.store, presenter.desk, reply.reply_id, times.span(span.strip()))
    return f"Reply {reply.id} snoozed for {span}"


def _vary(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    config, revision = presenter.config, reply.revision or 0
    wordings.use_next_wording(
        presenter.store,
        presenter.desk,
        reply.reply_id,
        revision,
        lambda decided, mention: context.wordings(config, decided, mention),
    )
    return "Next wording; v: another, a: approve"


def _ask_note(presenter: Presenter, reply: ReplyView) -> Question:
    return Question("What should colleagues know about this person?")


def _note(presenter: Presenter, reply: ReplyView, text: str) -> str:
    people.note(presenter.store, presenter.desk, presenter.person_of(reply), text)
    return "Note saved"


def _ask_reply_note(presenter: Presenter, reply: ReplyView) -> Question:
    return Question(f"What should colleagues know about reply {reply.id}?")


def _note_reply(presenter: Presenter, reply: ReplyView, text: str) -> str:
    marks.note(presenter.store, presenter.desk, reply.reply_id, text)
    return "Note saved"


def _ask_posted(presenter: Presenter, reply: ReplyView) -> Question:
    if reply.state != "by_hand":
        where = f"; the mention is at {reply.reply_url}" if reply.reply_url else ""
        raise DeskError(f"reply {reply.id} is {reply.state}, not by_hand", f"approve it first{where}")
    intro = (f"Post this at {reply.reply_url or 'the platform'}:", show_text(presenter, reply))
    follow_ups = {POSTED: Question(f"The {ID_OR_LINK} (Enter to skip)", may_be_empty=True)}
    title = f"Is it posted? 1 or 2, or the {ID_OR_LINK}"
    return Question(title, (POSTED, NOT_YET), intro=intro, follow_ups=follow_ups)


def _mark_posted(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    if answer == NOT_YET:
        return f"Reply {reply.id} still has to be posted"
    remote_id = _remote_id(answer) if answer.strip() else None
    transitions.done(presenter.store, presenter.desk, reply.reply_id, remote_id)
    return f"Reply {reply.id} marked as posted"


def _ask_outcome(presenter: Presenter, reply: ReplyView) -> Question:
    if reply.state != "unconfirmed":
        raise DeskError(f"reply {reply.id} is {reply.state}, not unconfirmed", "y settles an unconfirmed reply")
    intro = (f"Look for it below {reply.reply_url or 'the mention'}. Sending again may answer twice.",)
    follow_ups = {THERE: Question(f"The {ID_OR_LINK}")}
    title = f"Is it there? 1, 2 or 3, or the {ID_OR_LINK}"
    return Question(title, (THERE, NOT_THERE, UNSURE), intro=intro, follow_ups=follow_ups)


def _settle(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    if answer == UNSURE:
        return f"Reply {reply.id} unconfirmed; still checking"
    remote_id = None if answer == NOT_THERE else _remote_id(answer)
    transitions.resolve(presenter.store, presenter.desk, reply.reply_id, remote_id, presenter.undo_wait())
    return f"Reply {reply.id} will be sent again" if remote_id is None else f"Reply {reply.id} sent as {remote_id}"


def _remote_id(answer: str) -> str:
    """Return the id of a post, also from its link. Raises DeskError for words: `no` is not an id."""
    word = answer.strip()
    if len(word.split()) != 1 or not re.search("[0-9/:]", word):
        raise DeskError(f"{word!r} is not a post id or link", "nothing was changed")
    link = re.fullmatch(r"https?://\S+/([0-9]+)/?([?#]\S*)?", word)
    return link[1] if link else word


def _retry(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    transitions.retry(presenter.store, presenter.desk, reply.reply_id)
    return f"Reply {reply.id} is back in the queue; approve it to send"


def _ask_fact_text(presenter: Presenter, reply: ReplyView) -> Question:
    fact = reply.suspected_fact
    if fact is None:
        raise DeskError(f"reply {reply.id} is not suspected to be about a fact", "e: write a text")
    texts = tuple(text for _, text in presenter.offer_fact_texts(reply))
    title = f"Use which text of the fact {fact.fact}? (Cancel, then d: other texts)"
    return Question(title, texts, takes_text=False, intro=(fact.statement or "",))


def _use_fact(presenter: Presenter, reply: ReplyView, text: str) -> str:
    kind = next((kind for kind, words in presenter.fact_texts if words == text), None)
    if kind is None:
        raise DeskError(f"{text!r} is not one of the texts", "d lists them")
    transitions.edit(presenter.store, presenter.desk, reply.reply_id, text, kind, reply.revision)
    return f"Reply {reply.id} updated; approve it to send"


ENDABLE = ("escalated", "by_hand", "failed")
ACTIONS = (
    ReviewAction("v", "variant", "use another wording", ("drafted",), _vary, purpose="change its wording"),
    ReviewAction("d", "fact", "use a text of the fact it may be about", (), _use_fact, _ask_fact_text),
    ReviewAction("r", "reject", "do not send it; asks why", STANDING, _reject, _ask_rejection, True),
    ReviewAction("c", "close", "no reply needed; asks why", ENDABLE, _close, _ask_ending, True),
    ReviewAction("x", "escalate", "hand it to staff; e then offers its text", STANDING, _escalate),
    ReviewAction(
        "g",
        "give",
        "assign it to somebody",
        ("escalated", "unconfirmed"),
        _assign,
        _ask_assignee,
        True,
        purpose="assign it",
    ),
    ReviewAction("z", "snooze", "hide it for a while", QUEUED, _snooze, _ask_span, True),
    ReviewAction("n", "note", "note something about the person", ("escalated",), _note, _ask_note),
    ReviewAction("N", "note reply", "note something about this reply", (), _note_reply, _ask_reply_note),
    ReviewAction(
        "b",
        "by hand",
        "post it yourself; marks it as posted",
        ("by_hand",),
        _mark_posted,
        _ask_posted,
        True,
        purpose="mark it as posted",
    ),
    ReviewAction("l", "applaud", "like, repost or quote the mention, where that fits", (), applaud, ask_applause),
    ReviewAction("y", "settle", "unconfirmed: is it there, or not?", ("unconfirmed",), _settle, _ask_outcome, True),
    ReviewAction("t", "retry", "put a failed reply back in the queue", ("failed",), _retry),
    ReviewAction("o", "offer", "give an offer, or take its coupon out", (), give_offer, ask_offer),
    ReviewAction("R", "reopen", "put a closed reply back in the queue", ("closed",), _reopen),
)
UNDO = KeyInfo("u", "undo", "undo the last act of this session; U: all approvals not sent yet", ANY)


def ask_filter(presenter: Presenter) -> Question:
    """Ask which part of the queue to show."""
    return Question("Show what?", tuple(presenter.filters()), "123456789abcdefghijklm", takes_text=False)


def ask_kind(presenter: Presenter) -> Question:
    """Ask for the kind of a reply that has none yet."""
    kinds = tuple(config.kind for config in presenter.desk.policy.responders)
    return Question("Which kind of reply?", kinds, takes_text=False)
