"""Coupons and offers: import the shop's codes, count them, give an offer by a reply."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import arguments, context, output, times
from listener.cli.app import app
from listener.cli.arguments import As, AsJson
from listener.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from listener.desk.approve import DeskContext
    from listener.desk.offer_list import OfferLine
    from listener.desk.offers import Imported
    from listener.store.coupons import Stock
    from listener.store.engine import Store

ACTIONS = ("list", "import", "void", "confirm")
Why = Annotated[str, typer.Option("--reason", help="Why; kept in the log.")]


@app.command()
def coupons(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="list, import, void or confirm.")] = "list",
    pool: Annotated[str | None, typer.Argument(metavar="POOL", help="A pool of club.toml.")] = None,
    file: Annotated[str | None, typer.Argument(metavar="FILE|CODE", help="A file of codes, or a code to void.")] = None,
    used: Annotated[bool, typer.Option("--used", help="The file has the codes that the shop has seen.")] = False,
    expires: Annotated[str | None, typer.Option(metavar="T", help="When the new codes end.")] = None,
    reason: Why = "",
    name: As = None,
    json: AsJson = False,
) -> None:
    """Count the coupons of each pool, import codes, void free ones, or confirm a pool after a restore.

    Examples: earshot coupons   earshot coupons import ten codes.csv   earshot coupons void ten --reason "leaked"
    """
    from listener.desk import offers

    if action not in ACTIONS or (action != "list") != (pool is not None) or (action == "import") > (file is not None):
        do = "write `coupons list`, `coupons import POOL FILE`, `coupons void POOL [CODE]` or `coupons confirm POOL`"
        raise typer.BadParameter(do)
    config = context.settings()
    with context.store() as store:
        desk = context.desk(config, name)
        if action == "import":
            done = _import(store, desk, str(pool), Path(str(file)), used, expires)
            output.emit_json(done) if json else output.write(_import_lines(done, used))
        elif action == "confirm":
            offers.confirm(store, desk, str(pool), reason)
            output.emit_json({"pool": pool, "whole": True}) if json else output.write(f"pool {pool}: given from again")
        elif action == "void":
            number = offers.void(store, desk, str(pool), file, reason)
            output.emit_json({"pool": pool, "void": number}) if json else output.write(f"pool {pool}: {number} void")
        else:
            stock = offers.list_stock(store)
            output.emit_json(stock) if json else output.write(_stock_lines(stock))


def _import(store: "Store", desk: "DeskContext", pool: str, path: Path, used: bool, expires: str | None) -> "Imported":
    from listener.access import why
    from listener.desk import offers

    end = None if expires is None else arguments.read_argument(lambda: times.ahead(expires, desk.clock()), "--expires")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"cannot read {path} ({why(error)})", "name a file with a code in each line") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text", "save it as plain text or CSV") from error
    if used:
        return offers.import_used(store, desk, pool, lines)
    return offers.import_codes(store, desk, pool, lines, end)


def _import_lines(done: "Imported", used: bool) -> str:
    from listener.cli import render

    new = "noted as used" if used else "new"
    lines = [f"pool {done.pool}: {render.count(done.new, 'code')} {new}, {done.known} {'others' if used else 'known'}"]
    lines += [f"line {bad.line} is not a code: {bad.why}" for bad in done.bad[:20]]
    lines += [f"... and {len(done.bad) - 20} more lines"] * (len(done.bad) > 20)
    if done.frozen:
        lines.append(f"pool {done.pool} gives no code: {done.frozen} of them may have been given before a restore; run")
        lines.append(f"`earshot coupons import {done.pool} FILE --used` with what the shop has seen; or, where surely")
        lines.append(f"none was given, `earshot coupons confirm {done.pool} --reason TEXT`")
    return "\n".join(lines)


def _stock_lines(stock: "Sequence[Stock]") -> str:
    from listener.cli.report_words import describe_stock

    return "\n".join(map(describe_stock, stock)) or "no coupons yet"


@app.command()
def offer(
    which: Annotated[str, typer.Argument(metavar="ID|list", help="A reply, or list.")] = "list",
    chosen: Annotated[str | None, typer.Argument(metavar="NAME", help="An offer of club.toml.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also where the author had one of it.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Take the coupon out of the draft.")] = False,
    code: Annotated[bool, typer.Option("--show", help="Show the text with its code, to post it by hand.")] = False,
    reason: Why = "",
    name: As = None,
    json: AsJson = False,
) -> None:
    """List the offers, or give one by a reply: its text and a coupon go into the draft.

    Examples: earshot offer list   earshot offer 12 sorry --reason "third late parcel"   earshot offer 12 --drop
    """
    if which == "list":
        _list_offers(name, json)
        return
    target = arguments.read_item(which)
    if (
        not isinstance(target, int)
        or (chosen is None) != (drop or code)
        or (drop and code)
        or (again and chosen is None)
    ):
        raise typer.BadParameter("write `offer ID NAME`, `offer ID --drop`, `offer ID --show` or `offer list`")
    _change_offer(target, chosen, again, drop, reason, name, json)


def _change_offer(
    reply_id: int, chosen: str | None, again: bool, drop: bool, reason: str, name: str | None, json: bool
) -> None:
    from listener.cli import desk as replies
    from listener.cli import steps
    from listener.desk import offers
    from listener.desk import queue as stage

    config = context.settings()
    with context.store() as store:
        desk = context.desk(config, name)
        if chosen is not None:
            offers.give(store, desk, reply_id, chosen, reason, again=again)
        elif drop:
            offers.drop(store, desk, reply_id)
        else:
            output.write(output.safe(offers.show_code(store, desk, reply_id)))
            return
        reply = stage.single(store, context.view(config, store, name), reply_id)
    if json:
        output.emit_json(reply)
        return
    replies.print_warnings(reply)
    output.write(steps.status_line(reply))
    output.write(output.safe(reply.text or ""))


def _list_offers(name: str | None, json: bool) -> None:
    from listener.desk import offer_list

    config = context.settings()
    with context.store() as store:
        lines = offer_list.list_offers(store, context.desk(config, name))
    output.emit_json(lines) if json else output.write(_offer_lines(lines))


def _offer_lines(lines: "Sequence[OfferLine]") -> str:
    if not lines:
        return "club.toml has no offers"
    return "\n".join(
        f"{line.name} ({line.kind}, {line.owner}): {'runs' if line.runs else 'does not run'}, {line.from_} to "
        f"{line.until}; pool {line.pool} has {line.free} free; {line.cents / 100:.2f} {line.currency} given or reserved"
        + (f" of {line.budget_cents / 100:.2f}" if line.budget_cents else "")
        for line in lines
    )
