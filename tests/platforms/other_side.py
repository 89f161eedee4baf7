"""The other side of a platform as the contract needs it: people who speak, and a network that goes wrong.

A world inherits `World` and does what its platform can. What it leaves undone skips the test with that reason.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, NoReturn, Protocol, get_args

import pytest

from listener.model import Mention, Preview
from listener.protocols import Platform

Outcome = Literal["not_sent", "refused", "unconfirmed", "unknown_arrived"]
Shape = Literal["reset", "retry_after", "retry_after_date", "past", "nonsense", "none"]
"""Of a rate limit's headers: its end in the platform's own header, Retry-After in seconds or as a date, an end in the
past, one that cannot be read, and no header at all."""
SHAPES: tuple[Shape, ...] = get_args(Shape)


def cannot(what: str) -> NoReturn:
    """Skip the test: this platform cannot do it, or its world does not show it yet."""
    pytest.skip(f"this platform cannot {what}")


class World(Protocol):
    """A platform that reads everything from the start (`start = "all"`), and the other side of it."""

    platform: Platform
    posts: bool = True  # False: the platform takes no reply at all
    longest_guess: timedelta = timedelta(hours=1)  # of a rate limit that names no end

    def again(self) -> Platform:
        """The platform as a new process would connect it."""

    def preview(self, text: str, mention: Mention) -> Preview:
        """The platform's preview with the test's section."""

    def plant(self, text: str) -> str:
        """Somebody posts to us; returns its id."""

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers on the platform; returns its id, None where no such post can be seen."""

    def posted(self) -> list[tuple[str, str]]:
        """What really stands on the platform because of `post`: (text, id it answers)."""

    def fail(self, outcome: Outcome) -> bool:
        """Let the next post end so; False where the platform cannot fail in this way."""

    def applauded(self) -> list[tuple[str, str]]:
        """What our account has really liked and reposted there, each as often as it was done: (act, mention)."""
        cannot("be applauded on")

    # ---- what a platform may be unable to do

    def lengths(self) -> Mapping[str, int]:
        """Replies and their length by the platform's own counting, whatever it puts first left out."""
        cannot("count otherwise than by characters")

    def hide(self, text: str) -> str:
        """Somebody posts to us: the id is made now, and nothing is listed before `show`."""
        cannot("list late")

    def show(self, mention_id: str) -> None:
        """What was hidden is listed from now on."""
        cannot("list late")

    def repeat(self, mention_id: str) -> None:
        """List it twice from now on."""
        cannot("list anything twice")

    def empty_page(self) -> None:
        """The next page is empty, though more waits."""
        cannot("give an empty page in between")

    def plant_aside(self, text: str) -> str:
        """Somebody speaks of us and not to us, where the platform finds it; returns its id."""
        cannot("find who does not address us")

    def plant_unanswerable(self, text: str) -> str:
        """Somebody speaks to us whom no reply through the API can reach; returns its id."""
        cannot("forbid a reply")

    def plant_broken(self) -> str:
        """An item that nobody can read; returns its id, as far as it has one."""
        cannot("list an item that is broken")

    def edit(self, mention_id: str, text: str) -> None:
        """The author changes the text."""
        cannot("be edited")

    def delete(self, mention_id: str) -> None:
        """The author deletes it."""
        cannot("be deleted from")

    def limit(self, shape: Shape, span: timedelta) -> None:
        """The next call, whatever it is, is refused by a rate limit that ends after this span, told in this shape."""
        cannot("limit rates")

    def revoke(self) -> None:
        """Our token counts no more."""
        cannot("revoke a token")

    def renew(self) -> None:
        """The operator puts a new token in its place."""
        cannot("renew a token")

    def down(self) -> None:
        """The server is gone: nothing answers any more."""
        cannot("be down")
