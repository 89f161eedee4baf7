"""The times of a feed, also with names of time zones. Pure."""

import re
from datetime import datetime, timedelta
from typing import Any

from listener.platforms.kit.values import time_in

# hours east of UTC; feedparser knows those of North America, and takes any other for UTC. Where a name has several
# meanings, it is that of the most people who write it in feeds in English.
_ZONES = {
    "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
    "sast": 2, "cat": 2, "eat": 3, "wat": 1, "idt": 3, "gst": 4, "pkt": 5, "ist": 5.5, "npt": 5.75, "wib": 7, "ict": 7,
    "sgt": 8, "hkt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3, "clt": -4, "akst": -9, "akdt": -8,
    "hst": -10,
}  # fmt: skip
_NAME = re.compile(r"([A-Za-z]{3,4})\)?\s*\Z")


def xml_time(value: Any) -> datetime | None:
    """Return a time of RSS or Atom in UTC. value: (as written, as feedparser reads it), or None."""
    if not value:
        return None
    written, read = value
    name = _NAME.search(written)
    hours = _ZONES.get(name[1].lower(), 0) if name else 0
    moment = time_in(read)
    try:
        return None if moment is None else moment - timedelta(hours=hours)
    except OverflowError:
        return None
