"""`run`: the daemon."""

import os

from listener import stop
from listener.cli.app import app


@app.command()
def run() -> None:
    """Listen, decide and send until SIGTERM or SIGINT; SIGHUP reads the configuration again.

    Example: EARSHOT_CONFIG=/etc/earshot EARSHOT_DATA=/var/lib/earshot earshot run
    """
    from listener.cli import logs, work
    from listener.daemon import Daemon, leave
    from listener.settings import EnvSecrets, Settings
    from listener.stages import Stages

    stop.install()
    logs.configure(EnvSecrets(os.environ).values)
    config = work.ready()
    with work.locked("run", wait=60.0) as store:

        def build() -> tuple[Settings, Stages]:
            fresh = work.ready()
            return fresh, work.stages(fresh, store, stop.flag.is_set)

        Daemon(config, work.stages(config, store, stop.flag.is_set), build).run()
        leave(0)
