"""Tests of listener.lexicon."""
