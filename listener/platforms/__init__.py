"""A platform is one module or package here, and `kit` is what they share; earshot.toml names those that are on."""

import pkgutil

KIT = "kit"


def names() -> tuple[str, ...]:
    """Return the names of the platforms in this repository."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name != KIT)
