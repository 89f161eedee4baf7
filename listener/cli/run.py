"""`run`: the daemon."""

from listener import shutdown
from listener.cli.app import app


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

        def build() -> tuple[Settings, Stages]:
            fresh = runtime.ready()
            return fresh, runtime.stages(fresh, store, shutdown.stop_requested.is_set)

        Daemon(config, runtime.stages(config, store, shutdown.stop_requested.is_set), build).run()
        leave(0)
