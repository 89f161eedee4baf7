"""The stop flag: raised by SIGTERM and SIGINT from the first moment of `run`, before anything heavy is imported.

Process 1 of a container receives no SIGTERM at all unless it has a handler.
"""

import os
import signal
import threading
from queue import Empty, SimpleQueue
from types import FrameType

FORCE_EXIT_AFTER_S = 9.0  # seconds from the first signal to the end, whatever hangs: a locked database, a full pipe

stop_requested = threading.Event()
reload = threading.Event()
_calls: SimpleQueue[None] = SimpleQueue()  # unlike that of an event, its lock cannot hold up a signal handler


def wake() -> None:
    """End the wait of the daemon's own thread, from any other or from a signal handler."""
    _calls.put(None)


def wait(seconds: float) -> None:
    """Wait until something is to be looked at: a signal, the end of a stage, or so many seconds."""
    try:
        _calls.get(timeout=seconds)
        while True:
            _calls.get_nowait()
    except Empty:
        return


def install() -> None:
    """Let SIGTERM and SIGINT raise the stop flag, and SIGHUP the flag to read the configuration again."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGHUP, _reload)


def _stop(number: int, frame: FrameType | None) -> None:
    """Raise the flag, and exit by force before ten seconds are over: the committed claims make that safe."""
    if not stop_requested.is_set():
        stop_requested.set()
        force_exit = threading.Timer(FORCE_EXIT_AFTER_S, os._exit, (0,))
        force_exit.daemon = True
        force_exit.start()
    wake()


def _reload(number: int, frame: FrameType | None) -> None:
    reload.set()
    wake()
