"""List the phrases that change no decision, with the reason; with --write, remove them from their files.

    python -m bench.prune                     # every development set of ../shared/data
    python -m bench.prune MENTIONS.csv ...    # these instead; columns id and text, optional lang and brand

The golden history and the sentences of our own tests are always among the texts. A phrase is listed as

    same    another phrase of its list matches the same words, in any text
    idle    texts have it, and all of them are decided alike without it (rule, need, wording, suspected fact), and show
            the same cues
    unmet   no text has it; that proves nothing about texts of tomorrow, so --write leaves it in place without --unmet

The lists of guards.toml are left alone. Exceptions from them and phrases of claims are never listed as idle or unmet:
what nobody wrote of yet is a danger all the same, and the data have no fact sheet of ours to contradict.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.prune import lists
from bench.prune.lists import FOLDER, WrittenPhrase
from bench.prune.proof import find_doubles, find_guarded
from bench.prune.rounds import Pruning
from bench.prune.texts import development_sets, read_samples
from listener.intake.phrases import tokenize
from tests.factories import policy

FILES = tuple(FOLDER / name for name in ("cues.toml", "needs.toml"))


def main() -> None:
    """Print the list, and rewrite the files if asked to."""
    args = _parse()
    if faults := [fault for path in FILES for fault in lists.find_faults(path)]:
        raise SystemExit("\n".join(faults))
    phrases = [phrase for path in FILES for phrase in lists.read_phrases(path)]
    reasons = find_reasons(phrases, tuple(args.files) or development_sets())
    for phrase, reason in reasons.items():
        print(f"{phrase}: {reason}")
    print(Counter(reason.split()[0] for reason in reasons.values()), f"of {len(phrases)} phrases", file=sys.stderr)
    if args.write:
        dropped = {phrase for phrase, reason in reasons.items() if args.unmet or not reason.startswith("unmet")}
        _write(dropped)
        lost = find_words(dropped) - find_words(phrase for phrase in phrases if phrase not in dropped)
        print("words that no phrase has any more; put everyday ones into english.txt:", *sorted(lost), file=sys.stderr)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.prune", description="List phrases that change no decision.")
    parser.add_argument("files", nargs="*", type=Path, help="CSV files; default: every development set")
    parser.add_argument("--write", action="store_true", help="remove what is listed, except what no text has")
    parser.add_argument("--unmet", action="store_true", help="with --write: remove what no text has, too")
    return parser.parse_args()


def find_reasons(phrases: list[WrittenPhrase], files: tuple[Path, ...]) -> dict[WrittenPhrase, str]:
    """Return each phrase that changes nothing in these files, the golden history and the tests, and why."""
    cues = policy().cues
    guarded = find_guarded(phrases, cues)
    reasons = {phrase: f"same as {other}" for phrase, other in find_doubles(phrases, cues["classes"])}
    pruning = Pruning(phrases, read_samples(files))
    pruning.removed.update(reasons)
    for left in pruning.run(phrase for phrase in phrases if phrase not in guarded and phrase not in reasons):
        print(f"{left} phrases left to try", end="\r", file=sys.stderr)
    for phrase in pruning.restore():
        reasons.pop(phrase, None)
    idle = {phrase: f"idle in {len(pruning.met[phrase])} texts" for phrase in pruning.removed if phrase not in reasons}
    unmet = {phrase: "unmet" for phrase in phrases if not pruning.met[phrase] and phrase not in guarded | set(reasons)}
    listed = reasons | idle | unmet
    return {phrase: listed[phrase] for phrase in phrases if phrase in listed}


def find_words(phrases: Iterable[WrittenPhrase]) -> set[str]:
    """Return the words of phrases: an untagged text is known to be English by them."""
    return {word for phrase in phrases for variant in phrase.variants for word in tokenize(variant)}


def _write(dropped: Iterable[WrittenPhrase]) -> None:
    pairs = {(phrase.listed, phrase.phrase) for phrase in dropped}
    for path in FILES:
        path.write_text(lists.rewrite(path.read_text(encoding="utf-8"), pairs), encoding="utf-8")


if __name__ == "__main__":
    main()
