"""A line for each test."""

from tests.line import line

__all__ = ["line"]
