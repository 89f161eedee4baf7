"""`try` and `evaluate`: what the policy would do with a text, or with a whole file of labelled mentions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output
from listener.cli.app import app
from listener.errors import InputError

if TYPE_CHECKING:
    from listener.model import Json


@app.command("try")
def try_(
    text: Annotated[str, typer.Argument(help="What somebody might say to you.", show_default=False)],
    lang: Annotated[str | None, typer.Option(help="The platform's language tag, such as en.")] = None,
    platform: Annotated[
        str | None, typer.Option(help="Where it was said; default: the first platform that is on.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="The author's handle.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what would be said to a text, and why; stores nothing.

    Example: earshot try "@fernhill where is my parcel? two weeks now"
    """
    from listener.analysis.trial import trial

    config = context.settings()
    triage = context.triage(config)
    names = [one.name for one in config.platforms]
    if platform is not None and platform not in names:
        raise InputError(f"no platform {platform!r} is on", f"there is {', '.join(names) or 'none'}")
    where = platform or (names[0] if names else "memory")
    result = trial(
        text,
        config.policy,
        triage.responders,
        triage.preview,
        lang=lang,
        platform=where,
        author=author,
        now=context.now(),
    )
    output.emit_json(result) if json else _show(result)


def _show(result: "Json") -> None:
    kind = f" ({result['kind']})" if result["kind"] else ""
    score = f"compound {result['compound']:+.3f}   language {result['lang']}"
    output.write(f"{result['decision']}{kind} by {result['rule']}   {score}")
    if result["text"]:
        output.write(f"reply      {output.safe(result['text'])}")
        output.write("auto band  " + ("inside" if result["auto"] else "outside: a person looks"))
    cues = ", ".join(f"{name} ({', '.join(words)})" for name, words in result["cues"].items())
    output.write(f"cues       {output.safe(cues) or 'none'}")
    for hit in result["trail"]:
        words = f" [{', '.join(hit['words'])}]" if hit["words"] else ""
        output.write(f"  {'+' if hit['hit'] else '-'} {hit['rule']}: {hit['message']}{output.safe(words)}")


@app.command()
def evaluate(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with id and text; label, lang, brand, author.", show_default=False),
    ],
    brand: Annotated[str | None, typer.Option(help="A brand word of rows that name none.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write what became of each row to this CSV.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Sort labelled mentions as if each were addressed to you and fresh: who would be thanked, helped, left alone?

    Example: earshot evaluate mentions.csv --out rows.csv
    """
    from listener.analysis import evaluate as analysis

    config = context.settings()
    triage = context.triage(config)
    rows = analysis.read_rows(file)
    report, done = analysis.evaluate(rows, config.policy, triage.responders, context.now(), brand)
    if out is not None:
        analysis.write_rows(done, out)
    output.emit_json(report) if json else _table(report)


SHARES = {
    "false_thank_you": "of the negatives are thanked",
    "false_thank_you_auto": "of the negatives are thanked inside the auto band",
    "thank_you_recall": "of the positives are thanked",
    "thank_you_recall_auto": "of the positives are thanked inside the auto band",
    "thank_you_precision": "of the thanked are positive",
    "negatives_unanswered": "of the negatives are left unanswered (thanked or ignored)",
    "positives_supported": "of the positives get a support draft",
    "questions_ignored": "of the texts with a ? are ignored",
    "escalated": "of all go to a person without a draft",
}


def _table(report: "Json") -> None:
    """The report for people: counts, shares with their intervals, rules, brands, and the worst mistakes."""
    output.write(f"{report['rows']} rows")
    for number, (label, counts) in enumerate(report["by_label"].items()):
        if number == 0:
            output.write(f"{'label':<14}" + "".join(_column(name, name) for name in counts))
        output.write(f"{output.safe(label)[:13]:<14}" + "".join(_column(name, counts[name]) for name in counts))
    output.write("\nshares, with 95 % intervals")
    for name, message in SHARES.items():
        if (found := report["shares"][name])["rate"] is not None:
            output.write(f"{_share(found)}  {message}")
    _rules(report)
    _brands(report)
    _worst(report)


def _column(name: str, value: object) -> str:
    """Return a value in the column of this name: n is narrow, a kind as wide as its name needs."""
    return f"{value:>7}" if name == "n" else f"{value:>{max(11, len(name) + 2)}}"


def _share(found: "Json") -> str:
    """Such as ` 0.13 % ( 0.07 to  0.24)   9 of  6856`."""
    if found["rate"] is None:
        return f"{'':<35}"
    numbers = f"{found['n']} of {found['of']}"
    return f"{found['rate']:>8.2%} ({found['low']:>6.2%} to {found['high']:>7.2%}) {numbers:>14}"


def _rules(report: "Json") -> None:
    if not report["by_label"].keys() - {"unlabelled"}:
        return
    output.write("\nrules: how many rows each ended, and how many of those by their label it suits")
    for found in report["by_rule"]:
        rule = f"{output.safe(found['rule']):<20}{found['outcome']:<11}"
        output.write(f"{rule}{found['n']:>6} {_share(found['precision'])}")


def _brands(report: "Json") -> None:
    if len(report["by_brand"]) > 1:
        output.write("\nbrands: negatives that are thanked, positives that are thanked")
        for brand, found in report["by_brand"].items():
            output.write(
                f"{output.safe(brand)[:14]:<15}{_share(found['false_thank_you'])} {_share(found['thank_you_recall'])}"
            )


def _worst(report: "Json") -> None:
    if report["worst"]:
        output.write("\nworst mistakes (`earshot try TEXT` tells more)")
    for one in report["worst"]:
        words = f" [{', '.join(one['words'])}]" if one["words"] else ""
        where = " in the auto band" if one["auto"] else ""
        output.write(output.safe(f"{one['id']} {one['label']}: {one['outcome']} by {one['rule']}{where}{words}"))
        output.write(f"    {output.safe(' '.join(one['text'].split()))}")
