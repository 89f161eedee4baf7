"""Figures over real HTTP on loopback."""
