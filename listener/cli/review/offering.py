"""The key `o` of the review: give an offer by the open reply, or take its coupon out."""

from typing import TYPE_CHECKING

from listener.cli.review.question import Question
from listener.desk import coupon_views, offers
from listener.desk.coupon_views import OfferChoice
from listener.errors import DeskError
from listener.store import items

if TYPE_CHECKING:
    from listener.cli.review.presenter import Presenter
    from listener.desk.views import ReplyView

DROP, KEEP = "take it out", "leave it"
REASONS = ("late or lost parcel", "broken or wrong item", "our mistake")


def ask_offer(presenter: "Presenter", reply: "ReplyView") -> Question:
    """Ask which offer to give, and why; or what is to become of the coupon that is there. Raises DeskError."""
    club, now = presenter.desk.policy.club, presenter.desk.clock()
    with presenter.store.read() as connection:
        item = items.item(connection, reply_id=reply.reply_id)
        choices = coupon_views.list_choices(connection, club, item, now)
        coupon = coupon_views.find_coupon(connection, club, item, now)
    if open_ := [choice for choice in choices if choice.refusal is None]:
        return _ask_which(reply, open_)
    if coupon is not None and reply.state in coupon_views.GIVABLE:
        title = f"Reply {reply.id} has a coupon of offer {coupon.offer} ({coupon.code})"
        return Question(title, (DROP, KEEP), takes_text=False)
    whys = "; ".join(f"{choice.name}: {choice.refusal}" for choice in choices)
    raise DeskError(f"no offer can be given by reply {reply.id}", whys or "`earshot offer list` shows the offers")


def _ask_which(reply: "ReplyView", choices: list[OfferChoice]) -> Question:
    labels = {f"{choice.name}: {choice.value}, {choice.free} left": choice.name for choice in choices}
    follow_ups = {label: Question(f"Why give {name}? Praise does not count", REASONS, lead=f"{name}\n")
                  for label, name in labels.items()}  # fmt: skip
    return Question(f"Give which offer by reply {reply.id}?", tuple(labels), takes_text=False, follow_ups=follow_ups)


def give_offer(presenter: "Presenter", reply: "ReplyView", answer: str) -> str:
    """Do what was answered: give an offer with a reason, or take the coupon out. Raises DeskError."""
    name, _, reason = answer.partition("\n")
    if answer == KEEP:
        return f"Reply {reply.id} unchanged"
    if answer == DROP:
        offers.drop(presenter.store, presenter.desk, reply.reply_id)
        return f"Coupon of reply {reply.id} taken out"
    if not reason:
        raise DeskError(f"{answer!r} is not one of the choices", "o lists them")
    offers.give(presenter.store, presenter.desk, reply.reply_id, name, reason)
    return f"Offer {name} given by reply {reply.id}; approve it to send"


def show_text(presenter: "Presenter", reply: "ReplyView") -> str:
    """Return the text of a reply that a person posts, with the code of its coupon; that is logged. Raises DeskError."""
    with presenter.store.read() as connection:
        item = items.item(connection, reply_id=reply.reply_id)
        coupon = coupon_views.find_coupon(connection, presenter.desk.policy.club, item, presenter.desk.clock())
    if coupon is None:
        return reply.text or ""
    return offers.show_code(presenter.store, presenter.desk, reply.reply_id)
