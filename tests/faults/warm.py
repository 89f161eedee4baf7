"""What the fork server of the runs does once, so that its children need not: build the extractors of their policies,
read the list of authorities, put the command line together, and rehearse the whole line, which loads and looks up what
is needed at first use.
"""

import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO

import httpx
import typer.main

from listener import settings
from listener.cli.__main__ import run_app
from listener.model import History, Preview
from listener.triage import route
from tests.factories import NOW, mention
from tests.faults.policy import texts
from tests.shared import share_extractors, share_trust


def prepare() -> None:
    """Share what is the same in all children."""
    share_extractors()
    share_trust()
    httpx.Client(trust_env=False).close()  # imports the half of httpx that makes connections
    vars(typer.main)["get_command"] = cache(typer.main.get_command)
    for auto in (False, True):
        _decide(auto=auto)
    _rehearse()


def _decide(*, auto: bool) -> None:
    """Build the extractor of a policy."""
    policy = settings.read_policy(texts(auto=auto))
    triage = route.Triage(
        policy, settings.load_responders(policy), lambda text, _: Preview(text, len(text), 280), "warm"
    )
    triage.decide(mention("Thank you so much for the lovely notebook!", lang=None), History(), NOW)


def _rehearse() -> None:
    """Run the demo: a tenth of a second of every command is what happens for the first time in a process."""
    arguments, sys.argv = sys.argv, ["earshot", "demo"]
    with redirect_stdout(StringIO()) as screen:
        code = run_app()
    sys.argv = arguments
    if code:
        raise RuntimeError(f"the demo ended with {code}: {screen.getvalue()}")
