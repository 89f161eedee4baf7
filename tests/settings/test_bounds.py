"""[autonomy] and [holds] of policy.toml: what they become, and the figures that make no sense."""

from datetime import timedelta
from pathlib import Path

import pytest

from listener import settings
from listener.policy import Autonomy, Holds
from tests.settings.folders import POLICY, faults, one_fault


def test_autonomy_and_holds_are_read(folder: Path) -> None:
    """What is not named is as the program has it."""
    text = (
        POLICY
        + "[autonomy]\nmin_reviews = 50\nsample_rate = 1\n"
        + '[holds]\nmax_similar_per_day = 0\nspike_window = "30m"\nspike_share = 0.5\n'
    )
    assert faults(folder, policy=text) == []
    policy = settings.load(folder).policy
    assert policy.autonomy == Autonomy(min_reviews=50, sample_rate=1.0)
    assert policy.holds == Holds(max_similar_per_day=0, spike_window=timedelta(minutes=30), spike_share=0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[autonomy]\nmin_reviews = 0\n", "policy.toml [autonomy] min_reviews: is too small: 0; write 1 or more"),
        ("[autonomy]\nmax_changes = -1\n", "policy.toml [autonomy] max_changes: is too small: -1; write 0 or more"),
        (
            "[autonomy]\nsample_rate = 5\n",
            "policy.toml [autonomy] sample_rate: is not a share: 5.0; write a number from 0 to 1",
        ),
        ("[autonomy]\nsamples = 0.1\n", "policy.toml [autonomy] samples: is an unknown key; did you mean sample_rate?"),
        ("[holds]\nsimilarity_threshold = -0.1\n", "policy.toml [holds] similarity_threshold: is not a share: -0.1"),
        ("[holds]\nspike_factor = 0.5\n", "policy.toml [holds] spike_factor: is too small: 0.5; write 1 or more"),
        ("[holds]\nflood_kind = -3\n", "policy.toml [holds] flood_kind: is too small: -3"),
        ('[holds]\nflood_window = "soon"\n', "policy.toml [holds] flood_window:"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(folder: Path, text: str, message: str) -> None:
    """In one line, with what to write."""
    assert one_fault(folder, policy=POLICY + text).startswith(message)
