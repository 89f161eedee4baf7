"""`run`: the daemon."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from listener import shutdown
from listener.cli.app import app

if TYPE_CHECKING:
    from listener.settings import Settings
    from listener.store.engine import Store


@app.command()
def run() -> None:
    """Run the daemon: listen, decide and send until stopped.

    SIGTERM or SIGINT stops it; SIGHUP reads the configuration again.

    Example: EARSHOT_CONFIG=/etc/earshot EARSHOT_DATA=/var/lib/earshot earshot run
    """
    from listener.cli import logs, runtime
    from listener.daemon import Daemon, leave
    from listener.settings import Settings
    from listener.stages import Stages

    shutdown.install()
    logs.configure()
    config = runtime.ready()
    with runtime.locked("run", wait=60.0) as store:
        note_duration = _serve_metrics(config, store) if config.metrics else None

        def bind(chosen: Settings) -> Stages:
            return runtime.stages(chosen, store, shutdown.stop_requested.is_set, note_duration)

        def build() -> tuple[Settings, Stages]:
            fresh = runtime.ready()
            return fresh, bind(fresh)

        Daemon(config, bind(config), build).run()
        leave(0)


def _serve_metrics(config: "Settings", store: "Store") -> "Callable[[str, float], None]":
    """Serve figures until the process ends; return what notes how long a stage took. Raises InputError."""
    from listener.cli import context
    from listener.cli.health import find_problem
    from listener.metrics.figures import Durations, Figures
    from listener.metrics.server import MetricsServer

    durations = Durations()
    figures = Figures(store, context.now, durations)
    MetricsServer(config.metrics or ("", 0), figures, lambda: find_problem(os.environ)).start()
    return durations.note
