"""What the fork server does once so that no command need: all that the program makes at first use and then remembers.

A command spends most of its time on it: on the commands of the application, the word lists, the extractor and the
templates of the starter's policy, the model of languages, the list of authorities, and the SQL of the usual statements.
"""

import tempfile
from functools import cache
from pathlib import Path

import typer.main

from listener.cli.commands import app
from listener.desk import queue
from listener.desk.approve import Target, approve
from listener.stages import Stages
from listener.triage.route import Triage
from tests import factories
from tests.databases import make_store
from tests.desk.world import World, preview
from tests.fakes.scripted import Scripted
from tests.process import COMPLAINT, PRAISE
from tests.shared import share_extractors, share_trust

QUESTION = "Where is your shop?"


def prepare() -> None:
    """Prepare all of it, in a database that is deleted again: what stays is memory alone."""
    share_extractors()
    share_trust()
    share_commands()
    with tempfile.TemporaryDirectory() as folder:
        work(Path(folder))
    tempfile.tempdir = None  # each command asks its own environment


def share_commands() -> None:
    """Build the application's commands once: each process would build all forty to run one of them."""
    vars(typer.main)["get_command"] = cache(typer.main.get_command)
    typer.main.get_command(app)


def work(folder: Path) -> None:
    """Take mentions through the line and to the desk, and send what is approved there."""
    store = make_store(folder)
    world = World(store)
    ids = world.said(PRAISE, COMPLAINT, QUESTION, lang=None)
    replies, _ = queue.listing(store, world.view(), queue.QueueFilter())
    for reply in replies:
        queue.show(store, world.view(), reply.reply_id)
    approve(store, world.desk(), [Target(ids[0])])
    triage = Triage(world.policy, factories.responders(), preview, "warm")
    Stages(store, {"memory": Scripted(world.clock)}, triage, world.after(minutes=1).clock).once()
    store.close()
