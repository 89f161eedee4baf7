"""What tests share because it costs more than most of them do: within a process, or a result among workers."""

import fcntl
import os
import pickle
import ssl
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from listener.analysis import evaluate, replay
from listener.policy import Policy
from listener.triage import route
from listener.triage.facts import Ears

if TYPE_CHECKING:  # a forked command takes its ears from here too, and needs no pytest
    import pytest

Made = TypeVar("Made")
KEPT = 20  # policies
_known: list[tuple[Policy, Ears]] = []  # latest first


def ears_of(policy: Policy) -> Ears:
    """The ears of a policy: they read nothing else than its brand, facts, words and cues, and remember no mention."""
    for known, ears in _known:
        if _heard(known) == _heard(policy):
            return ears
    ears = Ears(policy)
    _known.insert(0, (policy, ears))
    del _known[KEPT:]
    return ears


def _heard(policy: Policy) -> tuple[object, ...]:
    return policy.brand, policy.facts, policy.lexicon, policy.cues


def share_ears() -> None:
    """Let the program's modules in this process take the ears from here."""
    for module in (route, replay, evaluate):
        setattr(module, Ears.__name__, ears_of)


def share_trust() -> None:
    """Read the list of authorities once a process: it takes 25 ms a client, and no fake speaks TLS."""
    vars(ssl)["create_default_context"] = cache(ssl.create_default_context)


def shared_result(factory: "pytest.TempPathFactory", name: str, make: Callable[[], Made]) -> Made:
    """Make a result in the first worker of this session that asks, and read it in the others."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / f"{name}.pickle").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if content := file.read():
            result: Made = pickle.loads(content)
        else:
            result = make()
            pickle.dump(result, file)
    return result
