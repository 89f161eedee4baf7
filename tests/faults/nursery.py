"""A process that has imported everything once and forks a child for each command: start-up costs 1.5 s, a fork none.

One JSON object a line on stdin, one answer a line on stdout: `start` gives a pid, `wait` its exit code (null: it still
runs after so many seconds). A child is the real command line in a process of its own, and dies a real death.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module, reload
from typing import Any

from listener.policy import Policy
from listener.triage.signals import SignalExtractor

HEAVY = (
    "listener.cli.commands", "listener.cli.runtime", "listener.daemon", "listener.stages", "listener.store.migrate",
    "listener.platforms.x.api", "listener.platforms.memory", "listener.platforms.mastodon.api",
    "listener.platforms.bluesky.api",
    "listener.desk.approve", "listener.cli.moves", "tweepy",
    "alembic.command", "rich.console", "tests.faults.child",
)  # fmt: skip


def main() -> None:
    """Serve until stdin ends; whoever is left then is killed."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    _warm()
    alive: set[int] = set()
    try:
        for line in sys.stdin:
            print(json.dumps(_served(json.loads(line), alive)), file=answers)
    finally:
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _warm() -> None:
    """Import what commands import, let what loads at first use load, and build the ears of the runs' policies."""
    for name in HEAVY:
        import_module(name)
    from listener import settings
    from listener.model import History, Preview
    from listener.triage import route
    from tests.factories import NOW, mention
    from tests.faults.policy import texts

    vars(route)["Ears"] = _remembered(SignalExtractor)
    for auto in (False, True):
        policy = settings.read_policy(texts(auto=auto))
        triage = route.Triage(
            policy, settings.load_responders(policy), lambda text, _: Preview(text, len(text), 280), "warm"
        )
        triage.decide(mention("Thank you so much for the lovely notebook!", lang=None), History(), NOW)
    gc.freeze()  # what stands now is shared by all children, and never walked by their collectors


def _remembered(build: Callable[[Policy], SignalExtractor]) -> Callable[[Policy], SignalExtractor]:
    """The ears of a policy are the same whenever they are built, and cost more than all the rest of a command."""
    known: dict[str, SignalExtractor] = {}

    def ears(policy: Policy) -> SignalExtractor:
        if policy.hash not in known:
            known[policy.hash] = build(policy)
        return known[policy.hash]

    return ears


def _served(order: dict[str, Any], alive: set[int]) -> dict[str, Any]:
    if "wait" in order:
        code = _waited(order["wait"], order["seconds"])
        if code is not None:
            alive.discard(order["wait"])
        return {"code": code}
    pid = _born(order)
    alive.add(pid)
    return {"pid": pid}


def _waited(pid: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            return None
        time.sleep(0.002)


def _born(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        _enter(order)
        code = _lived(order)
    except BaseException:  # noqa: BLE001 -- nothing may climb into the parent's loop
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _enter(order: dict[str, Any]) -> None:
    """Files, environment and folder of its own."""
    for number, (name, flags) in enumerate(
        (("/dev/null", os.O_RDONLY), (order["out"], os.O_WRONLY), (order["err"], os.O_WRONLY))
    ):
        file = os.open(name, flags | (os.O_CREAT | os.O_APPEND if number else 0), 0o600)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])


def _lived(order: dict[str, Any]) -> int:
    """Run the command in this process; fresh: in a new interpreter, with all that its start-up does."""
    if order["fresh"]:
        os.execv(sys.executable, [sys.executable, "-m", "tests.faults.child", *order["argv"]])
    from listener import faultpoints
    from tests.faults import child

    reload(faultpoints)  # it reads EARSHOT_FAULT once, when it is imported; those who hold `reach` see the same names
    sys.argv = ["earshot", *order["argv"]]
    try:
        child.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    main()
