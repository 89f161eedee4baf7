"""Learn the weights of the second reader: `python -m listener.reader.train FILES… [--hold-out BRAND] [--out PATH]`.

FILES are CSV files as for `earshot evaluate`, with labels and brands, a trade a file; they stay where they are. The
same files give the same weights. It prints the bounds that go with them, the defaults of `listener.policy.Reader`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from listener.reader.bounds import choose, read_unseen
from listener.reader.fit import learn
from listener.reader.samples import load
from listener.reader.score import Subjects, Weights
from listener.reader.subjects import learn_subjects

HERE = Path(__file__).with_name("weights.json")


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, choose the bounds, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m listener.reader.train", description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="CSV files with the columns id, text, label, brand")
    parser.add_argument("--hold-out", action="append", default=[], help="a brand that is not looked at")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write the weights")
    options = parser.parse_args(arguments)
    samples = load(options.files, options.hold_out)
    bounds, weights, subjects = choose(read_unseen(samples)), learn(samples), learn_subjects(samples)
    write(weights, subjects, options.out)
    size = options.out.stat().st_size
    sys.stdout.write(f"{len(samples)} mentions, {len(weights.features)} weights, {size} bytes\n")
    named = f"{', '.join(subjects.names)} from {subjects.sure_from}"
    sys.stdout.write(f"{len(subjects.features)} weights of subjects: {named}\n")
    chosen = {name: value for name, value in asdict(bounds).items() if not isinstance(value, bool)}
    sys.stdout.writelines(f"{name} = {value}\n" for name, value in chosen.items())


def write(weights: Weights, subjects: Subjects, path: Path) -> None:
    """Write weights as JSON, a feature a line."""
    head = f'"names": {json.dumps(subjects.names)}, "bias": {json.dumps(subjects.bias)}'
    about = f'{{{head}, "sure_from": {subjects.sure_from}, "weights": {_lines(subjects.features)}}}'
    text = f'{{"bias": {json.dumps(weights.bias)}, "weights": {_lines(weights.features)},\n"subjects": {about}}}\n'
    path.write_text(text, encoding="utf-8")


def _lines(features: Mapping[str, Sequence[float]]) -> str:
    pairs = (
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(numbers, separators=(',', ':'))}"
        for name, numbers in features.items()
    )
    return "{\n" + ",\n".join(pairs) + "\n}"


if __name__ == "__main__":
    main()
