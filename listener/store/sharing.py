"""Who should lead what: free parts go to whoever leads least, and one part moves at a time until that is even. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from listener.store.parts import ROUTE, UPKEEP


@dataclass(frozen=True, slots=True)
class Plan:
    """What a daemon should do now. take: free parts; give: a part of its own that another should lead."""

    take: tuple[str, ...] = ()
    give: str | None = None


def plan(
    me: str, able: Mapping[str, Collection[str]], leads: Mapping[str, Collection[str]], overdue: Collection[str]
) -> Plan:
    """Return what this daemon should do.

    able: living daemon -> the parts it can lead; leads: the same -> those it leads; overdue: parts that have been free
    for so long that the daemon which should lead them seems unable to.
    """
    loads = {name: len(leads.get(name, ())) for name in able}
    led = {part for parts in leads.values() for part in parts}
    free = sorted({part for parts in able.values() for part in parts} - led, key=_order)
    take = []
    for part in free:
        name = _least_loaded(loads, able, part)
        loads[name] += 1
        if name == me or (part in overdue and part in able[me]):
            take.append(part)
    return Plan(tuple(take), None if free else _find_surplus(me, able, leads.get(me, ()), loads))


def _find_surplus(
    me: str, able: Mapping[str, Collection[str]], own: Collection[str], loads: Mapping[str, int]
) -> str | None:
    """Return a part that leaves both sides more even; the platforms last, since their caches are in memory."""
    for part in sorted(own, key=_order, reverse=True):
        others = {name: parts for name, parts in able.items() if name != me and part in parts}
        if others and loads[me] - loads[_least_loaded(loads, others, part)] >= 2:
            return part
    return None


def _least_loaded(loads: Mapping[str, int], able: Mapping[str, Collection[str]], part: str) -> str:
    return min((name for name, parts in able.items() if part in parts), key=lambda name: (loads[name], name))


def _order(part: str) -> tuple[bool, bool, str]:
    """Order the platforms first, then deciding, then upkeep."""
    return part == UPKEEP, part == ROUTE, part
