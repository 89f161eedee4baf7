"""Learn the weights of the second reader: `python -m listener.reader.train FILES… [--hold-out BRAND] [--out PATH]`.

FILES are CSV files as for `earshot evaluate`, with labels and brands, a trade a file; they stay where they are. The
same files give the same weights. It prints the bounds that go with them, the defaults of `listener.policy.Reader`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from listener.reader.bounds import choose, read_unseen
from listener.reader.fit import learn
from listener.reader.samples import load
from listener.reader.score import Weights

HERE = Path(__file__).with_name("weights.json")


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, choose the bounds, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m listener.reader.train", description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="CSV files with the columns id, text, label, brand")
    parser.add_argument("--hold-out", action="append", default=[], help="a brand that is not looked at")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write the weights")
    options = parser.parse_args(arguments)
    samples = load(options.files, options.hold_out)
    bounds, weights = choose(read_unseen(samples)), learn(samples)
    write(weights, options.out)
    size = options.out.stat().st_size
    sys.stdout.write(f"{len(samples)} mentions, {len(weights.features)} weights, {size} bytes\n")
    sys.stdout.writelines(f"{name} = {value}\n" for name, value in asdict(bounds).items() if name != "enabled")


def write(weights: Weights, path: Path) -> None:
    """Write weights as JSON, a feature a line."""
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(pair)}" for name, pair in weights.features.items()
    )
    path.write_text(f'{{"bias": {json.dumps(weights.bias)}, "weights": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
