"""What a platform adds on which posts can be liked and reposted. Standard library only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from listener.model import Mention, Prepared


@dataclass(frozen=True, slots=True)
class OutgoingAct:
    """An act of applause on its way. what: like or repost."""

    act_id: int
    what: str
    mention: Mention


def is_act(prepared: Prepared) -> bool:
    """Return whether a request is one of applause."""
    return "act" in prepared.request


@runtime_checkable
class Applauder(Protocol):
    """A platform on which posts can be liked and reposted, as its section declares by `acts`.

    `post` and `find_reply` take what it prepared. A repeat must change nothing, also where a person did it before.
    """

    def prepare_act(self, act: OutgoingAct, now: datetime, /) -> Prepared:
        """Return the request that post will make. Pure."""
