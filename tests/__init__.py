"""Tests mirror the tree; `fakes` holds servers on loopback, `platforms.contract` what every platform must keep."""
