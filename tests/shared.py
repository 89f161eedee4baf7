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
from listener.triage.signals import SignalExtractor

if TYPE_CHECKING:  # runs of faults take their extractors from here too, and needs no pytest
    import pytest

Result = TypeVar("Result")
KEPT = 20  # policies
_known: list[tuple[Policy, SignalExtractor]] = []  # latest first


def extractor_of(policy: Policy) -> SignalExtractor:
    """Return a policy's extractor: it reads the policy's brand, facts, lexicon and cues, and remembers no mention."""
    for known, extractor in _known:
        if _read_by(known) == _read_by(policy):
            return extractor
    extractor = SignalExtractor(policy)
    _known.insert(0, (policy, extractor))
    del _known[KEPT:]
    return extractor


def _read_by(policy: Policy) -> tuple[object, ...]:
    return policy.brand, policy.facts, policy.lexicon, policy.cues


def share_extractors() -> None:
    """Let the program's modules in this process take their extractors from here."""
    for module in (route, replay, evaluate):
        assert hasattr(module, SignalExtractor.__name__), module
        setattr(module, SignalExtractor.__name__, extractor_of)


def share_trust() -> None:
    """Read the list of authorities once a process: it takes 25 ms a client, and no fake speaks TLS."""
    vars(ssl)["create_default_context"] = cache(ssl.create_default_context)


def shared_result(factory: "pytest.TempPathFactory", name: str, make: Callable[[], Result]) -> Result:
    """Make a result in the first worker of this session that asks, and read it in the others."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / f"{name}.pickle").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if content := file.read():
            result: Result = pickle.loads(content)
        else:
            result = make()
            pickle.dump(result, file)
    return result
