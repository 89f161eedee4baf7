"""Days of a busy account in minutes: the whole line against the fake X, both by one clock that a run moves.

`make soak` runs all of it at full size and prints what was measured; test_x_days.py runs the same at a tenth.
"""
