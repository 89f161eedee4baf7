"""Tests of `earshot review`."""
