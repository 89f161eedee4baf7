"""`run`: the daemon."""

import os
from typing import TYPE_CHECKING

from listener import shutdown
from listener.cli.app import app

if TYPE_CHECKING:
    from listener.metrics.process import ProcessFigures
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
    with runtime.locked("run", wait=60.0, is_daemon=True) as store:
        process = _serve_metrics(config, store) if config.metrics else None

        def bind(chosen: Settings) -> Stages:
            return runtime.stages(chosen, store, shutdown.stop_requested.is_set, process)

        def build() -> tuple[Settings, Stages]:
            fresh = runtime.ready()
            return fresh, bind(fresh)

        if not Daemon(config, bind(config), build).run():
            store.give_back()  # but not what a call is still under way for: its lease must end first
            leave(store.exit_code)
    leave(store.exit_code)


def _serve_metrics(config: "Settings", store: "Store") -> "ProcessFigures":
    """Serve figures until the process ends; return what counts them. Raises InputError."""
    from listener.cli import context
    from listener.cli.health import find_problem
    from listener.metrics.figures import Figures
    from listener.metrics.process import ProcessFigures
    from listener.metrics.server import MetricsServer
    from listener.triage.decide import GUARDS

    process = ProcessFigures()
    figures = Figures(store, context.now, process, {name for name, _, _ in GUARDS})
    MetricsServer(config.metrics or ("", 0), figures, lambda: find_problem(os.environ)).start()
    return process
