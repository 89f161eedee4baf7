"""What `pause`, `resume`, `undo`, `notices` and `status` act by when the configuration is broken.

The emergency brake needs the database alone. Who is on the staff list, and how texts read, is then taken from the
policy of the last decision, which the database keeps.
"""

import os
from typing import TYPE_CHECKING

from listener.cli import context, output
from listener.errors import ConfigError, Problem
from listener.policy import Brand, Policy

if TYPE_CHECKING:
    from listener.desk.approve import DeskContext
    from listener.settings import Settings
    from listener.store.engine import Store

NO_POLICY = Policy(Brand(""), (), (), (), {}, {})


def desk(name: str | None) -> "DeskContext":
    """Return who acts where everybody may, by no policy: it reads no configuration. Raises InputError."""
    from listener.desk.approve import DeskContext
    from listener.model import Preview

    return DeskContext(context.staff(name), NO_POLICY, lambda text, _: Preview(text, len(text), len(text)), context.now)


def settings(store: "Store") -> "Settings":
    """Return the configuration; when it is broken say so on stderr, and return what works without it."""
    config, problems = load(store)
    if problems:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        first = output.safe(problems[0])
        output.print_error(f"earshot: the configuration is broken: {first}{more}. `earshot check` lists all problems")
    return config


def load(store: "Store") -> "tuple[Settings, list[Problem]]":
    """Return the configuration and no problem, or its problems and the last policy with the platforms that work."""
    try:
        return context.settings(), []
    except ConfigError as error:
        from listener import settings as rules

        folder = rules.find_folder(os.environ)
        file = rules.load_earshot(folder)
        policy = _last_policy(store)
        return rules.Settings(folder, file.platforms, file.daemon, policy, file.alerts, file.metrics), error.problems


def _last_policy(store: "Store") -> Policy:
    from listener.settings import read_policy
    from listener.store import policies

    with store.read() as connection:
        texts = policies.latest(connection)
    try:
        return read_policy(texts) if texts else NO_POLICY
    except ConfigError:  # of another version of the program
        return NO_POLICY
