"""The desk imports every platform that is on: none may bring its network library along."""

import pkgutil
import subprocess
import sys

import pytest

from listener import platforms

HEAVY = ("httpx", "tweepy", "requests", "urllib3", "feedparser")


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(platforms.__path__)])
def test_platform_is_light_until_it_is_connected(name: str) -> None:
    """`queue`, `edit`, `approve` and `try` stay quick."""
    code = f"import sys, listener.platforms.{name}; sys.exit(any(one in sys.modules for one in {HEAVY}))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
