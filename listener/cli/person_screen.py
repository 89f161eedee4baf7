"""Draw people as a list, and a person's page: who they are to us, what they got, every exchange."""

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from listener.cli import detail, output, render, times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from listener.desk.person_views import ExchangeView, Membership, PersonLine, PersonPage


def people(lines: "Sequence[PersonLine]", now: "datetime") -> Table:
    """Draw people: who, when they last wrote, what waits for them, and who they are to us."""
    rows = render.table(
        ("who", {"max_width": 28, **render.NARROW}),
        ("last", {"justify": "right", **render.NARROW}),
        ("mentions", {"justify": "right", **render.NARROW}),
        ("open", {"justify": "right", **render.NARROW}),
        ("roles", {"ratio": 1}),
    )
    for line in lines:
        who = render.clip(f"{line.platform}:{line.handle or line.author_id}", "bold")
        tier = [f"{line.tier} member"] if line.tier else []
        roles = output.safe("; ".join([*tier, *(f"{role.name}: {role.message}" for role in line.roles)]))
        rows.add_row(who, times.ago(line.last_seen, now), str(line.mentions), str(line.open or "-"), roles)
    return rows


def person(page: "PersonPage") -> detail.Parts:
    """Draw a person's page."""
    name = f" ({page.name})" if page.name else ""
    handle = f"@{page.handle}" if page.handle else page.author_id
    followers = f" · {page.followers} followers" if page.followers is not None else ""
    yield Text(output.safe(f"{page.platform}:{page.author_id} · {handle}{name}{followers}"), "bold")
    if optout := page.opted_out:
        reason = f"{optout.by}, {render.moment(optout.at)}: {optout.why or 'no reason kept'}"
        yield Text(output.safe(f"opted out of replies ({reason})"), "bold red")
    yield from (Text(output.safe(f"{role.name}: {role.message}"), "magenta") for role in page.roles)
    if (member := page.member) is not None:
        yield Text(output.safe(membership(member)), "magenta")
    for given in page.rewards:
        text = f"offer {given.offer}: coupon {given.code} by reply {given.reply_id}, {given.state}"
        yield Text(output.safe(f"{text}, {render.moment(given.at)}"), "magenta")
    yield from detail.notes(page.notes)
    for exchange in page.exchanges:
        yield Text(output.safe(f"\n{render.moment(exchange.at)}  {_summarize(exchange)}".lstrip()), "dim")
        yield Padding(detail.Quoted(exchange.text), (0, 0, 0, 2))
        if exchange.reply_text:
            yield Padding(detail.Quoted(exchange.reply_text, "green"), (0, 0, 0, 2))


def membership(member: "Membership") -> str:
    """Return since when somebody is a member, by which accounts, and what they have earned."""
    tier = f", {member.tier}" if member.tier else ""
    joined = f" by {member.evidence}" if member.evidence else ""
    earned, accounts = render.count(member.points, "point"), ", ".join(member.accounts)
    return f"member since {render.moment(member.since)}{joined}: {earned}{tier} · {accounts}"


def _summarize(exchange: "ExchangeView") -> str:
    if exchange.reply_id is None:
        return f"{exchange.mention_id} · {exchange.decision or 'undecided'}"
    by = f" by {exchange.approved_by}" if exchange.approved_by else ""
    return f"{exchange.mention_id} · reply {exchange.reply_id} {exchange.state}{by}"
