"""The permission to write to a platform, asked for when the connection stands and nothing but the writing is left.

The outbox checks and claims before it calls. A process may stand still anywhere after that, for a second or for a
night, and another one may have taken over meanwhile. Whoever writes therefore asks again at the last moment: the HTTP
clients of platforms do so before every piece of a request that writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Require = Callable[[], None]
"""Returns when writing is permitted; raises Held otherwise: nothing was sent."""


def _permit() -> None:
    """Permit it: nobody has set a condition."""


_required: ContextVar[Require] = ContextVar("send_permit", default=_permit)


@contextmanager
def required(require: Require) -> Iterator[None]:
    """Set the condition for what this thread writes inside the block. Raises Held at once where it is not met."""
    require()
    token = _required.set(require)
    try:
        yield
    finally:
        _required.reset(token)


def current() -> Require:
    """Return the condition of this thread, for a call that goes on in another one."""
    return _required.get()
