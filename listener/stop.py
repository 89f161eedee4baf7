"""The stop flag: raised by SIGTERM and SIGINT from the first moment of `run`, before anything heavy is imported.

As process 1 of a container a process without a handler would not even hear SIGTERM.
"""

import signal
import threading
from types import FrameType

flag = threading.Event()
reload = threading.Event()


def install() -> None:
    """SIGTERM and SIGINT stop, SIGHUP asks for the configuration to be read again."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGHUP, _reload)


def _stop(number: int, frame: FrameType | None) -> None:
    flag.set()


def _reload(number: int, frame: FrameType | None) -> None:
    reload.set()
