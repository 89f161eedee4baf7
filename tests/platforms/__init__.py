"""Tests of the platforms; each inherits `contract.PlatformContract`."""
