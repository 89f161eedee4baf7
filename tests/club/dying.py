"""Runs work in a process of its own, which may be killed at a fault point."""

import os
import signal
from collections.abc import Callable


def run_in_child(work: Callable[[], object], label: str) -> bool:
    """Let a child do the work, and return whether it was killed. Any other end but a good one is an error."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(99)
    _, status = os.waitpid(child, 0)
    is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert is_killed or os.waitstatus_to_exitcode(status) == 0, f"{label} ended with {status}"
    return is_killed
