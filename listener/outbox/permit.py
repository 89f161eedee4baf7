"""What must still be true right before a claimed reply is written to its platform (see listener/send_permit.py)."""

from datetime import timedelta

from listener import elapsed, send_permit
from listener.errors import Held
from listener.outbox.round import Round

CLAIM_LASTS_S = 120.0  # after that whatever was checked before the call is checked again: nobody knows what happened
MARGIN_S = 5.0  # what a lease must still last: for the writing itself, and for clocks that run at different speeds
RETRY_AFTER = timedelta(seconds=10)  # by then the lease is renewed, or another process holds it


def since(round_: Round, began: float) -> send_permit.Require:
    """Return what raises Held unless this process surely leads, and began its checks lately. began: of `elapsed`."""

    def require() -> None:
        if not round_.store.can_call(MARGIN_S):
            _hold(round_, "the lease of this process on the database may be over")
        if elapsed.seconds() - began > CLAIM_LASTS_S:
            _hold(round_, "this process stood still after it had checked whether to send")

    return require


def _hold(round_: Round, message: str) -> None:
    raise Held("retry", message, "nothing: it is checked and tried again", until=round_.clock() + RETRY_AFTER)
