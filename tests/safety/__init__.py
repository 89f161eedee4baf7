"""Reports of danger, and what only sounds like it."""
