"""Testimonials: ask authors whether we may show their words, keep their consent, export what may be shown today."""

import csv
import io
import json as json_text
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson
from listener.errors import InputError

if TYPE_CHECKING:
    from listener.desk.praise_views import TestimonialView
    from listener.desk.testimonial_export import Look, Quote, TestimonialExport
    from listener.settings import Settings
    from listener.store.engine import Store

testimonials = typer.Typer(
    name="testimonials",
    help="Ask for testimonials, keep the consent, export what may be shown.\n\nExample: earshot testimonials list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(testimonials)

SUFFIXES = (".jsonl", ".csv")
REF = "PLATFORM:MENTION_ID"
Post = Annotated[str, typer.Argument(metavar=REF, help="The praise.", show_default=False)]


@testimonials.command()
def ask(
    mention: Post,
    below: Annotated[
        str | None, typer.Option(metavar=REF, help="Ask in the reply to this other mention of theirs.")
    ] = None,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Put the question into the draft that answers the praise; approve it as any other.

    Example: earshot testimonials ask mastodon:1042
    """
    from listener.desk import testimonials as desk

    post, other = arguments.read_mention(mention), None if below is None else arguments.read_mention(below)
    config = context.settings()
    with context.store() as store:
        reply_id = desk.ask(store, context.desk(config, name), post, other)
    done = f"reply {reply_id} asks; `earshot approve {reply_id}` after you have read it"
    output.emit_json({"reply": reply_id}) if json else output.write(done)


@testimonials.command()
def confirm(
    mention: Post,
    consent: Annotated[str, typer.Argument(metavar="CONSENT", help="Their mention that agrees.", show_default=False)],
    name: As = None,
) -> None:
    """Keep that the author agreed, by a mention of theirs.

    Example: earshot testimonials confirm mastodon:1042 mastodon:1077
    """
    from listener.desk import testimonials as desk

    post, answer = arguments.read_mention(mention), arguments.read_mention(consent)
    config = context.settings()
    with context.store() as store:
        desk.confirm(store, context.desk(config, name), post, answer)
    output.write(output.safe(f"{mention} may be shown, by {consent}"))


@testimonials.command()
def withdraw(mention: Post, name: As = None) -> None:
    """End a testimonial at once, for good; take it off your pages, too.

    Example: earshot testimonials withdraw mastodon:1042
    """
    from listener.desk import testimonials as desk

    post, config = arguments.read_mention(mention), context.settings()
    with context.store() as store:
        desk.withdraw(store, context.desk(config, name), post)
    output.write(output.safe(f"{mention} must not be shown any more; no export has it"))


@testimonials.command("list")
def list_(json: AsJson = False) -> None:
    """List testimonials and where each stands.

    Example: earshot testimonials list
    """
    from listener.desk import testimonials as desk

    club = context.settings().policy.club
    with context.store() as store:
        views = desk.list_views(store, club)
    if json:
        output.emit_json(views)
        return
    for item in views:
        output.write(output.safe(_line(item)))
    if not views:
        output.write("no testimonials; `earshot testimonials ask` asks for one")


def _line(item: "TestimonialView") -> str:
    post, words = f"{item.platform}:{item.mention_id}", " ".join((item.words or "").split()) or "its words were erased"
    by = f"by {item.consent}" if item.consent else f"by reply {item.reply_id}"
    agrees = f"; does {item.answer} agree? `earshot testimonials confirm {post} {item.answer}`" if item.answer else ""
    return f"{post}  {item.state} {by}{agrees}  @{item.author}: {words}"


@testimonials.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A new .jsonl or .csv file.")] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Also what no platform can show; you have looked at it.")
    ] = False,
) -> None:
    """Look at every testimonial again, and write those that may be shown; the others are named with the reason.

    Example: earshot testimonials export quotes.csv
    """
    from listener.desk.testimonial_export import export as check_all

    if file is not None and file.suffix not in SUFFIXES:
        raise typer.BadParameter(f"{file} ends in neither .jsonl nor .csv")
    config = context.settings()
    with context.store() as store:
        look = _make_look(config, store)
        done = check_all(store, config.policy.club, look, context.now(), with_unchecked=unchecked)
    _write(done, file)
    for dropped in done.dropped:
        output.print_error(output.safe(f"earshot: {dropped.post} is left out: {dropped.why}"))


def _make_look(config: "Settings", store: "Store") -> "Look":
    """Return how a mention is looked at on its platform; one that is not configured cannot show it."""
    from listener.cli import runtime
    from listener.errors import Indeterminate
    from listener.model import Mention, PostStatus

    connected = runtime.connect(config, store)

    def look(mention: Mention) -> PostStatus:
        if mention.platform not in connected:
            raise Indeterminate(f"{mention.platform} is not configured")
        return connected[mention.platform].check_post(mention)

    return look


def _write(done: "TestimonialExport", file: Path | None) -> None:
    text = _csv(done.quotes) if file is not None and file.suffix == ".csv" else _jsonl(done.quotes)
    if file is None:
        output.write(text.rstrip("\n")) if text else None
        return
    try:
        with file.open("x", encoding="utf-8", newline="") as new:
            new.write(text)
    except OSError as error:
        raise InputError(f"cannot write {file} ({error.strerror})", "name a new file where you may write") from error
    from listener.cli import render

    output.write(output.safe(f"{file}: {render.count(len(done.quotes), 'testimonial')}"))


def _jsonl(quotes: "tuple[Quote, ...]") -> str:
    return "".join(json_text.dumps(_plain(quote), ensure_ascii=False) + "\n" for quote in quotes)


def _csv(quotes: "tuple[Quote, ...]") -> str:
    """Return them as CSV with a header, no cell of which a spreadsheet reads as a formula."""
    from listener.desk.testimonial_export import Quote
    from listener.files.cells import safe_cell
    from listener.store.loading import names

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names(Quote))
    for quote in quotes:
        writer.writerow([safe_cell(value or "") for value in _plain(quote).values()])
    return text.getvalue()


def _plain(quote: "Quote") -> dict[str, str | None]:
    times = {"date": f"{quote.date:%FT%TZ}", "checked_at": f"{quote.checked_at:%FT%TZ}" if quote.checked_at else None}
    return {**asdict(quote), **times}
