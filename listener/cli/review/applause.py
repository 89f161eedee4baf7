"""The key of applause in `review`: what it asks, and what it does."""

from listener.cli.praise_lines import describe_act
from listener.cli.review.presenter import Presenter
from listener.cli.review.question import Question
from listener.club_rules import ACTS
from listener.desk import applause
from listener.desk.views import ReplyView
from listener.errors import DeskError

IS_DONE = " is done by hand"


def ask_applause(presenter: Presenter, reply: ReplyView) -> Question:
    """Ask which act. Raises DeskError where none fits."""
    shown = presenter.show(reply.reply_id)
    by_hand = [act for act in shown.acts if act.state == "by_hand"]
    choices = (*shown.applause, *(f"{act.what}{IS_DONE}" for act in by_hand))
    if not choices:
        raise DeskError(f"no applause fits reply {reply.id}", "`earshot applaud` lists the praise that it fits")
    intro = (reply.mention.url,) if reply.mention.url else ()
    return Question("Applaud how?", choices, takes_text=False, intro=intro)


def applaud(presenter: Presenter, reply: ReplyView, answer: str) -> str:
    """Choose the act, or note that it is done. Returns the report. Raises DeskError."""
    is_done, what = answer.endswith(IS_DONE), answer.removesuffix(IS_DONE)
    post = (reply.platform, reply.mention.id)
    if what not in (*presenter.show(reply.reply_id).applause, *ACTS):
        raise DeskError(f"{answer!r} is not an act of applause", "l lists what fits")
    wait = presenter.undo_wait()
    (act,) = applause.applaud(presenter.store, presenter.desk, post, [what], is_done=is_done, wait=wait)
    return describe_act(act) if act.state == "by_hand" else f"{describe_act(act)}; u: withdraw it"
