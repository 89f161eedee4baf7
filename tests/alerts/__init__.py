"""Notices on their way to people, over real HTTP and SMTP on loopback."""
