"""Named points of the send and poll paths where a test makes the process die. Off unless EARSHOT_FAULT names one.

EARSHOT_FAULT is `POINT:SIGNAL[:N]`, as in `S3:KILL` or `P2:TERM:4` (the fourth time the point is reached). The points
are those of docs/decisions/0012-fault-points.md: S0-S9 in sending, P1-P4 in polling, L1 in learning, R0-R4 in
rewards, E1 in an export.
"""

import os
import signal

_point, _, _rest = os.environ.get("EARSHOT_FAULT", "").partition(":")
_signal, _, _count = _rest.partition(":")
_left = int(_count or 1)


def fault_point(point: str) -> None:
    """Send this process the signal that a test asked for at this point."""
    global _left
    if point != _point:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.Signals[f"SIG{_signal}"])
