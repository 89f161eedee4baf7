"""`learn`: adapt the second reader to what staff decided, show what that changes, or go back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli import context, output
from listener.cli.app import app
from listener.cli.arguments import As, AsJson
from listener.cli.lines import wrap
from listener.cli.report_words import describe_changes
from listener.errors import InputError

if TYPE_CHECKING:
    from listener.reader.learn import Attempt

FIGURES = {
    "loss": "average error (log loss)",
    "false_praise": "taken for praise by mistake",
    "missed": "complaints missed",
}  # of a measure, in words


@app.command()
def learn(
    is_trial: Annotated[bool, typer.Option("--dry-run", help="Only show what would change; keep nothing.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Go back to the weights before the ones in use.")] = False,
    name: As = None,
    json: AsJson = False,
) -> None:
    """Adapt the second reader to the decisions of your staff.

    It learns from the older decisions and is measured on the newest fifth; if it reads that worse, nothing changes.
    Learning never makes anything be sent automatically.

    Example: earshot learn --dry-run
    """
    if is_trial and back:
        raise InputError("--dry-run and --back do not go together", "give one of them")
    _go_back(name, json) if back else _learn(name, json, is_trial=is_trial)


def _learn(name: str | None, json: bool, *, is_trial: bool) -> None:
    from listener.desk.approve import require_staff
    from listener.reader.learn import learn as adapt

    config = context.settings()
    if not config.policy.reader.enabled:
        raise InputError("the policy turns the second reader off", "set `enabled = true` in [reader] of policy.toml")
    desk, triage = context.desk(config, name), context.triage(config)
    require_staff(desk)
    with context.store() as store:
        attempt = adapt(store, config.policy, triage.responders, desk.by, context.now(), is_trial=is_trial)
    if json:
        output.emit_json(attempt)
        return
    for line in _lines(attempt, is_trial):
        output.write(wrap(output.safe(line)))


def _lines(attempt: "Attempt", is_trial: bool) -> Iterator[str]:
    if attempt.before is None or attempt.after is None:
        yield f"nothing {'would be ' if is_trial else ''}learned: {'; '.join(attempt.faults)}"
        return
    done = "would learn" if is_trial else "learned"
    yield f"{done} from {attempt.learned_from} decisions of staff; checked on the {attempt.measured_on} newest:"
    for sort, meaning in FIGURES.items():
        before, after = getattr(attempt.before, sort), getattr(attempt.after, sort)
        yield f"  {meaning:<34}{before:>8g} now{after:>8g} with what is learned"
    yield f"of the newest mentions, decided again: {describe_changes(attempt.changes)}"
    if attempt.words:
        yield f"largest changes: {', '.join(f'{word} {_lean(pair)}' for word, pair in attempt.words.items())}"
    yield _outcome(attempt, is_trial)


def _lean(pair: tuple[float, float]) -> str:
    """Return how a word moves: towards praise is positive, towards a complaint negative."""
    return f"{(pair[0] - pair[1]) / 2:+.2f}"


def _outcome(attempt: "Attempt", is_trial: bool) -> str:
    if attempt.faults:
        return f"{'would not be' if is_trial else 'not'} adopted: {'; '.join(attempt.faults)}"
    if attempt.adopted:
        return f"adopted as weights {attempt.weights}; `earshot learn --back` goes back"
    return "this was a dry run, nothing was changed; `earshot learn` adopts it" if is_trial else "not adopted"


def _go_back(name: str | None, json: bool) -> None:
    from listener.desk.approve import require_staff
    from listener.reader.learn import go_back

    desk = context.desk(context.settings(), name)
    require_staff(desk)
    with context.store() as store:
        left, now = go_back(store, desk.by, context.now())
    if json:
        output.emit_json({"left": left, "weights": now})
        return
    in_use = "the shipped weights are" if now is None else f"weights {now} are"
    output.write(f"weights {left} are left, {in_use} in use; upkeep learns no more until you run `earshot learn`")
