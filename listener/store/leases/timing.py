"""How long leases last on a server, and what follows from that."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. span: how long a lease lasts that is not renewed; beat: between two renewals.

    grace: after which a daemon takes a free lease that another living one should have taken. turn: for how long a
    process that has the turn of all writers may stand still. Whoever takes a lease needs that turn, also of one who
    died with it: it must be over long before the lease is.
    """

    span: float = 60.0
    beat: float = 5.0
    grace: float = 15.0
    turn: float = 10.0


TIMING = Timing()
