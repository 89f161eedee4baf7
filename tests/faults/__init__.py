"""Random kills and network faults against the send and poll paths, and one checker: `python -m tests.faults`.

`chaos` a random run · `world` its home and platform: `memory`, `x` against `x_server`, and others of the
`network` against a `deadly` server (`mastodon`, `bluesky`) · `commands` Earshot's real
command line, each a process of its own, forked as a `child` with its clock put ahead · `evidence`,
`checker` and `applauded` what must hold afterwards · `tally` the counts.
"""
