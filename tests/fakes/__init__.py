"""Servers on loopback that behave as the platforms do, faults included; they keep a ledger of what really happened."""
