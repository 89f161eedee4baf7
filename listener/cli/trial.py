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
        output.write(f"  {'+' if hit['hit'] else '-'} {hit['rule']}: {hit['says']}{output.safe(words)}")


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


def _table(report: "Json") -> None:
    kinds = ("thank_you", "correction", "support", "answer", "escalate", "ignore", "auto")
    output.write(f"{report['rows']} rows")
    output.write(f"{'label':<14}{'n':>7}" + "".join(f"{kind:>11}" for kind in kinds))
    for label, found in report["by_label"].items():
        output.write(f"{output.safe(label)[:13]:<14}{found['n']:>7}" + "".join(f"{found[kind]:>11}" for kind in kinds))
    false = report["false_thank_you"]
    if false["rate"] is not None:
        output.write(
            f"false thank-yous {false['n']} of {false['of']} negatives: {false['rate']:.2%} "
            f"({false['low']:.2%} to {false['high']:.2%})"
        )
    for name, says in (
        ("thank_you_cover", "of the positives are thanked"),
        ("thank_you_precision", "of the thanked are positive"),
        ("negatives_unanswered", "of the negatives are left unanswered"),
    ):
        if report[name] is not None:
            output.write(f"{report[name]:.1%} {says}")
