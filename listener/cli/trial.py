"""`try` and `evaluate`: what the policy would do with a text, or with a whole file of labelled mentions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output, progress
from listener.cli.app import app
from listener.cli.arguments import AsJson
from listener.cli.lines import wrap
from listener.errors import InputError

if TYPE_CHECKING:
    from listener.analysis.tally import Share
    from listener.model import Json
    from listener.settings import Settings


@app.command("try")
def try_(
    text: Annotated[str, typer.Argument(help="What somebody might write to you.", show_default=False)],
    lang: Annotated[str | None, typer.Option(help="The platform's language tag, such as en.")] = None,
    platform: Annotated[
        str | None, typer.Option(help="Where it was written; default: the first platform that is on.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="The author's handle.")] = None,
    with_misses: Annotated[bool, typer.Option("--all", help="Also list the rules that did not match.")] = False,
    json: AsJson = False,
) -> None:
    """Show what the policy does with a text, and why.

    Nothing is stored or sent.

    Example: earshot try "@fernhill where is my parcel? two weeks now"
    """
    from listener.analysis.trial import trial

    config = context.settings()
    triage, where = context.triage(config), _choose_platform(config, platform)
    decided_by, changes = (config.policy, triage.responders, triage.preview), context.learned()
    result = trial(text, *decided_by, lang=lang, platform=where, author=author, now=context.now(), changes=changes)
    output.emit_json(result) if json else _print_trial(result, with_misses=with_misses)


def _choose_platform(config: "Settings", name: str | None) -> str:
    """Return the platform of this name, else the first that is on. Raises InputError."""
    names = [entry.name for entry in config.platforms]
    if name is not None and name not in names:
        raise InputError(f"platform {name!r} is not on", f"choose {' or '.join(names) or 'none: no platform is on'}")
    return name or (names[0] if names else "memory")


def _print_trial(result: "Json", *, with_misses: bool) -> None:
    kind = f" ({result['kind']})" if result["kind"] else ""
    score = f"compound {result['compound']:+.3f}   language {result['lang']}"
    output.write(f"{result['decision']}{kind} by {result['rule']}   {score}")
    if result["text"]:
        output.write(wrap(f"reply      {output.safe(result['text'])}"))
        output.write("auto band  " + ("inside" if result["auto"] else "outside: staff approve it"))
    cues = ", ".join(f"{name} ({', '.join(words)})" for name, words in result["cues"].items())
    output.write(wrap(f"cues       {output.safe(cues) or 'none'}"))
    for line in result["trail"]:
        if line["hit"] or with_misses:
            words = f" [{', '.join(line['words'])}]" if line["words"] else ""
            text = f"  {'+' if line['hit'] else '-'} {line['rule']}: {line['message']}{output.safe(words)}"
            output.write(wrap(text, 4))
    misses = sum(not line["hit"] for line in result["trail"])
    if misses and not with_misses:
        output.write(f"{misses} rules did not match; --all lists them")


@app.command()
def evaluate(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with id and text; optional label, lang, brand, author.", show_default=False),
    ],
    brand: Annotated[str | None, typer.Option(help="The brand word of rows that name none.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the decision on each row to this CSV.")] = None,
    json: AsJson = False,
) -> None:
    """Count what the policy does with a file of labelled mentions.

    Each is decided as if it were addressed to you and just written. Nothing is stored or sent.

    Example: earshot evaluate mentions.csv --out rows.csv
    """
    from listener.analysis import evaluate as analysis

    config = context.settings()
    triage = context.triage(config)
    rows = analysis.read_rows(file)
    shown = progress.track(rows, "evaluating", len(rows))
    report, evaluated = analysis.evaluate(
        shown, config.policy, triage.responders, context.now(), brand, context.learned()
    )
    if out is not None:
        analysis.write_rows(evaluated, out)
    output.emit_json(report) if json else _print_report(report)


LABEL = 12  # columns of a label in the table of `evaluate`, at most
SHARES = {
    "false_thank_you": "negatives thanked",
    "false_thank_you_auto": "negatives thanked in the auto band",
    "thank_you_recall": "positives thanked",
    "thank_you_recall_auto": "positives thanked in the auto band",
    "thank_you_precision": "thanked rows that are positive",
    "negatives_unanswered": "negatives ignored or thanked",
    "positives_supported": "positives with a support draft",
    "questions_ignored": "texts with a ? that are ignored",
    "escalated": "rows escalated without a draft",
}  # name of a share -> what is counted, of how many


def _print_report(report: "Json") -> None:
    """Print counts, shares with their intervals, rules, brands, and the worst mistakes."""
    output.write(f"{report['rows']} rows")
    _print_labels(report["by_label"])
    output.write("\nshares, with 95 % intervals")
    for name, message in SHARES.items():
        if (share := report["shares"][name])["rate"] is not None:
            output.write(f"{_share(share)}  {message}")
    _print_rules(report)
    _print_brands(report["by_brand"])
    _print_mistakes(report["worst"])


def _print_labels(by_label: "dict[str, dict[str, int]]") -> None:
    """Print a line a label, with a column for each kind of reply that the policy has, as narrow as they can be."""
    names = next((list(counts) for counts in by_label.values()), [])
    widths = {name: 1 + max(len(name), *(len(str(row[name])) for row in by_label.values())) for name in names}
    first = min(max(map(len, ("label", *by_label))), LABEL)
    output.write(f"{'label':<{first}}" + "".join(f"{name:>{width}}" for name, width in widths.items()))
    for label, counts in by_label.items():
        cells = "".join(f"{counts[name]:>{width}}" for name, width in widths.items())
        output.write(f"{output.safe(label)[:first]:<{first}}{cells}")


def _share(share: "Share") -> str:
    """Format a share in 40 columns: ` 0.13% ( 0.07% to  0.24%)    9 of 6856`."""
    if share["rate"] is None:
        return f"{'':<40}"
    numbers = f"{share['n']} of {share['of']}"
    return f"{share['rate']:>7.2%} ({share['low']:>6.2%} to {share['high']:>7.2%}) {numbers:>12}"


def _print_rules(report: "Json") -> None:
    if not report["by_label"].keys() - {"unlabelled"}:
        return
    output.write("\nrules: rows that each decided, and how many of them have a fitting label")
    for row in report["by_rule"]:
        rule = f"{output.safe(row['rule'])[:21]:<22}{row['outcome'][:10]:<11}"
        output.write(f"{rule}{row['n']:>6} {_share(row['precision'])}".rstrip())


def _print_brands(by_brand: "dict[str, dict[str, Share]]") -> None:
    if len(by_brand) > 1:
        output.write("\nbrands: negatives that are thanked, then positives that are thanked")
        for brand, shares in by_brand.items():
            output.write(output.safe(brand))
            output.write(f"  {_share(shares['false_thank_you'])}".rstrip())
            output.write(f"  {_share(shares['thank_you_recall'])}".rstrip())


def _print_mistakes(mistakes: "list[Json]") -> None:
    if mistakes:
        output.write("\nworst mistakes (run `earshot try TEXT` with one to see its rules)")
    for row in mistakes:
        words = f" [{', '.join(row['words'])}]" if row["words"] else ""
        where = " in the auto band" if row["auto"] else ""
        output.write(output.safe(f"{row['id']} {row['label']}: {row['outcome']} by {row['rule']}{where}{words}"))
        output.write(wrap(f"    {output.safe(' '.join(row['text'].split()))}", 4))
