"""A fake X for each test."""

from tests.platforms.conftest import server

__all__ = ["server"]
