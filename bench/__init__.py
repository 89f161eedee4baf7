"""Speed and memory, measured: `make bench`. What matters are ratios taken in one run, since machines are noisy."""
