"""Random kills and network faults against the send and poll paths, and one checker: `python -m tests.faults`.

`child` Earshot's command line with its clock put ahead · `nursery` forks one for each command · `world` a home and its
platform (`x`, `memory`) · `chaos` a random run · `evidence` and `checker` what must hold after it · `tally` the counts.
"""
