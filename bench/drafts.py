"""Draw drafts at random, for a person to mark as good, so-so or embarrassing.

    python -m bench.drafts --n 100 --seed 7 MENTIONS.csv ...

An equal share comes from each file (columns id and text; optional lang, brand, author). The policy is that of the
folder which EARSHOT_CONFIG names: give each trade its own nouns. `--brand` draws from one brand alone, `--leave-out`
leaves out what other seeds drew. Prints a block a draft, or with `--json` a line: what was written, the kind of reply,
the rule, the needs and the text.
"""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from listener.analysis.evaluate import evaluate, read_rows
from listener.analysis.tally import EvaluatedRow
from listener.cli import context

Sample = dict[str, str]


def main() -> None:
    """Print the drafts."""
    parser = argparse.ArgumentParser(prog="python -m bench.drafts", description="Draw drafts at random.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--n", type=int, default=100, help="how many drafts in all")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--leave-out", nargs="*", default=[], help="seeds whose drafts are not drawn again")
    parser.add_argument("--brand", help="draw from the rows of this brand alone")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    for file in args.files:
        rows = [row for row in _drafted(file) if args.brand in (None, row.row.brand)]
        for row in _draw(rows, args.n // len(args.files), args.seed, args.leave_out):
            sample = _as_sample(row)
            print(json.dumps(sample, ensure_ascii=False) if args.json else _as_block(sample))


def _drafted(file: Path) -> list[EvaluatedRow]:
    settings, triage = context.settings(), context.triage(context.settings())
    _, rows = evaluate(read_rows(file), settings.policy, triage.responders, context.now())
    return [row for row in rows if row.decision.draft is not None]


def _draw(rows: list[EvaluatedRow], count: int, seed: str, leave_out: list[str]) -> list[EvaluatedRow]:
    """Return so many rows, by the seed and the ids alone: a draft that changes does not change who is drawn."""
    taken = {row.row.id for other in leave_out for row in _in_order(rows, other)[:count]}
    return [row for row in _in_order(rows, seed) if row.row.id not in taken][:count]


def _in_order(rows: list[EvaluatedRow], seed: str) -> list[EvaluatedRow]:
    return sorted(rows, key=lambda row: random.Random(f"{seed} {row.row.id}").random())


def _as_sample(row: EvaluatedRow) -> Sample:
    draft = row.decision.draft
    assert draft is not None
    return {
        "id": row.row.id, "text": row.row.text, "kind": row.outcome, "rule": row.decision.trail[-1].message,
        "needs": ", ".join(draft.needs), "draft": draft.texts[0].text, "variant": draft.texts[0].variant,
    }  # fmt: skip


def _as_block(sample: Sample) -> str:
    return "\n".join(_lines(sample))


def _lines(sample: Sample) -> Iterator[str]:
    yield f"[{sample['id']}] {' '.join(sample['text'].split())}"
    yield f"    {sample['kind']} ({sample['needs'] or '-'}): {sample['rule']}"
    yield f"    {sample['draft']}\n"


if __name__ == "__main__":
    main()
