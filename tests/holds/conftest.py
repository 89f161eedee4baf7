"""A desk for each test."""

from tests.desk.conftest import world

__all__ = ["world"]
