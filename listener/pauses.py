"""How long to wait before the next try: the pause that doubles with each failure, for every stage and platform."""

from datetime import timedelta

_DOUBLINGS_MOST = 20  # beyond any cap in use; a timedelta has an end


def growing_pause(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return `first` after one failure, twice as long after each further one in a row, never more than `longest`."""
    doublings = min(max(failures - 1, 0), _DOUBLINGS_MOST)
    return min(longest, first * (1 << doublings))
