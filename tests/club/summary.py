"""The end of many kills in one line, for whoever adds up several parts."""

import logging
import sys
from collections import Counter
from collections.abc import Callable, Mapping


def run_all(seed: int, parts: Mapping[str, Callable[[], Counter[str]]]) -> int:
    """Run each platform's part and print the sums. Returns 1 when something was wrong, with what and how to repeat it.

    What lost answers and cut lines make the program log is left out: there are thousands.
    """
    logging.disable(logging.WARNING)
    print(f"seed {seed}", file=sys.stderr)
    sums: Counter[str] = Counter()
    try:
        for run in parts.values():
            sums += run()
    except AssertionError as error:
        print(f"seed {seed} on {', '.join(parts)}: WRONG: {error}")
        return 1
    counts = ", ".join(f"{number} {name}" for name, number in sorted(sums.items()))
    print(f"seed {seed} on {', '.join(parts)}: {counts}; nothing wrong")
    return 0
