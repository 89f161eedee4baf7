"""Fixtures for the club."""

from tests.desk.conftest import world

__all__ = ["world"]
