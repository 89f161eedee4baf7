"""Which phrases of the word lists change nothing: `python -m bench.prune` (see __main__.py)."""
