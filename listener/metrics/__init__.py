"""Figures for a monitoring system, over HTTP, read from the database when asked for. No words of customers."""
